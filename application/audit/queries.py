"""What can be read; every read is of one position, so that its parts agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """Which events to list; None means any. ``since`` is inclusive and ``until`` exclusive, of ``recorded_at``."""

    aggregate: str | None = None
    type: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class EventQueries(Protocol):
    """The events themselves, as documents."""

    def last(self) -> tuple[int, datetime | None]:
        """Give position and time of the last event."""
        ...

    def position_at(self, moment: datetime) -> int:
        """Give the position of the last event recorded at ``moment`` or before; 0 if there is none."""
        ...

    def time_of(self, position: int) -> datetime | None:
        """Give the time at which the event at a position was recorded; None if there is none."""
        ...

    def page(self, wanted: EventFilter, after: int, limit: int) -> Sequence[dict[str, Any]]:
        """Give events by position, after a position."""
        ...

    def of_aggregate(self, id: UUID, after: int, limit: int) -> Sequence[dict[str, Any]]:
        """Give the events of one aggregate by version, after a version."""
        ...

    def all(self, after: int, until: int) -> Iterator[dict[str, Any]]:
        """Give every event after a position and up to another."""
        ...
