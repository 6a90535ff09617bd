"""The log, as a command sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

from domain.aggregate import Aggregate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from application.audit.documents import EventMissed

A = TypeVar("A", bound=Aggregate)

FEW = 20
"""How many aggregates a handle gives where no other limit is asked for; so many are kept in memory."""


@dataclass(frozen=True, kw_only=True)
class Timer:
    """A visit of the clock to an aggregate; ``position`` is that of the event that led to it."""

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
        """A moment before which the clock has nothing to do; None if it has nothing to do at all."""
        ...

    def read_ahead(self, ids: Iterable[UUID]) -> None:
        """Read aggregates at once that are looked for next, some of which may not exist."""
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
        """Give the ids of the aggregates that have this handle now, the highest ranked first; all without a limit."""
        ...

    def find_ranked(self, handle: str, *, limit: int) -> Sequence[tuple[UUID, datetime]]:
        """Give the ids of the aggregates that have this handle now with their ranks, the lowest ranked first."""
        ...

    def save(self, aggregate: Aggregate) -> int:
        """Record what happened to the aggregate, and when the clock has to visit it.

        Returns:
            The position of its last event.
        """
        ...

    def remind(self, aggregate: Aggregate, due: datetime | None) -> None:
        """Let the clock visit an aggregate at a moment that is no fact in its events."""
        ...

    def due(self, limit: int) -> Sequence[Timer]:
        """Give the timers that are due now, in order, ``limit`` at most."""
        ...

    def events_after(self, id: UUID, version: int) -> Sequence[EventMissed]:
        """Give type, version and actor of an aggregate's events after ``version``, for a caller who missed them."""
        ...
