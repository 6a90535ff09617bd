"""The events of a held request; together they are its audit trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.aggregate import Created, Event
from domain.ledger.cause import Cause
from domain.ledger.held_request.state import HeldRequestState
from domain.ledger.held_request.values import (
    Attempt,
    Claim,
    Content,
    Decision,
    Evidence,
    Finding,
    Lease,
    Means,
    Outcome,
    Reference,
    RequestState,
    Result,
    Signature,
)
from domain.ledger.request_policy import RequestPolicy


class RequestEvent(Event):
    """An event of a held request; ``at`` is when it occurred."""

    @property
    def at(self) -> datetime:  # noqa: D102 - see above
        return self.provenance.occurred_at


class Received(Created, RequestEvent):
    """A request was handed in that could not be handled normally; without a cause it waits for an operator."""

    TOPIC = "held_request.received"
    cause: Cause | None
    reference: Reference
    received_at: datetime
    content: Content

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for the end of the cause."""
        aggregate.cause, aggregate.reference, aggregate.content = self.cause, self.reference, self.content
        aggregate.received_at = self.received_at
        aggregate.handed_in_at = aggregate.held_since = self.at


class Repeated(RequestEvent):
    """The very same request was handed in again."""

    TOPIC = "held_request.repeated"

    def apply(self, aggregate: HeldRequestState) -> None:
        """Count it."""
        aggregate.repeats += 1


class Changed(RequestEvent):
    """It was handed in again with another content."""

    TOPIC = "held_request.changed"
    content: Content

    def apply(self, aggregate: HeldRequestState) -> None:
        """Know the new content."""
        aggregate.content, aggregate.changed_at = self.content, self.at
        aggregate.changes += 1


class Assigned(RequestEvent):
    """An operator said which cause had held it up."""

    TOPIC = "held_request.assigned"
    cause: Cause
    reason: str | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for the end of that."""
        aggregate.cause, aggregate.held_since = self.cause, self.at


class FoundTwice(RequestEvent):
    """The cause to which it was assigned has the same request already: there is one to check, not two.

    ``policy`` is that of the cause: if somebody doubts it, as many eyes are wanted as for the other.
    """

    TOPIC = "held_request.found_twice"
    other: UUID
    policy: RequestPolicy

    def apply(self, aggregate: HeldRequestState) -> None:
        """Be settled by the other."""
        aggregate.disposition = self.policy
        aggregate.settle(Outcome.DUPLICATE, Means.ASSIGNMENT, self.at)


class WasDisposed(RequestEvent):
    """Its cause has ended; from here on the policy holds that the cause had for requests of its kind.

    ``due`` is until when its source has to send it again, if that is the policy.
    """

    TOPIC = "held_request.disposed"
    policy: RequestPolicy
    state: RequestState
    due: datetime | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for a worker, for the source, or for a person."""
        aggregate.disposition, aggregate.disposed_at, aggregate.due = self.policy, self.at, self.due
        aggregate.enter(self.state)


class Resent(RequestEvent):
    """Its source sent it again, and it was handled normally then."""

    TOPIC = "held_request.resent"
    received_at: datetime
    digest: str | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Be settled."""
        aggregate.resent_at = self.received_at
        aggregate.settle(Outcome.RESENT, Means.RESEND, self.at)


class DeadlinePassed(RequestEvent):
    """Its source did not send it again in time."""

    TOPIC = "held_request.deadline_passed"

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for a person."""
        aggregate.return_to_check()


class WasLeased(RequestEvent):
    """A worker took it, to carry it out."""

    TOPIC = "held_request.leased"
    run: UUID
    worker: str
    until: datetime

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for the result."""
        aggregate.lease = Lease(run=self.run, worker=self.worker, until=self.until)
        aggregate.runs = tuple(dict.fromkeys((*aggregate.runs, self.run)))
        aggregate.attempts += 1


class LeaseLapsed(RequestEvent):
    """The worker that had taken it reported nothing in time."""

    TOPIC = "held_request.lease_lapsed"
    run: UUID
    worker: str

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for another."""
        aggregate.lease = None


class Reprocessed(RequestEvent):
    """A worker reported what came of it; without an ``outcome`` a person has to check it."""

    TOPIC = "held_request.reprocessed"
    run: UUID
    result: Result
    outcome: Outcome | None
    note: str | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Be settled, or wait for a person if it failed."""
        aggregate.attempt = Attempt(run=self.run, result=self.result, note=self.note, at=self.at)
        if self.outcome is None:
            aggregate.return_to_check()
        else:
            aggregate.settle(self.outcome, Means.REPROCESSING, self.at)


class EvidenceAttached(RequestEvent):
    """Something was found outside that tells what became of it."""

    TOPIC = "held_request.evidence_attached"
    person: str
    finding: Finding

    def apply(self, aggregate: HeldRequestState) -> None:
        """Show it to whoever checks; it never decides."""
        number = len(aggregate.evidence) + 1
        evidence = Evidence(number=number, finding=self.finding, attached_by=self.person, at=self.at)
        aggregate.evidence = (*aggregate.evidence, evidence)


class WasClaimed(RequestEvent):
    """A person checks it from now on, or goes on to."""

    TOPIC = "held_request.claimed"
    person: str
    until: datetime

    def apply(self, aggregate: HeldRequestState) -> None:
        """Let nobody else check it meanwhile."""
        aggregate.claim = Claim(person=self.person, until=self.until)


class ClaimLapsed(RequestEvent):
    """The time of a claim ran out, and nothing was decided."""

    TOPIC = "held_request.claim_lapsed"
    person: str

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for anybody."""
        aggregate.claim = None


class Released(RequestEvent):
    """Who had claimed it let it go."""

    TOPIC = "held_request.released"
    person: str

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for anybody."""
        aggregate.claim = None


class Decided(RequestEvent):
    """A person decided what became of it; ``bulk`` names the bulk decision that it was a part of."""

    TOPIC = "held_request.decided"
    person: str
    outcome: Outcome
    note: str
    needs_signature: bool
    bulk: str | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Be settled, or wait for a second person."""
        aggregate.decision = Decision(
            person=self.person, outcome=self.outcome, note=self.note, at=self.at, bulk=self.bulk
        )
        aggregate.note_bulk(self.bulk)
        if self.needs_signature:
            aggregate.enter(RequestState.AWAITING_SIGNATURE)
        else:
            aggregate.settle(self.outcome, Means.CHECK, self.at)


class WasSigned(RequestEvent):
    """A second person agreed to what was decided, perhaps in bulk."""

    TOPIC = "held_request.signed"
    person: str
    note: str | None
    bulk: str | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Be settled."""
        aggregate.note_bulk(self.bulk)
        decision = aggregate.decision
        if decision is not None:
            signature = Signature(person=self.person, note=self.note, at=self.at, bulk=self.bulk)
            aggregate.decision = replace(decision, signature=signature)
            aggregate.settle(decision.outcome, Means.CHECK, self.at)


class Returned(RequestEvent):
    """A second person did not agree, and sent it back."""

    TOPIC = "held_request.returned"
    person: str
    reason: str

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for a person again."""
        aggregate.return_to_check()


class Reopened(RequestEvent):
    """A person doubts what became of it, however it was settled."""

    TOPIC = "held_request.reopened"
    person: str
    reason: str

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for a person again."""
        aggregate.reopenings += 1
        aggregate.return_to_check()
