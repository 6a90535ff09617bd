"""What is read of the board is enough to fold it: the same comes out as from every cause there ever was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import permutations, product
from typing import TypeVar

import pytest
from hypothesis import strategies as st

from application.document import instant
from application.projections.tables import Row
from application.status.board import PRIVATE, PUBLIC, Viewer, board, folded
from application.status.panel_board import PanelRecord
from application.status.panel_projection import BoardPanelRow, BoardRestorationRow, PanelCauseRow
from application.status.projection import BOARD_VIEW, CAUSES, COMPONENTS, CauseRow, ComponentRow
from domain.aggregate import Event
from domain.impact import EVERYWHERE, Status
from infrastructure.store.base import Store, inserting
from tests.application.causes import HOUR, a_cause, a_component, about, causes, minute
from tests.application.program import IMPORTS, LABELS, MINUTE, Program, at
from tests.application.window_steps import Maintenance
from tests.contracts.examples import tried
from tests.contracts.snapshots import replayed_rows, values, wipe
from tests.contracts.strategies import BEGIN, WALKS, WALKS_OF_RECOVERIES, WALKS_OF_WINDOWS, Step, Walker

POSITIONS = st.tuples(st.integers(1, 6), st.none() | st.integers(1, 4))
"""From which position on a row holds, and how many positions long."""
FROM_40 = a_cause("now", Status.MAJOR_OUTAGE, 40)
COMPONENT_ROWS = (a_component(vouched=-20), a_component(IMPORTS, vouched=15, place=1, public=False))
Span = tuple[int, int | None]
R = TypeVar("R", bound=Row)
FROM_THE_FIRST: list[tuple[ComponentRow, Span]] = [(row, (1, None)) for row in COMPONENT_ROWS]


class TestBoardReader:
    @tried(100, spans=st.lists(POSITIONS, min_size=8, max_size=8), data=st.data())
    def test_reads_what_the_fold_needs(self, program: Program, spans: list[Span], data: st.DataObject) -> None:
        store, reader = program.bitacora.store, program.facade.queries.board
        held = list(zip(data.draw(causes((LABELS, IMPORTS, EVERYWHERE)), "causes"), spans, strict=False))
        listed = list(of_components(registered=data.draw(st.integers(1, 9)), shown=data.draw(st.integers(2, 9))))
        fill(store, held, listed)
        position = data.draw(st.integers(1, 10), "position")
        known, components = holding(held, position), holding(listed, position)

        moment = data.draw(st.none() | st.integers(0, HOUR).map(minute), "moment")
        now = data.draw(st.sampled_from([None, minute(HOUR)]), "now")
        side = data.draw(st.sampled_from([PUBLIC, PRIVATE]), "side")

        read = reader.causes(position, moment, now=now)

        assert sorted(reader.components(position), key=repr) == sorted(components, key=repr)
        assert all(row in known for row in read if row.cause)
        assert board(components, read, side=side, at=moment, now=minute(HOUR)) == board(
            components, known, side=side, at=moment, now=minute(HOUR)
        )

    @tried(
        80,
        rows=causes((LABELS, EVERYWHERE), least=4),
        spans=st.lists(st.just((1, None)) | POSITIONS, min_size=8, max_size=8),
        moments=st.lists(st.none() | st.integers(0, HOUR).map(minute), min_size=10, max_size=10, unique=True),
    )
    def test_reads_what_the_fold_needs_of_the_whole_product(
        self, program: Program, rows: list[CauseRow], spans: list[Span], moments: list[datetime | None]
    ) -> None:
        held = list(zip(rows, spans, strict=False))
        components = [a_component(vouched=-20), a_component(IMPORTS, vouched=-20, place=1, public=False)]
        fill(program.bitacora.store, held)
        for moment, side, position in product(moments, (PUBLIC, PRIVATE), (4, 6)):
            read = program.facade.queries.board.causes(position, moment)
            assert board(components, read, side=side, at=moment, now=minute(HOUR)) == board(
                components, holding(held, position), side=side, at=moment, now=minute(HOUR)
            )

    def test_follows_causes_of_a_component_and_of_the_whole_product_as_they_touch(self, program: Program) -> None:
        ended = [
            a_cause(f"cause {start}", Status.MAJOR_OUTAGE, start, start + 5, component=(LABELS, EVERYWHERE)[start % 2])
            for start in range(0, 40, 5)
        ]
        for component in (LABELS, EVERYWHERE):
            now = a_cause("now", Status.MAJOR_OUTAGE, 40, component=component)
            fill(program.bitacora.store, [(row, (1, None)) for row in (*ended, now)])

            assert since(program) == instant(minute(0))

    @pytest.mark.parametrize("component", [IMPORTS, EVERYWHERE])
    def test_reads_since_when_nothing_is_known_of_what_we_do_not_vouch_for_yet(
        self, program: Program, component: str
    ) -> None:
        over = a_cause("over", Status.MAJOR_OUTAGE, 3, 4, component=component)
        fill(program.bitacora.store, [(over, (1, None))])

        read = program.facade.queries.board.causes(1, minute(5))

        assert board(COMPONENT_ROWS, read, side=PRIVATE, at=minute(5), now=minute(HOUR)) == board(
            COMPONENT_ROWS, [over], side=PRIVATE, at=minute(5), now=minute(HOUR)
        )

    def test_follows_causes_that_touch_back_to_the_first(self, program: Program) -> None:
        ended = [a_cause(f"cause {start}", Status.MAJOR_OUTAGE, start, start + 6) for start in range(0, 40, 5)]
        lately = a_cause("lately", Status.UNDER_MAINTENANCE, 42, 48)
        fill(program.bitacora.store, [(row, (1, None)) for row in (*ended, lately, FROM_40)])

        assert since(program) == instant(minute(0))

    def test_follows_causes_that_follow_upon_each_other(self, program: Program) -> None:
        ended = [a_cause(f"cause {start}", Status.MAJOR_OUTAGE, start, start + 10) for start in range(10, 40, 10)]
        lately = a_cause("lately", Status.UNDER_MAINTENANCE, 42, 48)
        fill(program.bitacora.store, [(row, (1, None)) for row in (*ended, lately, FROM_40)])

        assert since(program) == instant(minute(10))

    def test_is_not_misled_by_a_cause_that_lasted_no_time(self, program: Program) -> None:
        ended = a_cause("incident", Status.MAJOR_OUTAGE, 5, 10)
        mistaken = a_cause("pin", Status.PARTIAL_OUTAGE, 20, 20, kind="pin")
        fill(program.bitacora.store, [(ended, (1, None)), (mistaken, (1, None))])

        assert since(program) == instant(minute(10))

    @tried(30, rows=causes((LABELS, IMPORTS, EVERYWHERE)), start=st.integers(0, 40), length=st.integers(1, 20))
    def test_reads_the_history_that_a_span_needs(
        self, program: Program, rows: list[CauseRow], start: int, length: int
    ) -> None:
        store, reader = program.bitacora.store, program.facade.queries.board
        fill(store, [(row, (1, None)) for row in rows])
        begins, until = minute(start), minute(start + length)

        read = reader.history(1, LABELS, begins, until)

        assert {row.component for row in read} <= {LABELS, EVERYWHERE}
        spans = [folded(found, vouched_from=None, start=begins, until=until) for found in (read, about(rows, LABELS))]
        assert spans[0] == spans[1]

    @tried(
        25,
        walk=WALKS | WALKS_OF_WINDOWS | WALKS_OF_RECOVERIES,
        moments=st.lists(st.none() | st.integers(-10, 24 * 60), min_size=12, max_size=12),
        data=st.data(),
    )
    def test_reads_what_the_fold_needs_of_any_history(
        self, program: Program, walk: list[Step], moments: list[int | None], data: st.DataObject
    ) -> None:
        wipe(program.bitacora.store)
        Walker(program).walk(walk)
        program.bitacora.follower.catch_up()
        events, now = program.events(), program.clock.now()
        for number in moments:
            position = data.draw(st.integers(1, len(events)), "position")
            moment = None if number is None else min(BEGIN + number * MINUTE, now)
            components, known, panels = replayed(events[:position], moment)
            for side in (PUBLIC, PRIVATE):
                read = board(
                    *program.facade.queries.board.read(position, moment, now=now), side=side, at=moment, now=now
                )
                assert read == board(components, known, panels, side=side, at=moment, now=now)


class TestBoard:
    def test_shows_the_worst_of_what_is_left_of_six_overlapping_causes(self, program: Program) -> None:
        for order in list(permutations(range(6)))[::80]:
            wipe(program.bitacora.store)
            program.clock.show(at("10:00"))
            program.register(heartbeat=5 * MINUTE, since=at("00:00").date())
            first = program.declare({LABELS: Status.MAJOR_OUTAGE})
            second = program.declare({LABELS: Status.DEGRADED_PERFORMANCE})
            third = program.declare({LABELS: Status.UNDER_MAINTENANCE})
            fourth, fifth = program.pin(Status.PARTIAL_OUTAGE), program.pin(Status.DEGRADED_PERFORMANCE)
            program.let_time_pass(at("10:06"))
            open_still: dict[int, tuple[Status, Callable[[], None]]] = {
                0: (Status.MAJOR_OUTAGE, partial(program.resolve, first)),
                1: (Status.DEGRADED_PERFORMANCE, partial(program.withdraw, second)),
                2: (Status.UNDER_MAINTENANCE, partial(program.resolve, third)),
                3: (Status.PARTIAL_OUTAGE, partial(program.unpin, fourth)),
                4: (Status.DEGRADED_PERFORMANCE, partial(program.unpin, fifth)),
                5: (Status.UNKNOWN, program.hear),
            }
            for number in order:
                program.clock.advance(timedelta(seconds=10))
                _, end = open_still.pop(number)
                end()
                left = [status for status, _ in open_still.values()]

                assert status(program) is max(left, key=list(Status).index, default=Status.OPERATIONAL)

    def test_shows_what_was_known_then_and_what_is_known_now_of_then(self, program: Program) -> None:
        program.register(since=at("00:00").date())
        program.clock.show(at("11:00"))
        incident = program.declare({LABELS: Status.PARTIAL_OUTAGE}, occurred_at=at("10:30"))
        program.clock.show(at("12:00"))
        program.resolve(incident, occurred_at=at("11:30"))
        ids = [program.facade.queries.events.position_at(at(clock)) for clock in ("10:45", "11:45", "12:00")]

        seen = [[status(program, position, at(clock)) for clock in ("10:15", "10:45", "11:45")] for position in ids]

        up, down = Status.OPERATIONAL, Status.PARTIAL_OUTAGE
        assert seen == [[up, up, up], [up, down, down], [up, down, up]]

    def test_of_an_early_position_is_empty(self, program: Program) -> None:
        program.register()
        program.bitacora.follower.catch_up()

        assert list(program.facade.queries.board.components(0)) == []
        assert list(program.facade.queries.board.causes(0, None)) == []

    def test_keeps_what_readers_saw_of_an_incident_apart_from_its_relapse(self, program: Program) -> None:
        program.register(since=at("00:00").date())
        incident = program.fire("f1").incident
        assert incident is not None
        program.publish(incident)
        program.clock.show(at("10:10"))
        program.resolve(incident)
        program.clock.show(at("10:20"))

        # A second monitor reports late that it has seen the problem from its first moment on.
        assert program.fire("f2", status=Status.DEGRADED_PERFORMANCE, occurred_at=at("10:00")).incident == incident

        assert status(program, moment=at("10:05")) is Status.MAJOR_OUTAGE
        assert status(program) is Status.OPERATIONAL


class TestWholeProduct:
    def test_is_every_component_that_there_is_at_each_moment(self, program: Program) -> None:
        program.register(since=at("00:00").date())
        program.register("pages", since=at("00:00").date(), public=False)
        Maintenance(program).plan(at("10:10"), at("11:00"), {EVERYWHERE: Status.MAJOR_OUTAGE})
        program.let_time_pass(at("10:20"))
        before = program.facade.queries.events.last()[0]
        program.clock.show(at("10:30"))
        program.register(IMPORTS, since=at("00:00").date())
        program.clock.show(at("10:40"))
        program.revise("pages", public=True)
        program.let_time_pass(at("11:30"))

        down, up = Status.MAJOR_OUTAGE, Status.OPERATIONAL
        assert statuses(program, before) == {LABELS: down}
        assert statuses(program, before, side=PRIVATE) == {LABELS: down, "pages": down}
        assert statuses(program, moment=at("10:45")) == {LABELS: down, "pages": down, IMPORTS: down}
        assert statuses(program) == {LABELS: up, "pages": up, IMPORTS: up}

    def test_is_hidden_from_readers_until_its_window_is_announced(self, program: Program) -> None:
        program.register(since=at("00:00").date())
        maintenance = Maintenance(program)
        window = maintenance.plan(at("10:10"), at("11:00"), {EVERYWHERE: Status.UNDER_MAINTENANCE}, announced=False)
        program.let_time_pass(at("10:20"))
        before = program.facade.queries.events.last()[0]
        program.clock.show(at("10:30"))
        maintenance.announce(window)

        up, blue = {LABELS: Status.OPERATIONAL}, {LABELS: Status.UNDER_MAINTENANCE}
        assert [statuses(program, before, side=side) for side in (PUBLIC, PRIVATE)] == [up, blue]
        assert [statuses(program, before, at("10:15"), side=side) for side in (PUBLIC, PRIVATE)] == [up, blue]
        assert [statuses(program, moment=at("10:15"), side=side) for side in (PUBLIC, PRIVATE)] == [blue, blue]
        assert statuses(program) == blue

    def test_lets_go_of_a_component_that_an_update_says_is_well(self, program: Program) -> None:
        program.register(since=at("00:00").date())
        program.register(IMPORTS, since=at("00:00").date())
        maintenance = Maintenance(program)
        window = maintenance.plan(at("10:10"), at("11:00"), {EVERYWHERE: Status.MAJOR_OUTAGE})
        program.let_time_pass(at("10:20"))

        maintenance.update(window, {EVERYWHERE: Status.UNDER_MAINTENANCE})

        assert statuses(program) == dict.fromkeys((LABELS, IMPORTS), Status.UNDER_MAINTENANCE)
        assert statuses(program, moment=at("10:15")) == dict.fromkeys((LABELS, IMPORTS), Status.MAJOR_OUTAGE)


def statuses(
    program: Program, position: int | None = None, moment: datetime | None = None, *, side: Viewer = PUBLIC
) -> dict[str, Status]:
    """Give the statuses that a side sees: of now, as known at a position, or at a moment."""
    program.bitacora.follower.catch_up()
    position = program.facade.queries.events.last()[0] if position is None else position
    rows = program.facade.queries.board.read(position, moment)
    document = board(*rows, side=side, at=moment, now=program.clock.now())
    return {entry["key"]: Status(entry["status"]) for entry in document["components"]}


def status(program: Program, position: int | None = None, moment: datetime | None = None) -> Status:
    """Give the status that readers see of the one component: of now, as known at a position, or at a moment."""
    program.bitacora.follower.catch_up()
    position = program.facade.queries.events.last()[0] if position is None else position
    components, read = (
        program.facade.queries.board.components(position),
        program.facade.queries.board.causes(position, moment),
    )
    document = board(components, read, side=PUBLIC, at=moment, now=program.clock.now())
    return Status(document["components"][0]["status"])


def since(program: Program) -> str:
    """Tell since when readers see the first component as it is."""
    components, read = program.facade.queries.board.components(1), program.facade.queries.board.causes(1, None)
    document = board(components, read, side=PUBLIC, at=None, now=minute(HOUR))
    return str(document["components"][0]["status_since"])


def replayed(
    events: Sequence[Event], moment: datetime | None
) -> tuple[list[ComponentRow], list[CauseRow], list[PanelRecord]]:
    """Give every component, every cause there ever was, and the panels of a moment, by a replay."""
    rows = replayed_rows(events, BOARD_VIEW)
    return rows_of(ComponentRow, rows), rows_of(CauseRow, rows), list(panels_of(rows, moment))


def panels_of(rows: Sequence[Row], moment: datetime | None) -> Iterator[PanelRecord]:
    """Give the panels, each with the restoration of it that began last by the moment."""
    for panel in rows_of(BoardPanelRow, rows):
        begun = [
            row
            for row in rows_of(BoardRestorationRow, rows)
            if row.panel == panel.panel and (moment is None or row.began_at <= moment)
        ]
        latest = max(begun, key=lambda row: (row.began_at, row.restoration), default=None)
        said = [row for row in rows_of(PanelCauseRow, rows) if latest and row.restoration == latest.restoration]
        yield PanelRecord(panel=panel, restoration=latest, causes=said)


def rows_of(kind: type[R], rows: Sequence[Row]) -> list[R]:
    """Give the rows of one kind."""
    return [row for row in rows if isinstance(row, kind)]


def holding(held: Sequence[tuple[R, Span]], position: int) -> list[R]:
    """Give the rows that hold at a position."""
    return [row for row, span in held if span[0] <= position and (span[1] is None or position < span[0] + span[1])]


def of_components(*, registered: int, shown: int) -> Iterator[tuple[ComponentRow, Span]]:
    """Give the rows of components, of which one is registered at a position, and another shown at one."""
    labels, imports = COMPONENT_ROWS
    yield labels, (1, None)
    yield imports, (registered, None)
    yield a_component("pages", place=2, public=False), (1, shown - 1)
    yield a_component("pages", place=2), (shown, None)


def fill(
    store: Store,
    held: Sequence[tuple[CauseRow, Span]],
    components: Sequence[tuple[ComponentRow, Span]] = FROM_THE_FIRST,
) -> None:
    """Write the rows of the board as they hold from one position to another."""
    connection = store.connect_views()
    connection.execute(f"DELETE FROM {COMPONENTS.name}")  # noqa: S608 - our own names
    connection.execute(f"DELETE FROM {CAUSES.name}")  # noqa: S608 - our own names
    for row, (begins, length) in (*components, *held):
        columns = {**row.TABLE.columns, "from_position": "number", "to_position": "number"}
        until = None if length is None else begins + length
        connection.run(inserting(row.TABLE.name, columns), [[*values(row), begins, until]])
    # What a view has not come to is not read.
    connection.execute("UPDATE views SET position = 1000 WHERE name = 'board'")
    connection.close()
