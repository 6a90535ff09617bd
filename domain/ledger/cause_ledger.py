"""The ledger of one cause: whether that has ended, and whether what it held up was disposed of."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID, uuid5

from domain.aggregate import Aggregate, Created, Event
from domain.ledger.cause import Cause, Void
from domain.provenance import Provenance

NAME = "ledger"


class LedgerEvent(Event):
    """An event of the ledger of a cause."""


class Opened(Created, LedgerEvent):
    """A cause got a ledger, because the first request of it came; it may have ended by then."""

    TOPIC = "ledger.opened"
    cause: Cause
    ended_at: datetime | None

    def apply(self, aggregate: Ledger) -> None:
        """Begin with nothing open."""
        aggregate.cause, aggregate.ended_at = self.cause, self.ended_at


class CauseEnded(LedgerEvent):
    """The cause ended; what it held up is disposed of from now on."""

    TOPIC = "ledger.cause_ended"
    ended_at: datetime

    def apply(self, aggregate: Ledger) -> None:
        """Dispose of what is held."""
        aggregate.ended_at, aggregate.disposing_since = self.ended_at, self.provenance.recorded_at


class CauseVoided(LedgerEvent):
    """The cause was taken back, perhaps after it had ended: what it held up is to be checked by hand."""

    TOPIC = "ledger.cause_voided"
    ended_at: datetime
    because: Void

    def apply(self, aggregate: Ledger) -> None:
        """Dispose of everything that is not settled."""
        aggregate.ended_at, aggregate.disposing_since = self.ended_at, self.provenance.recorded_at
        aggregate.void = self.because


class CauseResumed(LedgerEvent):
    """The cause, which had ended, goes on; what comes now waits for its next end."""

    TOPIC = "ledger.cause_resumed"

    def apply(self, aggregate: Ledger) -> None:
        """Hold requests up again."""
        aggregate.ended_at = aggregate.disposing_since = None


class Disposed(LedgerEvent):
    """Nothing is held any more: every request goes on by its policy."""

    TOPIC = "ledger.disposed"

    def apply(self, aggregate: Ledger) -> None:
        """Stop disposing of requests."""
        aggregate.disposing_since = None


class RequestAssigned(LedgerEvent):
    """A request that came without a cause belongs to this one; from now on it is known by the ``identity`` here."""

    TOPIC = "ledger.request_assigned"
    identity: UUID
    request: UUID

    def apply(self, aggregate: Ledger) -> None:
        """Find it by its identity."""
        aggregate.assigned[self.identity] = self.request


class AssignmentUndone(LedgerEvent):
    """It does not belong to this cause after all; the ``identity`` is free for one that does."""

    TOPIC = "ledger.assignment_undone"
    identity: UUID
    request: UUID

    def apply(self, aggregate: Ledger) -> None:
        """Find it here no longer."""
        aggregate.assigned.pop(self.identity, None)


class Ledger(Aggregate):
    """The ledger of one cause; a cause that nobody handed a request in for has none."""

    TOPIC = "ledger"
    Event = LedgerEvent
    Opened = Opened
    CauseEnded = CauseEnded
    CauseVoided = CauseVoided
    CauseResumed = CauseResumed
    Disposed = Disposed
    RequestAssigned = RequestAssigned
    AssignmentUndone = AssignmentUndone

    def __init__(self) -> None:
        """Begin without history; the events fill it in."""
        self.cause: Cause
        self.ended_at: datetime | None = None
        self.void: Void | None = None
        self.disposing_since: datetime | None = None
        self.assigned: dict[UUID, UUID] = {}

    @staticmethod
    def id_of(cause: Cause) -> UUID:
        """Give the id of the ledger of a cause."""
        return uuid5(cause.id, NAME)

    @property
    def next_due(self) -> datetime | None:
        """When its timer is due: at once, while requests are to be disposed of."""
        return self.disposing_since

    @classmethod
    def open(cls, *, cause: Cause, ended_at: datetime | None, provenance: Provenance) -> Self:
        """Begin the ledger of a cause."""
        ledger: Self = cls.begin_with(
            cls.Opened, id=cls.id_of(cause), cause=cause, ended_at=ended_at, provenance=provenance
        )
        return ledger

    def follow(self, *, ended_at: datetime | None, void: Void | None = None, provenance: Provenance) -> None:
        """Record that the cause has ended, was taken back, or goes on; no-op if that is known."""
        if void is not None and ended_at is not None:
            if self.void is None:
                self.record(self.CauseVoided, ended_at=ended_at, because=void, provenance=provenance)
        elif ended_at is None and self.ended_at is not None:
            self.record(self.CauseResumed, provenance=provenance)
        elif ended_at is not None and self.ended_at is None:
            self.record(self.CauseEnded, ended_at=ended_at, provenance=provenance)

    def note_disposed(self, *, provenance: Provenance) -> None:
        """Record that no request is held any more; no-op if that is known."""
        if self.disposing_since is not None:
            self.record(self.Disposed, provenance=provenance)

    def request_of(self, identity: UUID) -> UUID:
        """Give the id of the request of an identity: the identity itself, unless it was assigned."""
        return self.assigned.get(identity, identity)

    def note_assigned(self, *, identity: UUID, request: UUID, provenance: Provenance) -> None:
        """Record the id of a request that came without a cause, under its identity here."""
        self.record(self.RequestAssigned, identity=identity, request=request, provenance=provenance)

    def note_undone(self, *, request: UUID, provenance: Provenance) -> None:
        """Forget a request whose assignment was undone; no-op if it is known by no identity here."""
        identities = [identity for identity, known in self.assigned.items() if known == request]
        for identity in identities:
            self.record(self.AssignmentUndone, identity=identity, request=request, provenance=provenance)
