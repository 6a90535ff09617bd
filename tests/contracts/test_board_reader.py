"""What is read of the board is enough to fold it: the same comes out as from every cause there ever was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import permutations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.board import PRIVATE, PUBLIC, board, folded
from application.documents.parts import instant
from application.projections.board import CAUSES, COMPONENTS, CauseRow
from application.projections.rows import Row
from domain.impact import Status
from infrastructure.store.base import Store, inserting
from tests.application.causes import HOUR, a_cause, a_component, causes, minute
from tests.application.given import IMPORTS, LABELS, MINUTE, Program, at
from tests.contracts.snapshots import values, wipe

POSITIONS = st.tuples(st.integers(1, 6), st.none() | st.integers(1, 4))
"""From which position on a row holds, and how many positions long."""
FROM_40 = a_cause("now", Status.MAJOR_OUTAGE, 40)
COMPONENT_ROWS = (a_component(vouched=-20), a_component(IMPORTS, vouched=15, place=1, public=False))


class TestBoardReader:
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(rows=causes((LABELS, IMPORTS)), spans=st.lists(POSITIONS, min_size=8, max_size=8), data=st.data())
    def test_reads_what_the_fold_needs(
        self, program: Program, rows: list[CauseRow], spans: list[tuple[int, int | None]], data: st.DataObject
    ) -> None:
        store, reader = program.bitacora.store, program.service.board
        held = list(zip(rows, spans, strict=False))
        fill(store, held)
        position = data.draw(st.integers(1, 10), "position")
        known = [row for row, (begins, length) in held if begins <= position and not ends(begins, length, position)]

        moment = data.draw(st.none() | st.integers(0, HOUR).map(minute), "moment")
        side = data.draw(st.sampled_from([PUBLIC, PRIVATE]), "side")

        read = reader.causes(position, moment)
        components = reader.components(position)

        assert sorted(components, key=repr) == sorted(COMPONENT_ROWS, key=repr)
        assert all(row in known for row in read if row.cause)
        assert board(components, read, side=side, at=moment, now=minute(HOUR)) == board(
            COMPONENT_ROWS, known, side=side, at=moment, now=minute(HOUR)
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

    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(rows=causes((LABELS, IMPORTS)), start=st.integers(0, 40), length=st.integers(1, 20))
    def test_reads_the_history_that_a_span_needs(
        self, program: Program, rows: list[CauseRow], start: int, length: int
    ) -> None:
        store, reader = program.bitacora.store, program.service.board
        fill(store, [(row, (1, None)) for row in rows])
        begins, until = minute(start), minute(start + length)

        read = reader.history(1, LABELS, begins, until)

        assert {row.component for row in read} <= {LABELS}
        whole = [row for row in rows if row.component == LABELS]
        spans = [folded(found, vouched_from=None, start=begins, until=until) for found in (read, whole)]
        assert spans[0] == spans[1]


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
        ids = [program.service.events.position_at(at(clock)) for clock in ("10:45", "11:45", "12:00")]

        seen = [[status(program, position, at(clock)) for clock in ("10:15", "10:45", "11:45")] for position in ids]

        up, down = Status.OPERATIONAL, Status.PARTIAL_OUTAGE
        assert seen == [[up, up, up], [up, down, down], [up, down, up]]

    def test_of_an_early_position_is_empty(self, program: Program) -> None:
        program.register()
        program.bitacora.follower.catch_up()

        assert list(program.service.board.components(0)) == []
        assert list(program.service.board.causes(0, None)) == []

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


def status(program: Program, position: int | None = None, moment: datetime | None = None) -> Status:
    """Give the status that readers see of the one component: of now, as known at a position, or at a moment."""
    program.bitacora.follower.catch_up()
    position = program.service.events.last()[0] if position is None else position
    components, read = program.service.board.components(position), program.service.board.causes(position, moment)
    document = board(components, read, side=PUBLIC, at=moment, now=program.clock.now())
    return Status(document["components"][0]["status"])


def since(program: Program) -> str:
    """Tell since when readers see the first component as it is."""
    components, read = program.service.board.components(1), program.service.board.causes(1, None)
    document = board(components, read, side=PUBLIC, at=None, now=minute(HOUR))
    return str(document["components"][0]["status_since"])


def ends(begins: int, length: int | None, position: int) -> bool:
    """Tell whether a row that begins at a position holds no more at another."""
    return length is not None and begins + length <= position


def fill(store: Store, held: Sequence[tuple[CauseRow, tuple[int, int | None]]]) -> None:
    """Write the rows of the board as they hold from one position to another."""
    connection = store.connect_views()
    connection.execute(f"DELETE FROM {COMPONENTS.name}")  # noqa: S608 - our own names
    connection.execute(f"DELETE FROM {CAUSES.name}")  # noqa: S608 - our own names
    rows: list[tuple[Row, int, int | None]] = [(row, 1, None) for row in COMPONENT_ROWS]
    rows += [(row, begins, None if length is None else begins + length) for row, (begins, length) in held]
    for row, begins, until in rows:
        columns = {**row.TABLE.columns, "from_position": "number", "to_position": "number"}
        connection.run(inserting(row.TABLE.name, columns), [[*values(row), begins, until]])
    connection.close()
