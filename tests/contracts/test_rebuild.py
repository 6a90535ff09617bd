"""A rebuild builds beside what is read; a log that cannot be folded costs nobody what there was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.http.read_point import settled
from application.changes.projection import CHANGE_VIEW
from application.errors import NotYetVisible, ViewsNotBuilt
from application.incidents.projection import INCIDENT_VIEW
from application.panels.projection import PANEL_VIEW
from application.projections.tables import View
from application.registry import VIEWS
from application.status.projection import BOARD_VIEW
from infrastructure.projections.preparation import begin_anew
from infrastructure.projections.rebuild import BESIDE, Rebuild
from tests.application.program import Program, running
from tests.contracts.faults import assert_replay, codes, last
from tests.contracts.following import a_day, tables
from tests.contracts.older_logs import position_of, spoil
from tests.contracts.tampering import drop_walls

NEEDED_BY = {
    "incident.updated": {"board", "changes", "incidents"},
    "component.registered": {"board", "changes", "keys"},
    "component.retired": {"board", "changes", "keys"},
    "signal.fired": {"signals"},
}
"""Which views have rows of an event of a type; the last event there is retires a component."""


@pytest.fixture
def program(database: str) -> Iterator[Program]:
    """A program with a day behind it, whose views have followed."""
    with running(database) as program:
        a_day(program)
        program.bitacora.follower.catch_up()
        yield program


def rebuild(program: Program, *views: View) -> None:
    """Rebuild views."""
    Rebuild(program.bitacora.store, program.bitacora.mapper, views or VIEWS).run(advanced=lambda _count: None)


class TestRebuildOfALogThatCannotBeFolded:
    @pytest.mark.parametrize("topic", NEEDED_BY)
    def test_leaves_the_views_that_need_it_and_builds_the_others(self, program: Program, topic: str) -> None:
        before, generations = tables(program), generations_of(program)
        position = position_of(program.bitacora.store, topic)
        spoil(program.bitacora.store, position)

        with pytest.raises(ViewsNotBuilt) as failed:
            rebuild(program)

        assert set(failed.value.failed) == NEEDED_BY[topic]
        for view in NEEDED_BY[topic]:
            assert f"the view {view} cannot be built: {topic} of" in str(failed.value)
        assert f"at position {position}" in str(failed.value)
        assert tables(program) == before
        changed = {name for name, generation in generations_of(program).items() if generation != generations[name]}
        assert changed == {view.name for view in VIEWS} - NEEDED_BY[topic]

    def test_costs_no_reader_an_answer(self, program: Program) -> None:
        end = last(program)
        board = program.facade.queries.board.components(end)
        spoil(program.bitacora.store, position_of(program.bitacora.store, "component.registered"))

        with pytest.raises(ViewsNotBuilt):
            rebuild(program)
        program.bitacora.follower.catch_up()

        assert program.facade.queries.board.components(end) == board
        assert settled(program.facade, VIEWS) == end
        assert codes(program) == []


class TestRebuild:
    def test_is_not_seen_by_readers_until_it_is_done(self, program: Program) -> None:
        end = last(program)
        board, seen = program.facade.queries.board.components(end), []

        Rebuild(program.bitacora.store, program.bitacora.mapper, VIEWS).run(
            advanced=lambda _count: seen.append(program.facade.queries.board.components(end))
        )

        assert seen == [board] * len(seen)
        assert seen
        assert program.facade.queries.board.components(end) == board
        assert_replay(program)

    def test_takes_what_was_followed_meanwhile(self, program: Program) -> None:
        def go_on(_count: int) -> None:
            program.register(f"another-{last(program)}")
            program.bitacora.follower.catch_up()

        Rebuild(program.bitacora.store, program.bitacora.mapper, VIEWS).run(advanced=go_on)

        end = last(program)
        assert len(program.facade.queries.board.components(end)) == 3
        program.bitacora.follower.catch_up()
        assert program.bitacora.follower.position == end
        assert_replay(program)

    def test_leaves_nothing_beside(self, program: Program) -> None:
        rebuild(program)
        rebuild(program, BOARD_VIEW)

        with program.bitacora.store.reading_views() as connection:
            assert not any(name.endswith(BESIDE) for name in generations_of(program))
            assert not any(connection.has_table(f"{table.name}{BESIDE}") for view in VIEWS for table in view.tables)


class TestStreamThatCannotBeRead:
    @pytest.mark.parametrize("topic", NEEDED_BY)
    def test_stops_the_views_that_need_it_and_no_other(self, database: str, topic: str) -> None:
        with running(database) as program:
            a_day(program)
            position = position_of(program.bitacora.store, topic)
            spoil(program.bitacora.store, position)

            program.bitacora.follower.catch_up()

            follower = program.bitacora.follower
            assert set(follower.failed) == NEEDED_BY[topic]
            assert {(failure.position, failure.event) for failure in follower.failed.values()} == {(position, topic)}
            for view in VIEWS:
                stands = position - 1 if view.name in NEEDED_BY[topic] else last(program)
                assert follower.positions[view.name] == stands

    def test_of_a_type_that_nobody_knows_is_told_by_the_rest_of_it(self, program: Program) -> None:
        connection = program.bitacora.store.connect_log()
        position = position_of(program.bitacora.store, "signal.fired")
        drop_walls(connection)
        statement = "UPDATE stored_events SET topic = 'nonsense' WHERE position = :position"
        connection.execute(statement, {"position": position})
        connection.close()

        with pytest.raises(ViewsNotBuilt) as failed:
            rebuild(program)

        assert set(failed.value.failed) == {"signals"}


class TestWhatIsNotKnown:
    def test_is_no_answer_of_a_view_that_began_anew_and_cannot_be_built(self, program: Program) -> None:
        end = last(program)
        spoil(program.bitacora.store, position_of(program.bitacora.store, "incident.updated"))
        begin_anew(program.bitacora.store, VIEWS)

        program.bitacora.follower.catch_up()

        assert set(program.bitacora.follower.failed) == {"board", "changes", "incidents"}
        for view in (BOARD_VIEW, CHANGE_VIEW, INCIDENT_VIEW):
            with pytest.raises(NotYetVisible):
                settled(program.facade, (view,))
        assert settled(program.facade, (PANEL_VIEW,)) == end
        assert codes(program) == ["view_rebuilding"] * 3 + ["view_stopped"] * 3 + ["board_stale"]

    def test_is_no_answer_of_any_query(self, program: Program) -> None:
        end, queries = last(program), program.facade.queries
        begin_anew(program.bitacora.store, VIEWS)

        for ask in (
            lambda: queries.board.components(end),
            lambda: queries.board.read(end, None),
            lambda: queries.windows.counts(end),
            lambda: queries.windows.page_of_series(end, None, 1),
            lambda: queries.panels.counts(end),
            lambda: queries.panels.panels(end),
            lambda: queries.accounts.counts(end),
            lambda: queries.held_requests.totals(end),
            lambda: queries.held_requests.counts(end, None),
            lambda: queries.held_requests.oldest(end),
            lambda: queries.held_requests.open_counts(end, 1),
            lambda: queries.signals.page(end, routed=None, after=None, limit=1),
        ):
            with pytest.raises(NotYetVisible):
                ask()


def generations_of(program: Program) -> dict[str, str]:
    """Give which building of each view there is."""
    with program.bitacora.store.reading_views() as connection:
        return {str(row[0]): str(row[1]) for row in connection.execute("SELECT name, built FROM views")}
