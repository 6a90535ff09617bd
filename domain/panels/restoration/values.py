"""The values that a restoration is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from domain.contact import Contact
from domain.impact import Status
from domain.text import Text


class RestorationState(StrEnum):
    """How far a restoration has come."""

    ACCESS_LOST = "access_lost"
    ACCESS_RESTORED = "access_restored"
    COMPLETED = "completed"


class CapabilityState(StrEnum):
    """Whether a function of a panel can be used; ``suspended`` is what we switched off ourselves."""

    AVAILABLE = "available"
    DEGRADED = "degraded"
    SUSPENDED = "suspended"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """How far the data of an account has come."""

    LOST = "lost"
    RECOVERABLE = "recoverable"
    RESTORING = "restoring"
    RESTORED = "restored"
    VERIFIED = "verified"
    ACCEPTED = "accepted"


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A day (ISO 8601) or an instant (RFC 3339) as it was ``said``, and the instant at which it has passed."""

    said: str
    passes_at: datetime


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A half-open span without access: when, why, and which provider; open until access is restored."""

    start: datetime
    end: datetime | None = None
    provider: Text
    reason: Text
    restored_note: Text = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """Who promised access for when; ``loss`` is the place of the loss that it is about."""

    number: int
    loss: int
    promised_by: Text
    promised_for: Deadline
    note: Text
    made_at: datetime
    recorded_at: datetime
    is_overdue: bool = False


@dataclass(frozen=True, kw_only=True)
class RecoveryGap:
    """Data is missing from ``start`` until ``end``, which is outside."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class RecoveryPoint:
    """The data is of ``as_of``, give or take ``tolerance``; ``missing`` kinds are lost from there to ``gap_until``."""

    number: int
    as_of: datetime
    tolerance: timedelta
    missing: tuple[str, ...]
    note: Text
    gap_until: datetime
    said_at: datetime

    @property
    def earliest(self) -> datetime:
        """The earliest moment that the data can be of."""
        return self.as_of - self.tolerance

    @property
    def latest(self) -> datetime:
        """The latest moment that the data can be of: it is not newer than the loss."""
        return min(self.as_of + self.tolerance, self.gap_until)


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a capability can do.

    ``components`` are the statuses that components show because of it; ``follows`` is true if nobody set it: it
    follows from a loss, or from its end.
    """

    state: CapabilityState
    note: Text
    workaround: Text
    expected: Deadline | None
    components: Mapping[str, Status]
    follows: bool = False

    def waits_for(self, deadline: Deadline | None) -> bool:
        """Tell whether it is expected to be available by a deadline, and is not."""
        return self.state is not CapabilityState.AVAILABLE and deadline is not None and self.expected == deadline


@dataclass(frozen=True, kw_only=True)
class Spell:
    """A condition, and the half-open span during which it holds; the last one of a capability has no end.

    ``since`` is when its state began, which may be some conditions before.
    """

    condition: Condition
    start: datetime
    end: datetime | None = None
    since: datetime
    is_overdue: bool = False


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """An automation does not run for items created before an instant; until an operator ends it."""

    automation: str
    created_before: datetime
    note: Text
    since: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Actions that were due in a half-open span, and will never be executed."""

    number: int
    actions: tuple[str, ...]
    due_from: datetime
    due_until: datetime
    note: Text
    said_at: datetime


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """What the owner of an account has to do, or must not; ``heading`` is what it stands under."""

    number: int
    heading: str | None
    text: Text


@dataclass(frozen=True, kw_only=True)
class ListedContact:
    """A contact, and the number by which it is removed."""

    number: int
    contact: Contact


@dataclass(frozen=True, kw_only=True)
class RestorationUpdate:
    """How it goes, as a person told; ``public_number`` counts those that readers see, and is None for others."""

    number: int
    state: RestorationState
    message: Text
    occurred_at: datetime
    recorded_at: datetime
    public_number: int | None


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """How many accounts there are, as known at ``said_at``."""

    revision: int
    accounts: int
    note: Text
    said_at: datetime


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many accounts are at a stage; ``grades`` break the number down, if they are there."""

    accounts: int
    grades: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class ProgressReport:
    """How many accounts were at each stage, with the inventory that they were counted against."""

    number: int
    inventory: Inventory
    stages: Mapping[Stage, Count]
    note: Text
    said_at: datetime
