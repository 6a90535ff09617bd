"""The held request and its decisions: each checks its guards first, then records an event."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.aggregate import Aggregate
from domain.errors import TooManyEntries
from domain.ledger.errors import AlreadyAssigned
from domain.ledger.held_request import checks, events, guards
from domain.ledger.held_request.guards import MOST_REPEATS
from domain.ledger.held_request.state import NOWHERE, named_in
from domain.ledger.held_request.values import DISPOSED, SETTLING, Finding, RequestState, Result

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from domain.ledger.cause import Cause, Holding
    from domain.ledger.held_request.values import Content, Reference
    from domain.provenance import Provenance

WORKER = "reprocessing"
"""The source of evidence that comes from the late result of a worker."""


class HeldRequest(checks.CheckedRequest, Aggregate):
    """One request; its id follows from cause and reference, so that it can be handed in once only."""

    TOPIC = "held_request"
    Event = events.RequestEvent
    Received = events.Received
    Repeated = events.Repeated
    Changed = events.Changed
    CameAgain = events.CameAgain
    Assigned = events.Assigned
    FoundTwice = events.FoundTwice
    WasDisposed = events.WasDisposed
    Resent = events.Resent
    DeadlinePassed = events.DeadlinePassed
    WasLeased = events.WasLeased
    LeaseLapsed = events.LeaseLapsed
    Reprocessed = events.Reprocessed
    WithdrawnFromRun = events.WithdrawnFromRun
    EvidenceAttached = events.EvidenceAttached
    LabelsChanged = events.LabelsChanged
    Noted = events.Noted
    WasClaimed = events.WasClaimed
    ClaimLapsed = events.ClaimLapsed
    Released = events.Released
    Decided = events.Decided
    WasSigned = events.WasSigned
    Returned = events.Returned
    Reopened = events.Reopened

    @staticmethod
    def id_of(cause: Cause | None, reference: Reference) -> UUID:
        """Give the id of the request that a cause, or none, holds up under a reference."""
        return named_in(NOWHERE if cause is None else cause.id, reference)

    @classmethod
    def receive(
        cls,
        *,
        id: UUID,
        holding: Holding | None,
        reference: Reference,
        received_at: datetime,
        content: Content,
        tolerance: timedelta,
        provenance: Provenance,
    ) -> Self:
        """Receive a request; without ``holding``, its cause, it waits for an operator.

        Raises:
            ReceivedInFuture: if it was received more than ``tolerance`` from now.
            OutsideCause: if it was received more than ``tolerance`` before its cause began, or after it ended.
        """
        guards.require_received(received_at, tolerance, provenance)
        if holding is not None:
            holding.require_covers(received_at, tolerance)
        request: Self = cls.begin_with(
            cls.Received,
            id=id,
            cause=None if holding is None else holding.cause,
            reference=reference,
            received_at=received_at,
            content=content,
            provenance=provenance,
        )
        return request

    def receive_again(self, *, content: Content, received_at: datetime, provenance: Provenance) -> None:
        """Receive it again: as a repeat, or as a change if the digest of its content differs.

        After it was settled, a change opens it again, and so does a repeat that was received later than that. A repeat
        is counted up to a hundred times.

        Raises:
            TooManyEntries: if the content has changed a hundred times.
        """
        is_changed, settlement = content.digest != self.content.digest, self.settlement
        if is_changed:
            guards.require_room_for_change(self)
            self.record(self.Changed, content=content, provenance=provenance)
        elif self.repeats < MOST_REPEATS:
            self.record(self.Repeated, provenance=provenance)
        if settlement is not None and (is_changed or received_at > settlement.at):
            # Not later than now, whatever it says: a resend that is received after it settles it.
            last = min(received_at, provenance.recorded_at)
            self.record(self.CameAgain, received_at=last, provenance=provenance)

    def assign(
        self, *, holding: Holding, other: UUID | None, reason: str | None, tolerance: timedelta, provenance: Provenance
    ) -> None:
        """Assign its cause; if that has the same request already, this one is settled as a duplicate of ``other``.

        Raises:
            AlreadyAssigned: if it is known what held it up.
            OutsideCause: if it was received before that began, or after it ended.
        """
        provenance.require_past()
        if self.cause is not None:
            raise AlreadyAssigned(f"request {self.id} was held up by {self.cause}")
        holding.require_covers(self.received_at, tolerance)
        self.record(self.Assigned, cause=holding.cause, reason=reason, provenance=provenance)
        if other is not None:
            policy = holding.policy_for(self.reference.kind)
            self.record(self.FoundTwice, other=other, policy=policy, provenance=provenance)

    def dispose(self, *, holding: Holding, provenance: Provenance) -> None:
        """Apply the policy of its cause, which has ended; no-op unless it is held.

        Its deadline counts from the end of the cause, or from when it was handed in after that.
        """
        if self.state is not RequestState.HELD:
            return
        policy = holding.policy_for(self.reference.kind)
        state = DISPOSED[policy.policy]
        due = provenance.occurred_at + policy.deadline if state is RequestState.AWAITING_SOURCE else None
        self.record(self.WasDisposed, policy=policy, state=state, due=due, provenance=provenance)

    def resend(self, *, received_at: datetime, digest: str | None, provenance: Provenance) -> bool:
        """Settle it as sent again at ``received_at``, if it waits for its source or for an unclaimed check.

        Returns:
            Whether that settled it.
        """
        waits = self.state is RequestState.AWAITING_SOURCE or (
            self.state is RequestState.TO_CHECK and self.claim is None
        )
        if not waits or received_at <= self.last_received_at:
            return False
        self.record(self.Resent, received_at=received_at, digest=digest, provenance=provenance)
        return True

    def hand_out(self, *, run: UUID, worker: str, until: datetime, provenance: Provenance) -> None:
        """Lease it to a worker until ``until``.

        Raises:
            NotToReprocess: if it does not wait for one.
        """
        guards.require_to_reprocess(self)
        self.record(self.WasLeased, run=run, worker=worker, until=until, provenance=provenance)

    def report(self, *, run: UUID, worker: str, result: Result, note: str | None, provenance: Provenance) -> bool:
        """Record the result of the worker that has the lease; another one of the same worker later becomes evidence.

        If the content changed while the worker had it, a person has to check it.

        Returns:
            Whether it is the result of a lease.

        Raises:
            NotLeased: if the worker neither has it in this run, nor reported while having it.
        """
        lease = self.lease
        if lease is not None and (lease.run, lease.worker) == (run, worker):
            outcome = SETTLING.get(result) if lease.digest == self.content.digest else None
            self.record(self.Reprocessed, run=run, result=result, outcome=outcome, note=note, provenance=provenance)
            return True
        guards.require_reported(self, run, worker)
        if self.attempt is None or self.attempt.result is not result:
            self.keep_result(run=run, worker=worker, result=result, note=note, provenance=provenance)
        return False

    def keep_result(self, *, run: UUID, worker: str, result: Result, note: str | None, provenance: Provenance) -> None:
        """Keep a result that does not count as evidence, as long as there is room for it."""
        finding = Finding(kind=str(result), source=WORKER, value=note or str(run), suggests=SETTLING.get(result))
        with suppress(TooManyEntries):
            self.attach(finding=finding, person=worker, provenance=provenance)

    def withdraw_from_run(self, *, person: str, reason: str, provenance: Provenance) -> None:
        """Take it out of what workers carry out, also while one has it: it is to be checked by hand.

        Raises:
            NotInRun: if it neither waits for a worker, nor has one.
        """
        guards.require_in_run(self)
        self.record(self.WithdrawnFromRun, person=person, reason=reason, provenance=provenance)

    def handle_due(self, *, provenance: Provenance) -> None:
        """Do what is due at ``provenance.occurred_at``; no-op unless that is exactly ``due_at``."""
        if self.due_at != provenance.occurred_at:
            return
        if self.claim is not None:
            self.record(self.ClaimLapsed, person=self.claim.person, provenance=provenance)
        elif self.lease is not None:
            self.record(self.LeaseLapsed, run=self.lease.run, worker=self.lease.worker, provenance=provenance)
        else:
            self.record(self.DeadlinePassed, provenance=provenance)
