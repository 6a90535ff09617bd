"""The log, as a command sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

from domain.aggregate import Aggregate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from application.events_missed import EventMissed

A = TypeVar("A", bound=Aggregate)

FEW = 20
"""How many aggregates ``find_ids`` gives by default; so many are kept in memory."""


@dataclass(frozen=True, kw_only=True)
class Timer:
    """When the clock has to call an aggregate (``handle_due``); ``position`` is that of the event that set it."""

    aggregate: UUID
    kind: str
    due: datetime
    position: int


class Log(Protocol):
    """The log inside one command: everything that it saves is recorded together, or nothing is."""

    @property
    def now(self) -> datetime:
        """The time at which this command's events are recorded; it never falls."""
        ...

    @property
    def position(self) -> int:
        """The position of the last event, this command's own included."""
        ...

    @property
    def next_due(self) -> datetime | None:
        """A moment before which no timer is due; None if there is no timer."""
        ...

    def read_ahead(self, ids: Iterable[UUID]) -> None:
        """Read aggregates in one query that are needed next; some may not exist."""
        ...

    def find(self, kind: type[A], id: UUID) -> A | None:
        """Rebuild an aggregate from its events; None if there is none."""
        ...

    def load(self, kind: type[A], id: UUID) -> A:
        """Rebuild an aggregate from its events.

        Raises:
            NotFound: if there is none.
        """
        ...

    def find_ids(self, handle: str, *, limit: int | None = FEW) -> Sequence[UUID]:
        """List the ids of the aggregates with this handle, the highest ranked first; all if ``limit`` is None."""
        ...

    def find_ranked(self, handle: str, *, limit: int) -> Sequence[tuple[UUID, datetime]]:
        """List the ids of the aggregates with this handle and their ranks, the lowest ranked first."""
        ...

    def save(self, aggregate: Aggregate) -> int:
        """Record the new events of the aggregate, its handles and its timer.

        Returns:
            The position of its last event.
        """
        ...

    def remind(self, aggregate: Aggregate, due: datetime | None) -> None:
        """Set the timer of an aggregate to a moment that does not follow from its events; None clears it."""
        ...

    def due(self, limit: int) -> Sequence[Timer]:
        """List up to ``limit`` timers that are due now, in order."""
        ...

    def events_after(self, id: UUID, version: int) -> Sequence[EventMissed]:
        """List type, version and actor of an aggregate's events after ``version``, for a caller who missed them."""
        ...
