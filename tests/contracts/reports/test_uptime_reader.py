"""As published is what the board showed at each moment; as restated is what is known now of each moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.reports.periods import Basis, ComponentPeriod, Period
from application.reports.uptime import read_periods
from application.status.board import PUBLIC, board
from application.status.projection import ComponentRow
from domain.impact import Status
from domain.reports.uptime import durations_of
from tests.application.program import MINUTE, TICK, Program
from tests.contracts.snapshots import wipe
from tests.contracts.strategies import BEGIN, WALKS, WALKS_OF_RECOVERIES, WALKS_OF_WINDOWS, Step, Walker

MOMENTS = st.lists(st.integers(-30, 26 * 60).map(lambda minutes: BEGIN + minutes * MINUTE), min_size=8, max_size=8)


class TestUptimeReader:
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        walk=WALKS | WALKS_OF_WINDOWS | WALKS_OF_RECOVERIES,
        edges=st.tuples(st.integers(-60, 60), st.integers(61, 3_000)),
        moments=MOMENTS,
        data=st.data(),
    )
    def test_gives_what_the_board_showed_and_what_is_known_at_each_moment(
        self, program: Program, walk: list[Step], edges: tuple[int, int], moments: list[datetime], data: st.DataObject
    ) -> None:
        walked(program, walk)
        now, times = program.clock.now(), sorted({event.provenance.recorded_at for event in program.events()})
        position = data.draw(st.integers(1, program.facade.queries.events.last()[0]), "position")
        period = Period(start=BEGIN + edges[0] * MINUTE, end=max(BEGIN + MINUTE, min(BEGIN + edges[1] * MINUTE, now)))
        steps = [moment for time in times for moment in (time - TICK, time)]
        rows = [row for row in program.facade.queries.board.components(position) if row.public]
        for basis in Basis:
            found = read_periods(program.facade.queries.uptime, position, rows, period, basis)
            for moment in sorted({*moments, *steps}):
                if period.start <= moment < period.end:
                    expected = (
                        shown(program, moment, position)
                        if basis is Basis.PUBLISHED
                        else known(program, moment, position)
                    )
                    assert dict(at(found, moment)) == {
                        key: expected.get(key, Status.UNKNOWN) for key in vouched(rows, moment, basis)
                    }, (basis, moment)
            for each in found:
                assert sum(durations_of(each.spans).values(), timedelta()) == each.vouched.end - each.vouched.start

    @settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(walk=WALKS | WALKS_OF_WINDOWS | WALKS_OF_RECOVERIES)
    def test_gives_of_one_component_what_it_gives_of_it_among_all(self, program: Program, walk: list[Step]) -> None:
        walked(program, walk)
        position = program.facade.queries.events.last()[0]
        period = Period(start=BEGIN - MINUTE, end=program.clock.now() + MINUTE)
        rows = [row for row in program.facade.queries.board.components(position) if row.public]
        for basis in Basis:
            of_all = read_periods(program.facade.queries.uptime, position, rows, period, basis)
            for row, among in zip(rows, of_all, strict=True):
                [alone] = read_periods(
                    program.facade.queries.uptime, position, [row], period, basis, component=row.component
                )
                assert (alone.spans, alone.vouched) == (among.spans, among.vouched)
                assert sorted(map(repr, alone.statements)) == sorted(map(repr, among.statements))


def walked(program: Program, walk: Sequence[Step]) -> None:
    """Begin anew, do all the steps, and let the views follow."""
    wipe(program.bitacora.store)
    Walker(program).walk(walk)
    program.let_time_pass(program.clock.now() + MINUTE)
    program.bitacora.follower.catch_up()


def shown(program: Program, moment: datetime, until: int) -> dict[str, Status]:
    """Give what the public board showed at a moment, by the log up to a position."""
    queries = program.facade.queries
    position = min(until, queries.events.position_at(moment))
    document = board(*queries.board.read(position, None, now=moment), side=PUBLIC, at=None, now=moment)
    return {entry["key"]: Status(entry["status"]) for entry in document["components"]}


def known(program: Program, moment: datetime, position: int) -> dict[str, Status]:
    """Give what is known of a moment at a position, of components that are retired by now, too."""
    queries = program.facade.queries
    components, causes, panels = queries.board.read(position, moment, now=program.clock.now())
    in_use = [ComponentRow(**{**vars(row), "retired": False}) for row in components]
    document = board(in_use, causes, panels, side=PUBLIC, at=moment, now=program.clock.now())
    return {entry["key"]: Status(entry["status"]) for entry in document["components"]}


def vouched(rows: Sequence[ComponentRow], moment: datetime, basis: Basis) -> Iterator[str]:
    """Name the components that we vouch for at a moment."""
    for row in rows:
        if basis is Basis.PUBLISHED and row.registered_at is not None and moment < row.registered_at:
            continue
        retired_at = row.document["retired_at"]
        is_over = retired_at is not None and datetime.fromisoformat(retired_at) <= moment
        if row.vouched_from is not None and row.vouched_from <= moment and not is_over:
            yield row.component


def at(found: Sequence[ComponentPeriod], moment: datetime) -> Iterator[tuple[str, Status]]:
    """Give the status of each component that a period has at a moment."""
    for each in found:
        for span in each.spans:
            if span.covers(moment):
                yield each.row.component, span.status
