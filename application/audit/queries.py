"""What auditors can read of the event log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from application.audit.documents import EventDocument


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """Which events to list; None means any. ``since`` is inclusive and ``until`` exclusive, of ``recorded_at``."""

    aggregate: str | None = None
    type: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class EventTimes:
    """When an event was recorded, and when it occurred."""

    recorded_at: datetime
    occurred_at: datetime


class EventQueries(Protocol):
    """Reads the event log."""

    def last(self) -> tuple[int, datetime | None]:
        """Give the position and the time of the last event; 0 and None for an empty log."""
        ...

    def position_at(self, moment: datetime) -> int:
        """Give the position of the last event recorded at ``moment`` or before; 0 if there is none."""
        ...

    def position_before(self, moment: datetime) -> int:
        """Give the position of the last event recorded before ``moment``; 0 if there is none."""
        ...

    def times(self, positions: Sequence[int]) -> Mapping[int, EventTimes]:
        """Give when the events at some positions were recorded, and when they occurred."""
        ...

    def at(self, positions: Sequence[int]) -> Mapping[int, EventDocument]:
        """Give the events at some positions."""
        ...

    def time_of(self, position: int) -> datetime | None:
        """Give the time at which the event at a position was recorded; None if there is none."""
        ...

    def fingerprint(self, position: int) -> str:
        """Give what tells the event at a position from every other; empty if there is none."""
        ...

    def page(self, wanted: EventFilter, after: int, limit: int) -> Sequence[EventDocument]:
        """List up to ``limit`` events that ``wanted`` describes, by position, after the position ``after``."""
        ...

    def of_aggregate(self, id: UUID, after: int, limit: int) -> Sequence[EventDocument]:
        """List up to ``limit`` events of one aggregate, by version, after the version ``after``."""
        ...

    def all(self, after: int, until: int) -> Iterator[EventDocument]:
        """Iterate over every event after the position ``after``, up to and including ``until``."""
        ...
