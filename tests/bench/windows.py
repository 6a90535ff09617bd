"""Maintenance windows for the clock and for the calendar: planned by the use cases, before the program is served."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from application.audit.queries import EventFilter
from application.caller import CLOCK
from application.maintenance.timetables import Times
from domain.impact import Status
from domain.maintenance import Plan
from infrastructure.clock import SystemClock
from tests.bench.client import COMPONENTS
from tests.bench.filling import ANA, SAID

if TYPE_CHECKING:
    from application.audit.documents import EventDocument
    from application.log import Log
    from infrastructure.bootstrap import Bitacora

APART = timedelta(seconds=0.1)
LENGTH = timedelta(seconds=1.05)
"""How long each lasts; it ends between the starts of others."""
FEW, MANY = 10, 10_000
AT_ONCE = 250
"""How many are planned in a command."""
LEAD, LEAD_OF_EACH = timedelta(seconds=15), timedelta(milliseconds=5)
"""How long before the first start they are planned, lest it comes before the program is served."""
PATIENCE = timedelta(seconds=3)
FAR = timedelta(days=365)
KEPT_BY_THE_CLOCK = ("maintenance_window.started", "maintenance_window.completed")


class NotKept(Exception):
    """The clock did not keep what was planned, or began too late to be measured."""


def soon(count: int) -> list[datetime]:
    """Give starts, of which the first is so far away that all can be planned before."""
    first = SystemClock().now() + LEAD + count * LEAD_OF_EACH
    return [first + number * APART for number in range(count)]


def far(count: int) -> list[datetime]:
    """Give starts that nobody lives to see."""
    first = SystemClock().now() + FAR
    return [first + number * timedelta(minutes=1) for number in range(count)]


def plan(bitacora: Bitacora, starts: Sequence[datetime], length: timedelta) -> None:
    """Plan a window from each start on, and let the views follow."""
    bitacora.writer.start()
    for number in range(0, len(starts), AT_ONCE):
        bitacora.writer.call(partial(_plan, bitacora, starts[number : number + AT_ONCE], length))
    bitacora.follower.catch_up()


def _plan(bitacora: Bitacora, starts: Sequence[datetime], length: timedelta, log: Log) -> None:
    for number, start in enumerate(starts):
        begins = start.astimezone(UTC).replace(tzinfo=None)
        bitacora.facade.commands.windows.plan(
            log,
            plan=Plan(
                title={"en": "Upgrade", "es": "Actualización"},
                reason={},
                description=SAID,
                components={f"component-{number % COMPONENTS:03}": Status.UNDER_MAINTENANCE},
                audiences={},
                request_policies={},
                remind_before=(),
            ),
            times=Times(zone="UTC", start=begins, end=begins + length),
            announced=True,
            caller=ANA,
        )


def wait_over(starts: Sequence[datetime]) -> None:
    """Wait until all have ended.

    Raises:
        NotKept: if the first has begun before anybody waits.
    """
    if SystemClock().now() >= starts[0]:
        raise NotKept("the program was not served when the first window began; the machine is too slow for it")
    over = starts[-1] + LENGTH + PATIENCE
    threading.Event().wait((over - SystemClock().now()).total_seconds())


def lags(bitacora: Bitacora, starts: Sequence[datetime]) -> list[float]:
    """Give how long after its due time the clock recorded each start and each end, in seconds.

    Raises:
        NotKept: if it did not do so with each window once.
    """
    events = list(chain.from_iterable(_kept(bitacora, fact, starts[0]) for fact in KEPT_BY_THE_CLOCK))
    kept = {(event["type"], event["aggregate"]["id"]) for event in events}
    if len(events) != len(kept) or len(kept) != len(KEPT_BY_THE_CLOCK) * len(starts):
        raise NotKept(f"of {len(starts)} windows, the clock has begun and ended {len(events)} times")
    return [_between(event["occurred_at"], event["recorded_at"]) for event in events]


def _kept(bitacora: Bitacora, fact: str, since: datetime) -> Iterator[EventDocument]:
    wanted, after = EventFilter(type=fact, actor=CLOCK, since=since), 0
    while page := bitacora.facade.queries.events.page(wanted, after, AT_ONCE):
        yield from page
        after = page[-1]["position"]


def _between(due: str, recorded: str) -> float:
    return (datetime.fromisoformat(recorded) - datetime.fromisoformat(due)).total_seconds()
