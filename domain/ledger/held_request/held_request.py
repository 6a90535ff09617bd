"""The held request and its decisions: each checks its guards first, then records an event."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.aggregate import Aggregate
from domain.errors import TooManyEntries
from domain.instants import written
from domain.ledger.errors import AlreadyAssigned
from domain.ledger.held_request import events, guards, reviews, twins
from domain.ledger.held_request.state import NOWHERE, named_in
from domain.ledger.held_request.values import SETTLING, Finding, RequestState, Result

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from domain.ledger.cause import Cause, Holding
    from domain.ledger.held_request.values import Content, Reference, Resend
    from domain.provenance import Provenance

WORKER = "reprocessing"
"""The source of evidence that comes from the late result of a worker."""


class HeldRequest(reviews.CheckedRequest, Aggregate):
    """One request; its id follows from cause and reference, so that it can be handed in once only."""

    TOPIC = "held_request"
    Event = events.RequestEvent
    Received = events.Received
    Repeated = events.Repeated
    Changed = events.Changed
    OpenedAgain = events.OpenedAgain
    Assigned = events.Assigned
    AssignmentUndone = events.AssignmentUndone
    FoundTwice = events.FoundTwice
    Merged = events.Merged
    TwinMerged = events.TwinMerged
    TwinParted = events.TwinParted
    WasDisposed = events.WasDisposed
    CauseVoided = events.CauseVoided
    Resent = events.Resent
    ResendKept = events.ResendKept
    HeldBack = events.HeldBack
    DeadlinePassed = events.DeadlinePassed
    WasLeased = events.WasLeased
    LeaseLapsed = events.LeaseLapsed
    LeaseReleased = events.LeaseReleased
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
        return named_in(NOWHERE if cause is None else cause.id, reference.compared)

    @staticmethod
    def ids_of(cause: Cause | None, reference: Reference) -> tuple[UUID, ...]:
        """Give the ids under which that request can be found, first that of today.

        Requests that came before references were compared by what they look like have that of how it was written.
        """
        namespace = NOWHERE if cause is None else cause.id
        return tuple(named_in(namespace, each) for each in dict.fromkeys((reference.compared, reference)))

    @staticmethod
    def id_once_more(reference: Reference, received_at: datetime) -> UUID:
        """Give the id of a request without a cause whose reference was that of another one before."""
        return named_in(NOWHERE, reference.compared, written(received_at))

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
            ReceivedTooEarly: if it was received before anything can have been.
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

    def receive_again(
        self,
        *,
        content: Content,
        received_at: datetime,
        holding: Holding | None,
        tolerance: timedelta,
        provenance: Provenance,
    ) -> None:
        """Receive it again: as a repeat, or as a change if the digest of its content differs.

        What was settled is opened again if it changed, or was received since then: it failed once more. No-op for a
        repeat once a hundred were recorded. ``holding`` is what it is said to be held up by this time.

        Raises:
            ReceivedInFuture: if it was received more than ``tolerance`` from now.
            ReceivedTooEarly: if it was received before anything can have been.
            OutsideCause: if it is settled, and its cause cannot have held it up this time.
            TooManyEntries: if the content has changed a hundred times.
        """
        guards.require_received(received_at, tolerance, provenance)
        if holding is not None and twins.failed_since(self, received_at):
            holding.require_covers(received_at, tolerance)
        if twins.is_change(self, content, received_at):
            guards.require_room_for_change(self)
        twins.come_again(self, content=content, received_at=received_at, provenance=provenance)

    def assign(
        self,
        *,
        holding: Holding,
        twin: HeldRequest | None,
        reason: str | None,
        tolerance: timedelta,
        provenance: Provenance,
    ) -> None:
        """Assign its cause; if that has the same request already, its ``twin``, this one is merged into it.

        Raises:
            AlreadyAssigned: if it is known what held it up.
            ClaimedByAnother: if a person checks it.
            CauseIsFixed: if it was decided.
            OutsideCause: if it was received before that began, or after it ended.
            TooManyEntries: if the twin stands for a hundred others, or its content has changed a hundred times.
        """
        provenance.require_past()
        if self.cause is not None:
            raise AlreadyAssigned(f"request {self.id} was held up by {self.cause}")
        guards.require_in_nobodys_hands(self)
        holding.require_covers(self.received_at, tolerance)
        if twin is not None:
            twins.require_room(twin, self.content)
        self.record(self.Assigned, cause=holding.cause, reason=reason, provenance=provenance)
        if twin is not None:
            self.record(self.Merged, other=twin.id, provenance=provenance)
            twins.merge(twin, self, provenance=provenance)

    def undo_assignment(
        self, *, holding: Holding | None, twin: HeldRequest | None, reason: str, provenance: Provenance
    ) -> None:
        """Take its cause away, which an operator had assigned; ``twin`` is what it was merged into.

        ``holding`` is what is known of the cause; None if it has none.

        Raises:
            NotAssigned: if it has no cause, or came with it.
            ClaimedByAnother: if a person checks it.
            CauseIsFixed: if a worker has it, it was decided or settled, or it stands for another one.
        """
        provenance.require_past()
        guards.require_assigned(self)
        four_eyes = self.needs_signature or (holding is not None and holding.policy_for(self.reference.kind).four_eyes)
        self.record(self.AssignmentUndone, cause=self.cause, reason=reason, four_eyes=four_eyes, provenance=provenance)
        if twin is not None:
            twins.part(twin, self, provenance=provenance)

    def dispose(self, *, holding: Holding, provenance: Provenance) -> None:
        """Apply the policy of its cause, which has ended; no-op unless ``awaits_disposal``.

        Its deadline counts from the end of the cause, or from when it was handed in after that. What was sent again by
        then is settled by that, and waits for nobody.
        """
        if not self.awaits_disposal(holding):
            return
        policy, state = self.disposal_by(holding)
        if holding.void is not None:
            self.record(self.CauseVoided, because=holding.void, policy=policy, state=state, provenance=provenance)
            return
        due = provenance.occurred_at + policy.deadline if state is RequestState.AWAITING_SOURCE else None
        self.record(self.WasDisposed, policy=policy, state=state, due=due, provenance=provenance)
        if self.kept_resend is not None and self.is_resent:
            resend = self.kept_resend
            self.record(self.Resent, received_at=resend.received_at, digest=resend.digest, provenance=provenance)

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

    def keep_resend(self, resend: Resend, *, provenance: Provenance) -> None:
        """Keep a resend that settled nothing, as evidence.

        What waits for a worker is held back. No-op if it waits for nobody, was received after that, or knows the same.
        """
        if self.is_open and not self.is_resent and resend.received_at > self.last_received_at:
            self.record(self.ResendKept, received_at=resend.received_at, digest=resend.digest, provenance=provenance)
            self._hold_back(provenance)

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

    def release_lease(self, *, reason: str, provenance: Provenance) -> None:
        """End the lease of the worker that has it: another one can carry it out. No-op if none has."""
        lease = self.lease
        if lease is not None:
            self.record(self.LeaseReleased, run=lease.run, worker=lease.worker, reason=reason, provenance=provenance)
            self._hold_back(provenance)

    @property
    def next_due(self) -> datetime | None:
        """When its claim runs out, if it has no cause, whose ledger would find it."""
        return self.due_at if self.cause is None else None

    def handle_due(self, *, provenance: Provenance) -> None:
        """Do what is due at ``provenance.occurred_at``; no-op unless that is exactly ``due_at``."""
        if self.due_at != provenance.occurred_at:
            return
        if self.claim is not None:
            self.record(self.ClaimLapsed, person=self.claim.person, provenance=provenance)
        elif self.lease is not None:
            self.record(self.LeaseLapsed, run=self.lease.run, worker=self.lease.worker, provenance=provenance)
            self._hold_back(provenance)
        else:
            self.record(self.DeadlinePassed, provenance=provenance)

    def _hold_back(self, provenance: Provenance) -> None:
        if self.is_resent and self.state is RequestState.REPROCESSING and self.lease is None:
            self.record(self.HeldBack, provenance=provenance)
