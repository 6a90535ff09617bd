"""Six causes overlap on one component: in whatever order they end, each ending shows the worst of what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache, partial
from itertools import permutations
from typing import cast
from uuid import UUID

import pytest

from application.maintenance.timetables import Times, Timetables
from application.status.board import PRIVATE, PUBLIC, Viewer, board
from application.status.projection import CauseRow, ComponentRow, rows_of
from domain.components import Component
from domain.components.events import Profile
from domain.impact import EVERYWHERE, Status
from domain.incidents import Incident
from domain.maintenance import MaintenanceWindow, WindowOutcome
from domain.policy import Policy
from domain.provenance import Provenance
from infrastructure.zones import PinnedZones
from tests.application.program import IMPORTS, LABELS, MINUTE, Program, at, in_english
from tests.application.window_steps import ZONE, Maintenance, a_plan, civil
from tests.contracts.snapshots import wipe

SAID = (
    Status.MAJOR_OUTAGE,
    Status.DEGRADED_PERFORMANCE,
    Status.PARTIAL_OUTAGE,
    Status.UNDER_MAINTENANCE,
    Status.PARTIAL_OUTAGE,
    Status.UNDER_MAINTENANCE,
)
"""What two incidents, two windows and two pins say, in this order."""
INCIDENTS, WINDOWS, PINS = (0, 1), (2, 3), (4, 5)
WHOLE = (None, *WINDOWS)
"""Which of the windows, if any, is one of the whole product."""
BEGIN, FIRST, LATEST = at("10:00"), at("11:00"), at("13:00")
DAY = date(2025, 3, 4)
ORDERS = list(permutations(range(6)))
SAMPLE = ORDERS[7::90]

Order = tuple[int, ...]
Seen = tuple[Status, Status]
"""The status of the component with six causes, and of one that only a window of the whole product affects."""


class TestSixCauses:
    @pytest.mark.parametrize("whole", WHOLE)
    @pytest.mark.parametrize("side", [PUBLIC, PRIVATE])
    def test_leave_the_worst_of_what_is_open_in_each_of_all_orders(self, whole: int | None, side: Viewer) -> None:
        for order in ORDERS:
            for over in range(7):
                shown = seen(*rows(order[:over], whole), side=side)
                assert shown == expected(order[over:], whole), (order, over)

    @pytest.mark.parametrize("whole", WHOLE)
    def test_are_seen_afterwards_as_they_were(self, whole: int | None) -> None:
        for order in ORDERS:
            known = rows(order, whole)
            for over in range(7):
                shown = seen(*known, moment=moment(over) - MINUTE / 2)
                assert shown == expected(order[over:], whole), (order, over)

    @pytest.mark.parametrize("whole", WHOLE)
    def test_end_one_by_one_in_the_program(self, program: Program, whole: int | None) -> None:
        for order in SAMPLE:
            wipe(program.bitacora.store)
            for place, end in enumerate(begun(program, order, whole)):
                program.clock.show(moment(place))
                before = len(program.events())

                end()

                assert len({event.originator_id for event in program.events()[before:]}) == 1, (order, place)
                assert look(program) == expected(order[place + 1 :], whole), (order, place)
            for place in range(7):
                assert look(program, moment(place) - MINUTE / 2) == expected(order[place:], whole), (order, place)


def moment(place: int) -> datetime:
    """Give the moment at which the cause that ends at this place of the order does so."""
    return FIRST + place * MINUTE


def expected(still_open: Sequence[int], whole: int | None) -> Seen:
    """Give the worst of what is open still."""
    other = SAID[whole] if whole in still_open and whole is not None else Status.OPERATIONAL
    return max((SAID[number] for number in still_open), key=list(Status).index, default=Status.OPERATIONAL), other


def seen(
    components: Sequence[ComponentRow],
    causes: Sequence[CauseRow],
    *,
    side: Viewer = PUBLIC,
    moment: datetime | None = None,
) -> Seen:
    """Give the statuses that a side sees."""
    document = board(components, causes, side=side, at=moment, now=LATEST)
    statuses = {entry["key"]: Status(entry["status"]) for entry in document["components"]}
    return statuses[LABELS], statuses[IMPORTS]


# The rows that follow from the six


def rows(over: Order, whole: int | None) -> tuple[list[ComponentRow], list[CauseRow]]:
    """Give the rows of the board once the first of the six have ended in this order."""
    ended = {number: moment(place) for place, number in enumerate(over)}
    found = [row for number in INCIDENTS for row in of_incident(number, ended.get(number))]
    found += [row for number in WINDOWS for row in of_window(number, ended.get(number), number == whole)]
    shown, pinned = of_component(LABELS, *(ended.get(number) for number in PINS))
    return [shown, of_component(IMPORTS)[0]], [*found, *pinned]


@lru_cache
def of_incident(number: int, ended: datetime | None) -> list[CauseRow]:
    """Give the rows of an incident."""
    incident = Incident.declare(
        id=UUID(int=number),
        title=in_english("No labels"),
        message=in_english("Labels cannot be created."),
        components={LABELS: SAID[number]},
        cause=None,
        markets=(),
        public=True,
        request_policies={},
        resolved=None,
        provenance=ana(BEGIN),
    )
    if ended is not None:
        incident.resolve(message={}, override_reason="seen", policy=Policy(), provenance=ana(ended))
    return cast("list[CauseRow]", list(rows_of(incident)))


@lru_cache
def of_window(number: int, ended: datetime | None, whole: bool) -> list[CauseRow]:
    """Give the rows of a window."""
    window = MaintenanceWindow.schedule(
        id=UUID(int=number),
        plan=a_plan({EVERYWHERE if whole else LABELS: SAID[number]}),
        timetable=Timetables(PinnedZones()).to_timetable(Times(zone=ZONE, start=civil(BEGIN), end=civil(LATEST))),
        announced=True,
        provenance=ana(BEGIN),
    )
    window.handle_due(provenance=ana(BEGIN))
    if ended is not None:
        window.complete(outcome=WindowOutcome.DONE, message=None, reason=None, provenance=ana(ended))
    return cast("list[CauseRow]", list(rows_of(window)))


@lru_cache
def of_component(key: str, *pins_ended: datetime | None) -> tuple[ComponentRow, list[CauseRow]]:
    """Give the rows of a component that is pinned."""
    profile = Profile(
        key=key,
        name=in_english(key),
        group="carriers",
        description={},
        markets=(),
        is_public=True,
        since=DAY,
        vouched_from=at("00:00"),
        position=0,
        heartbeat=None,
    )
    component = Component.register(profile=profile, provenance=ana(BEGIN))
    for number, ended in zip(PINS, pins_ended, strict=False):
        component.pin(pin_id=UUID(int=number), status=SAID[number], reason="seen", provenance=ana(BEGIN))
        if ended is not None:
            component.unpin(pin_id=UUID(int=number), provenance=ana(ended))
    shown, *pinned = rows_of(component)
    return cast("ComponentRow", shown), cast("list[CauseRow]", pinned)


def ana(moment: datetime) -> Provenance:
    """Let Ana say it."""
    return Provenance(actor="token:ana", source="api", request_id="", occurred_at=moment, recorded_at=moment)


# The six in the program


def begun(program: Program, order: Order, whole: int | None) -> Iterator[Callable[[], object]]:
    """Let all six begin, and give what ends each, in this order; the clock ends the first of the windows."""
    program.clock.show(BEGIN)
    program.register(since=DAY)
    program.register(IMPORTS, since=DAY)
    maintenance = Maintenance(program)
    ends: dict[int, Callable[[], object]] = {}
    for number in INCIDENTS:
        ends[number] = partial(program.resolve, program.declare({LABELS: SAID[number]}))
    for number in WINDOWS:
        by_clock = number == WINDOWS[0]
        components = {EVERYWHERE if number == whole else LABELS: SAID[number]}
        end = moment(order.index(number)) if by_clock else LATEST
        window = maintenance.plan(BEGIN, end, components)
        ends[number] = partial(program.let_time_pass, end) if by_clock else partial(maintenance.complete, window)
    for number in PINS:
        ends[number] = partial(program.unpin, program.pin(SAID[number]))
    program.clock.show(FIRST - MINUTE / 2)
    assert look(program) == expected(order, whole)
    return (ends[number] for number in order)


def look(program: Program, moment: datetime | None = None) -> Seen:
    """Give the statuses that readers see."""
    program.bitacora.follower.catch_up()
    found, causes, _ = program.facade.queries.board.read(program.facade.queries.events.last()[0], moment)
    return seen(found, causes, moment=moment)
