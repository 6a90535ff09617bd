"""The held request and its decisions: each checks its guards first, then records an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.aggregate import Aggregate
from domain.ledger.errors import AlreadyAssigned, NotClaimed
from domain.ledger.held_request import events, guards, marks
from domain.ledger.held_request.guards import MOST_REPEATS
from domain.ledger.held_request.state import NOWHERE, named_in
from domain.ledger.held_request.values import SETTLING, Finding, Outcome, RequestState, Result

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from domain.ledger.cause import Cause, Holding
    from domain.ledger.held_request.values import Content, Reference
    from domain.provenance import Provenance

WORKER = "reprocessing"
"""The source of evidence that comes from the late result of a worker."""


class HeldRequest(marks.MarkedRequest, Aggregate):
    """One request; its id follows from cause and reference, so that it can be handed in once only."""

    TOPIC = "held_request"
    Event = events.RequestEvent
    Received = events.Received
    Repeated = events.Repeated
    Changed = events.Changed
    Assigned = events.Assigned
    FoundTwice = events.FoundTwice
    WasDisposed = events.WasDisposed
    CauseVoided = events.CauseVoided
    Resent = events.Resent
    DeadlinePassed = events.DeadlinePassed
    WasLeased = events.WasLeased
    LeaseLapsed = events.LeaseLapsed
    Reprocessed = events.Reprocessed
    EvidenceAttached = events.EvidenceAttached
    LabelsChanged = marks.LabelsChanged
    Noted = marks.Noted
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

    def receive_again(self, *, content: Content, provenance: Provenance) -> None:
        """Receive it again: as a repeat, or as a change if the digest of its content differs.

        No-op for a repeat once a hundred were recorded.

        Raises:
            TooManyEntries: if the content has changed a hundred times.
        """
        if content.digest != self.content.digest:
            guards.require_room_for_change(self)
            self.record(self.Changed, content=content, provenance=provenance)
        elif self.repeats < MOST_REPEATS:
            self.record(self.Repeated, provenance=provenance)

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
        """Apply the policy of its cause, which has ended; no-op unless ``awaits_disposal``.

        Its deadline counts from the end of the cause, or from when it was handed in after that.
        """
        if not self.awaits_disposal(holding):
            return
        policy, state = self.disposal_by(holding)
        if holding.void is not None:
            self.record(self.CauseVoided, because=holding.void, policy=policy, state=state, provenance=provenance)
            return
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
        if not waits or received_at <= self.received_at:
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
        """Record the result that a worker reports; the first one counts, and a different one later becomes evidence.

        Returns:
            Whether it is the first.

        Raises:
            NotLeased: if it was never handed out in this run.
        """
        guards.require_handed_out(self, run)
        outcome = SETTLING.get(result)
        if self.state is RequestState.REPROCESSING:
            self.record(self.Reprocessed, run=run, result=result, outcome=outcome, note=note, provenance=provenance)
            return True
        if self.attempt is None or self.attempt.result is not result:
            finding = Finding(kind=str(result), source=WORKER, value=note or str(run), suggests=outcome)
            self.attach(finding=finding, person=worker, provenance=provenance)
        return False

    def attach(self, *, finding: Finding, person: str, provenance: Provenance) -> None:
        """Add evidence; no-op if there is the very same already.

        Raises:
            TooManyEntries: if there are a hundred pieces of evidence.
        """
        provenance.require_past()
        if any(each.finding == finding for each in self.evidence):
            return
        guards.require_room_for_evidence(self)
        self.record(self.EvidenceAttached, person=person, finding=finding, provenance=provenance)

    def claim_for(self, *, person: str, lease: timedelta, provenance: Provenance) -> None:
        """Claim it for one person for the time ``lease`` from now, or prolong the claim.

        Raises:
            NotToBeChecked: if it does not wait to be checked.
            ClaimedByAnother: if another person has claimed it.
        """
        guards.require_to_check(self, person)
        self.record(self.WasClaimed, person=person, until=provenance.recorded_at + lease, provenance=provenance)

    def release(self, *, person: str, provenance: Provenance) -> None:
        """Give up a claim without a decision.

        Raises:
            NotClaimed: if nobody has claimed it.
            ClaimedByAnother: if another person has.
        """
        if self.claim is None:
            raise NotClaimed(f"request {self.id} is claimed by nobody")
        guards.require_claimed(self, person)
        self.record(self.Released, person=person, provenance=provenance)

    def decide(self, *, person: str, outcome: Outcome, note: str, provenance: Provenance) -> None:
        """Decide what became of it; if its policy says so, or nobody can tell, another person has to sign.

        Raises:
            NotToBeChecked: if it does not wait to be checked.
            NotClaimed: if nobody has claimed it.
            ClaimedByAnother: if another person has.
        """
        guards.require_claimed(self, person)
        self._decide(person, outcome, note, None, provenance)

    def decide_in_bulk(self, *, person: str, outcome: Outcome, note: str, bulk: str, provenance: Provenance) -> bool:
        """Decide it as part of a bulk, unless another person has claimed it, or it waits for no check any more.

        Returns:
            Whether it is decided, now or by the same bulk decision before.
        """
        if bulk in self.bulks:
            # What was sent back, or reopened, since then is not decided the same way again by a mere repeat.
            return self.decision is not None and self.decision.bulk == bulk
        if self.state is not RequestState.TO_CHECK or (self.claim is not None and self.claim.person != person):
            return False
        self._decide(person, outcome, note, bulk, provenance)
        return True

    def sign(self, *, person: str, note: str | None, provenance: Provenance) -> None:
        """Sign what another person decided.

        Raises:
            NothingToSign: if it does not wait for a signature.
            SamePerson: if the same person decided.
        """
        guards.require_second_person(self, person)
        self.record(self.WasSigned, person=person, note=note, bulk=None, provenance=provenance)

    def sign_in_bulk(self, *, person: str, note: str | None, bulk: str, provenance: Provenance) -> bool:
        """Sign it as part of a bulk, unless the same person decided it, or it waits for no signature any more.

        Returns:
            Whether it is signed, now or by the same bulk before.
        """
        if bulk in self.bulks:
            signature = None if self.decision is None else self.decision.signature
            return signature is not None and signature.bulk == bulk
        decision = self.decision
        if self.state is not RequestState.AWAITING_SIGNATURE or decision is None or decision.person == person:
            return False
        self.record(self.WasSigned, person=person, note=note, bulk=bulk, provenance=provenance)
        return True

    def send_back(self, *, person: str, reason: str, provenance: Provenance) -> None:
        """Refuse to sign: it is to be checked again.

        Raises:
            NothingToSign: if it does not wait for a signature.
            SamePerson: if the same person decided.
        """
        guards.require_second_person(self, person)
        self.record(self.Returned, person=person, reason=reason, provenance=provenance)

    def reopen(self, *, person: str, reason: str, provenance: Provenance) -> None:
        """Reopen it, however it was settled: it is to be checked again.

        Raises:
            NotSettled: if it is not settled.
        """
        guards.require_settled(self)
        self.record(self.Reopened, person=person, reason=reason, provenance=provenance)

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

    def _decide(self, person: str, outcome: Outcome, note: str, bulk: str | None, provenance: Provenance) -> None:
        self.record(
            self.Decided,
            person=person,
            outcome=outcome,
            note=note,
            needs_signature=self.needs_signature or outcome is Outcome.CANNOT_TELL,
            bulk=bulk,
            provenance=provenance,
        )
