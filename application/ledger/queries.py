"""Queries of the ledger of held requests; every read is of one position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from application.ledger.traits import Trait
from domain.ledger.cause import CauseType
from domain.ledger.held_request import RequestState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from application.pieces import Piece


@dataclass(frozen=True, kw_only=True)
class RequestFilter:
    """Which held requests to list; None means any.

    ``unassigned`` ones have no cause. One of ``sources``, if any are named, is that of the request, and one of
    ``holders`` has it. ``evidence`` is ``any``, ``none``, or an outcome that it suggests. The span of ``received_at``
    is half-open. Of ``ids`` and of ``references`` it has one, ``prefix`` is how its reference begins, and ``label`` and
    ``trait`` are some that it has.
    """

    cause: UUID | None = None
    cause_type: CauseType | None = None
    unassigned: bool = False
    kind: str | None = None
    source: str | None = None
    sources: tuple[str, ...] = ()
    states: tuple[RequestState, ...] = tuple(RequestState)
    holder: str | None = None
    holders: tuple[str, ...] = ()
    received_from: datetime | None = None
    received_until: datetime | None = None
    evidence: str | None = None
    ids: tuple[UUID, ...] = ()
    references: tuple[str, ...] = ()
    prefix: str | None = None
    label: str | None = None
    trait: Trait | None = None


@dataclass(frozen=True, kw_only=True)
class FoundRequest:
    """A held request, who has it (empty: nobody), and what a decision about many of them would rest on."""

    id: UUID
    holder: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class RequestCount:
    """How many held requests are alike; ``outcome`` and ``holder`` are empty if there is none."""

    kind: str
    source: str
    state: RequestState
    outcome: str
    holder: str
    count: int


class CauseFinder(Protocol):
    """Finds the causes of one kind."""

    def __call__(self, at: int, id: UUID, /) -> tuple[str, str | None] | None:
        """Give private and public side of a cause; None if there was none at position ``at``."""
        ...


@dataclass(frozen=True, kw_only=True)
class CauseFinders:
    """How causes are found, by their kind, and when an incident ended: its document says only when it was resolved."""

    of_kind: Mapping[CauseType, CauseFinder]
    incident_ended_at: Callable[[int, UUID], datetime | None]


class HeldRequestQueries(Protocol):
    """Held requests, as JSON texts, how many there are, and the runs that reprocess them."""

    def find(self, at: int, id: UUID) -> str | None:
        """Give one request; None if there was none at position ``at``."""
        ...

    def page(
        self, at: int, wanted: RequestFilter, after: str | None, limit: int, *, newest_first: bool = False
    ) -> Sequence[tuple[str, str]]:
        """Give place and document, the longest held first or last, of those beyond the place ``after``."""
        ...

    def ids(self, at: int, wanted: RequestFilter, limit: int) -> Sequence[FoundRequest]:
        """Give those that are wanted, the longest held first, ``limit`` at most."""
        ...

    def all(self, at: int, wanted: RequestFilter) -> Iterator[str]:
        """Give every document, by id, piece by piece."""
        ...

    def totals(self, at: int) -> Mapping[tuple[str, str], int]:
        """Count all requests by state and outcome, which is empty if there is none."""
        ...

    def counts(self, at: int, cause: UUID | None) -> Sequence[RequestCount]:
        """Count the requests of one cause, or those that have none."""
        ...

    def oldest(self, at: int, cause: UUID | None = None, *, unassigned: bool = False) -> datetime | None:
        """Give when the oldest open request was received, of one cause, of none or of all; None if none is open."""
        ...

    def open_counts(self, at: int, limit: int) -> Mapping[UUID, int]:
        """Count the open requests of each cause that has any, the latest causes first, ``limit`` of them at most."""
        ...

    def default_policies(self, at: int) -> str | None:
        """Give the default policies as a document; None if nobody had said any at position ``at``."""
        ...

    def find_run(self, at: int, id: UUID, sources: Sequence[str] = ()) -> str | None:
        """Give one reprocessing run; None if there was none at position ``at``, or none for these ``sources``.

        A run is for a source if it takes requests of this one, or of any and its cause has held up one of this.
        """
        ...

    def page_of_runs(
        self, at: int, cause: UUID | None, before: str | None, limit: int, sources: Sequence[str] = ()
    ) -> Piece[tuple[str, str]]:
        """Give id and document of runs, the highest id first, of those whose id is less than ``before``.

        Those for ``sources`` alone, if any are named; see ``find_run``.
        """
        ...
