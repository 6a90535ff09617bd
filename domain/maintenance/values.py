"""The values of a maintenance window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.contact import Contact
from domain.impact import Status
from domain.ledger.request_policy import RequestPolicy
from domain.maintenance.civil_time import Choice
from domain.text import Text

REMINDERS = (timedelta(hours=24), timedelta(hours=1))
"""How long before its start a window reminds, if its plan does not say."""


class WindowState(StrEnum):
    """How far a window has come."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


UNDER_WAY = frozenset({WindowState.IN_PROGRESS, WindowState.VERIFYING})
"""The states of a window that has begun and is not over."""


class WindowOutcome(StrEnum):
    """How a completed window went."""

    DONE = "done"
    ROLLED_BACK = "rolled_back"


class What(StrEnum):
    """What an entry of the timeline tells of."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    RESCHEDULED = "rescheduled"
    STARTED = "started"
    UPDATED = "updated"
    EXTENDED = "extended"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class MarketZone:
    """A market (ISO 3166-1 alpha-2) and the IANA zone by whose clocks it lives."""

    market: str
    zone: str


@dataclass(frozen=True, kw_only=True)
class LocalTime:
    """Start and end as the clocks of a market show them (RFC 3339 with the offset of the zone)."""

    market: str
    zone: str
    start: str
    end: str


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """When a window begins and ends: as planned by the clocks of a zone, and the instants that this meant.

    ``start`` and ``end`` are civil times (ISO 8601 without offset) in ``zone``, ``ambiguous`` says which instant is
    meant where there are two. The instants and local times were computed when the plan was recorded, by the zones of
    the ``tzdata`` version; ``end`` is None where the plan has an elapsed ``duration``.
    """

    zone: str
    start: str
    end: str | None
    duration: timedelta | None
    ambiguous: Choice | None
    starts_at: datetime
    ends_at: datetime
    local_times: tuple[LocalTime, ...]
    tzdata: str


@dataclass(frozen=True, kw_only=True)
class Guidance:
    """What an audience should do before, during and after."""

    before: tuple[Text, ...] = ()
    during: tuple[Text, ...] = ()
    after: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Audience:
    """What an audience cannot do meanwhile, and what it should do."""

    restrictions: tuple[Text, ...] = ()
    guidance: Guidance = Guidance()


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """Data that stands still until the end, so that a reader knows that old is not broken.

    ``data`` is a key; what it is called is ``name``, if that was said.
    """

    data: str
    name: Text
    note: Text


def named_freezes(plan: dict[str, Any]) -> dict[str, Any]:
    """Read a stored plan whose frozen data had no names."""
    return {**plan, "freezes": [{**freeze, "name": {}} for freeze in plan["freezes"]]}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is planned, without its times.

    ``components`` holds the status that each will show; with the key ``EVERYWHERE``, every component that there is at
    each moment. ``covers`` are those whose signals count from the end of the window. ``remind_before`` says how long
    before the start it reminds.
    """

    title: Text
    reason: Text
    description: Text
    components: Mapping[str, Status]
    covers: tuple[str, ...] = ()
    audiences: Mapping[str, Audience]
    freezes: tuple[Freeze, ...] = ()
    contacts: tuple[Contact, ...] = ()
    request_policies: Mapping[str, RequestPolicy]
    remind_before: tuple[timedelta, ...] = REMINDERS


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The series that made a window, and the civil start at which the rule had it."""

    series: UUID
    occurrence: str


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A state, and since when."""

    state: WindowState
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of the timeline; ``message`` is empty where nothing was said beside the fact.

    ``public_number`` counts the entries that readers see. It is None for what was written before the announcement and
    for internal notes; such an entry is never shown to readers.
    """

    number: int
    what: What
    state: WindowState
    message: Text
    occurred_at: datetime
    recorded_at: datetime
    starts_at: datetime
    ends_at: datetime
    components: Mapping[str, Status]
    expected_at: datetime | None = None
    internal: bool = False
    public_number: int | None = None
    by_clock: bool = False
    reason: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether readers see it."""
        return self.public_number is not None


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """A reminder that is done: how long before the start, when it was due, and when it was recorded."""

    before: timedelta
    due: datetime
    recorded_at: datetime


def reminders_of(remind_before: tuple[timedelta, ...], starts_at: datetime, now: datetime) -> tuple[datetime, ...]:
    """Give the instants after ``now`` at which to remind, each once, in order."""
    return tuple(sorted({starts_at - before for before in remind_before if starts_at - before > now}))
