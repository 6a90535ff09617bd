"""The follower brings every view to the end of the log, one beside the other, and begins anew where it has to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Thread

import psycopg
import pytest

from application.errors import StoreUnavailable
from application.incidents.projection import INCIDENT_VIEW
from application.incidents.signal_projection import SIGNAL_VIEW
from application.projections.tables import Row
from application.registry import VIEWS
from application.status.board import STALE_SECONDS
from application.status.projection import BOARD_VIEW, CAUSES
from domain.aggregate import Aggregate
from domain.incidents import Incident
from domain.incidents.signal import Signal
from infrastructure.bootstrap import Bitacora
from infrastructure.process_tuning import TURN_SECONDS
from infrastructure.projections import follower as follower_module
from infrastructure.projections import projector
from infrastructure.projections.preparation import prepare
from infrastructure.projections.projector import Prepared, Projector
from infrastructure.projections.rebuild import Rebuild
from infrastructure.projections.view_states import Failure
from infrastructure.settings import read_settings
from tests.application.program import Program, running
from tests.contracts.faults import PATIENCE_SECONDS, assert_replay, eventually, last, rename
from tests.contracts.following import a_day, begin_anew, following, tables
from tests.contracts.snapshots import stored

NAMES = [view.name for view in VIEWS]


class TestFollower:
    def test_begins_anew_with_the_same_rows(self, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(projector, "BATCH", 3)
        a_day(program)
        program.bitacora.follower.catch_up()
        before = tables(program)
        taken: list[int] = []

        monkeypatch.setattr(projector, "BATCH", 5)
        Rebuild(program.bitacora.store, program.bitacora.mapper, VIEWS).run(advanced=taken.append)

        assert tables(program) == before
        assert sum(taken) == len(program.events())
        assert taken[:-1] == [5] * (len(taken) - 1)

    def test_lets_its_threads_take_turns_more_often_while_it_builds(self, program: Program) -> None:
        a_day(program)
        before, seen = sys.getswitchinterval(), set[float]()

        rebuild = Rebuild(program.bitacora.store, program.bitacora.mapper, VIEWS)
        rebuild.run(advanced=lambda _count: seen.add(sys.getswitchinterval()))

        assert seen == {TURN_SECONDS}
        assert sys.getswitchinterval() == before > TURN_SECONDS

    def test_notices_that_a_view_began_anew(self, program: Program) -> None:
        a_day(program)
        program.bitacora.follower.catch_up()
        before = tables(program)
        begin_anew(program, INCIDENT_VIEW)

        program.bitacora.follower.catch_up()

        assert tables(program) == before
        assert program.bitacora.follower.positions == dict.fromkeys(program.bitacora.follower.positions, last(program))

    def test_shares_the_work_with_that_of_another_program(
        self, postgres_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(projector, "BATCH", 2)
        with running(postgres_url) as program:
            a_day(program)
            with following(program) as one, following(program) as other, ThreadPoolExecutor(2) as threads:
                for done in [threads.submit(follower.catch_up) for follower in (one, other)]:
                    done.result()
                one.catch_up()
                other.catch_up()
                assert one.position == other.position == last(program)

            assert_replay(program)

    def test_tells_which_views_have_changed(self, program: Program) -> None:
        program.register()
        program.fire("f1", component=None)
        program.bitacora.follower.catch_up()
        visibility = program.facade.visibility

        assert [visibility.changed(name) for name in ("board", "incidents", "signals")] == [1, 0, 2]
        assert visibility.position == 2

    def test_takes_what_another_program_projected_for_changed(self, postgres_url: str) -> None:
        with running(postgres_url) as program, running(postgres_url) as other:
            program.register()
            other.bitacora.follower.catch_up()
            program.fire()
            program.bitacora.follower.catch_up()
            other.bitacora.follower.catch_up()

            assert other.facade.visibility.changed("incidents") >= 3

    def test_catches_up_with_a_log_that_grows_as_fast(self, program: Program) -> None:
        a_day(program)
        end = last(program)
        taken: list[int] = []

        def advanced(count: int) -> None:
            taken.append(count)
            assert len(taken) < 10, "it runs after the end"
            program.fire(f"again-{len(taken)}")

        program.bitacora.follower.catch_up(advanced=advanced)

        assert program.bitacora.follower.position >= end

    def test_follows_a_busy_log_on_its_own_threads(self, program: Program) -> None:
        reached: list[int] = []
        program.bitacora.follower.on_progress(reached.append)
        program.bitacora.follower.start()
        a_day(program)
        end = last(program)

        eventually(lambda: program.facade.visibility.position == end)

        assert reached == sorted(reached)
        assert_replay(program)

    def test_goes_on_after_the_server_ended_its_connections(self, postgres_url: str) -> None:
        with running(postgres_url) as program:
            program.register()
            program.bitacora.follower.start()
            eventually(lambda: program.facade.visibility.position == 1)
            end_connections(postgres_url)

            eventually(lambda: is_renamed(program))
            end = last(program)

            eventually(lambda: program.facade.visibility.position == end)


class TestStop:
    @pytest.mark.parametrize("apart", [False, True], ids=["here", "apart"])
    def test_waits_for_no_listener(self, database: str, monkeypatch: pytest.MonkeyPatch, *, apart: bool) -> None:
        monkeypatch.setattr(follower_module, "POLL_SECONDS", 10 * PATIENCE_SECONDS)
        bitacora = Bitacora(read_settings(database=database), follows_apart=apart)
        bitacora.start()

        stopping = Thread(target=bitacora.stop, daemon=True)
        stopping.start()
        stopping.join(PATIENCE_SECONDS)

        assert not stopping.is_alive()


class TestFailingView:
    def test_stops_alone_and_is_shown(self, program: Program) -> None:
        a_day(program)
        failing = replace(SIGNAL_VIEW, rows_of=fails_on(Signal))
        with following(program, (BOARD_VIEW, INCIDENT_VIEW, failing)) as follower:
            follower.catch_up()

            [(name, failure)] = follower.failed.items()
            assert (name, failure.position, failure.event) == ("signals", 3, "signal.fired_first")
            assert "TypeError: a defect" in failure.sentence
            assert follower.positions == {"board": last(program), "incidents": last(program), "signals": 2}
            assert follower.position == 2
            assert_replay(program, (BOARD_VIEW, INCIDENT_VIEW))
            assert stored(program.bitacora.store, SIGNAL_VIEW.tables[0]) == []

    def test_that_stops_at_once_is_out_of_date_from_the_beginning(self, program: Program) -> None:
        a_day(program)
        failing = replace(SIGNAL_VIEW, rows_of=fails_on(Signal))
        with following(program, (BOARD_VIEW, failing)) as follower:
            assert follower.age("signals") < STALE_SECONDS

            follower.catch_up()

            assert follower.age("signals") >= STALE_SECONDS
            assert follower.age("board") < STALE_SECONDS

    def test_goes_on_once_it_is_mended(self, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(projector, "BATCH", 4)
        a_day(program)
        is_broken = True

        def rows_of(aggregate: Aggregate) -> Iterable[Row]:
            if is_broken and isinstance(aggregate, Incident) and aggregate.is_public:
                raise ValueError("a defect")
            return INCIDENT_VIEW.rows_of(aggregate)

        others = [view for view in VIEWS if view is not INCIDENT_VIEW]
        with following(program, (*others, replace(INCIDENT_VIEW, rows_of=rows_of))) as follower:
            follower.catch_up()
            assert set(follower.failed) == {"incidents"}
            # What came before the event that it cannot take is shown, though it is in the middle of a batch.
            assert follower.positions["incidents"] == (follower.failed["incidents"].position or 0) - 1
            is_broken = False

            follower.catch_up()

            assert follower.failed == {}
            assert_replay(program)

    def test_is_told_by_the_health_of_the_program(self, program: Program) -> None:
        program.bitacora.follower.failed["board"] = Failure("ValueError: a defect", 7, "component.renamed")

        assert program.facade.health.findings() == [
            {
                "code": "view_stopped",
                "message": "The view board has stopped: ValueError: a defect.",
                "view": "board",
                "position": 7,
                "event": "component.renamed",
            }
        ]


class TestTracking:
    def test_stops_a_view_that_a_newer_program_took_over_meanwhile(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        a_day(program)
        prepare = Projector.prepare

        def taken_over(self: Projector, names: tuple[str, ...], start: int, seen: str, until: int | None) -> Prepared:
            prepared = prepare(self, names, start, seen, until)
            connection = program.bitacora.store.connect_views()
            connection.execute("UPDATE views SET version = version + 1 WHERE name = 'board'")
            connection.close()
            return prepared

        monkeypatch.setattr(Projector, "prepare", taken_over)
        program.bitacora.follower._step()  # noqa: SLF001 - one batch

        assert set(program.bitacora.follower.failed) == {"board"}
        assert positions(program) == dict.fromkeys(NAMES, 0)

    def test_lets_a_view_of_another_version_begin_anew(self, program: Program) -> None:
        a_day(program)
        program.bitacora.follower.catch_up()

        views = (replace(BOARD_VIEW, version=BOARD_VIEW.version + 1), INCIDENT_VIEW, SIGNAL_VIEW)

        prepare(program.bitacora.store, views)

        assert positions(program) == {**dict.fromkeys(NAMES, last(program)), "board": 0}
        assert stored(program.bitacora.store, CAUSES) == []
        with following(program, views) as follower:
            follower.catch_up()
            assert_replay(program, views)

    def test_keeps_an_older_program_from_a_view_of_a_newer_one(self, program: Program) -> None:
        a_day(program)
        prepare(
            program.bitacora.store, (replace(BOARD_VIEW, version=BOARD_VIEW.version + 1), INCIDENT_VIEW, SIGNAL_VIEW)
        )

        program.bitacora.follower.catch_up()

        assert list(program.bitacora.follower.failed) == ["board"]
        assert positions(program) == {**dict.fromkeys(NAMES, last(program)), "board": 0}

    def test_lets_views_of_another_log_begin_anew(self, program: Program) -> None:
        a_day(program)
        program.bitacora.follower.catch_up()
        connection = program.bitacora.store.connect_log()
        connection.execute("UPDATE meta SET value = '00000000-0000-4000-8000-000000000001' WHERE name = 'log'")
        connection.close()

        prepare(program.bitacora.store, VIEWS)

        assert positions(program) == dict.fromkeys(NAMES, 0)

    def test_leaves_views_of_this_log_as_they_are(self, program: Program) -> None:
        a_day(program)
        program.bitacora.follower.catch_up()
        before = tables(program)

        prepare(program.bitacora.store, VIEWS)

        assert tables(program) == before


@pytest.fixture
def program(database: str) -> Iterator[Program]:
    """A program whose views follow when a test lets them."""
    with running(database) as program:
        yield program


def positions(program: Program) -> dict[str, int]:
    """Give how far each view is said to have come."""
    with program.bitacora.store.reading_views() as connection:
        return {str(row[0]): int(row[1] or 0) for row in connection.execute("SELECT name, position FROM views")}


def end_connections(url: str) -> None:
    """Let the server end every connection to a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def is_renamed(program: Program) -> bool:
    """Try to rename a component."""
    try:
        program.do(rename("Printing"))
    except StoreUnavailable:
        return False
    return True


def fails_on(kind: type[Aggregate]) -> Callable[[Aggregate], Iterable[Row]]:
    """Give a projection that fails on one kind of aggregate."""

    def rows_of(aggregate: Aggregate) -> Iterable[Row]:
        if isinstance(aggregate, kind):
            raise TypeError("a defect")
        return ()

    return rows_of
