"""Whether every request that a cause held up is settled: a fact of its own, beside that the cause has ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import new_class
from typing import TYPE_CHECKING, TypeVar, cast

from domain.aggregate import Aggregate, Event

if TYPE_CHECKING:
    from datetime import datetime

    from domain.provenance import Provenance

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """What a cause knows of the requests that it held up.

    ``has_open`` tells whether one of them is not settled; ``settled_at`` since when none is, if there ever was one;
    ``is_shown`` whether readers are told.
    """

    has_open: bool = False
    settled_at: datetime | None = None
    is_shown: bool = False


class Reconcilable:
    """The part of a cause's state that tells of its requests; only events change it."""

    def __init__(self) -> None:
        """Start with no request."""
        self.reconciliation = Reconciliation()


class RequestsCame(Event):
    """A request that the cause held up is open, and none was before."""

    def apply(self, aggregate: Reconcilable) -> None:
        """Wait until it is settled."""
        aggregate.reconciliation = replace(aggregate.reconciliation, has_open=True, settled_at=None)


class Reconciled(Event):
    """The cause has ended, and every request that it held up is settled."""

    def apply(self, aggregate: Reconcilable) -> None:
        """Have nothing open."""
        at = self.provenance.occurred_at
        aggregate.reconciliation = replace(aggregate.reconciliation, has_open=False, settled_at=at)


class ReconciliationShown(Event):
    """An operator said whether readers are told if the cause is reconciled."""

    public: bool
    reason: str | None

    def apply(self, aggregate: Reconcilable) -> None:
        """Tell them, or do not."""
        aggregate.reconciliation = replace(aggregate.reconciliation, is_shown=self.public)


def reconciliation(
    base: type[Event], aggregate: str
) -> tuple[type[RequestsCame], type[Reconciled], type[ReconciliationShown]]:
    """Make the three events for one kind of cause: subclasses of the ``base`` of its events, with its stored names."""
    return (
        _event_of(base, RequestsCame, f"{aggregate}.requests_came"),
        _event_of(base, Reconciled, f"{aggregate}.reconciled"),
        _event_of(base, ReconciliationShown, f"{aggregate}.reconciliation_shown"),
    )


def _event_of(base: type[Event], event: type[E], topic: str) -> type[E]:
    members = {"__module__": base.__module__, "__doc__": event.__doc__, "TOPIC": topic}
    made = new_class(event.__name__, (base, event), exec_body=lambda namespace: namespace.update(members))
    return cast("type[E]", made)


class CauseOfRequests(Aggregate):
    """A cause of held requests; each kind of cause has the three events as its own, made by ``reconciliation``."""

    RequestsCame = RequestsCame
    Reconciled = Reconciled
    ReconciliationShown = ReconciliationShown

    if TYPE_CHECKING:
        reconciliation: Reconciliation

        @property
        def ended_at(self) -> datetime | None:
            """When it ended; None while it goes on."""

    @property
    def reconciled_at(self) -> datetime | None:
        """Since when it has ended and nothing of it is open, also with nothing handed in; None if that is not so."""
        known, over = self.reconciliation, self.ended_at
        if known.has_open or over is None:
            return None
        return max(over, known.settled_at or over)

    def note_requests(self, *, provenance: Provenance) -> None:
        """Take notice that a request of it is open; no-op if that is known."""
        if not self.reconciliation.has_open:
            self.record(self.RequestsCame, provenance=provenance)

    def reconcile(self, *, provenance: Provenance) -> None:
        """Take notice that no request of it is open any more; no-op while it goes on, or if that is known."""
        if self.reconciliation.has_open and self.ended_at is not None:
            self.record(self.Reconciled, provenance=provenance)

    def show_reconciliation(self, *, public: bool, reason: str | None, provenance: Provenance) -> None:
        """Tell readers, or tell them no longer, whether it is reconciled; no-op if that is so already."""
        provenance.require_past()
        if public is not self.reconciliation.is_shown:
            self.record(self.ReconciliationShown, public=public, reason=reason, provenance=provenance)
