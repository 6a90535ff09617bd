"""The events by which people check a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.ledger.held_request.events.base import RequestEvent
from domain.ledger.held_request.state import HeldRequestState
from domain.ledger.held_request.values import (
    Claim,
    Decision,
    Finding,
    Means,
    Outcome,
    RequestState,
    Signature,
)


class EvidenceAttached(RequestEvent):
    """Something was found outside that tells what became of it."""

    TOPIC = "held_request.evidence_attached"
    person: str
    finding: Finding

    def apply(self, aggregate: HeldRequestState) -> None:
        """Show it to whoever checks; it never decides."""
        aggregate.add_evidence(self.finding, self.person, self.at)


class WasClaimed(RequestEvent):
    """A person checks it from now on, or goes on to."""

    TOPIC = "held_request.claimed"
    person: str
    until: datetime

    def apply(self, aggregate: HeldRequestState) -> None:
        """Let nobody else check it meanwhile; one without a cause is to be checked from now on."""
        if aggregate.state is RequestState.HELD:
            aggregate.enter(RequestState.TO_CHECK)
        digest, actor = aggregate.content.digest, self.provenance.actor
        aggregate.claim = Claim(person=self.person, until=self.until, digest=digest, actor=actor)


class ClaimLapsed(RequestEvent):
    """The time of a claim ran out, and nothing was decided."""

    TOPIC = "held_request.claim_lapsed"
    person: str

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for anybody."""
        aggregate.claim = None


class Released(RequestEvent):
    """Who had claimed it let it go, or another person or a policy did, ``by`` and for a reason."""

    TOPIC = "held_request.released"
    VERSION = 2
    person: str
    by: str | None
    reason: str | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Be released by who had claimed it, without a reason, as all were."""
        return {**state, "by": None, "reason": None}

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
            person=self.person,
            outcome=self.outcome,
            note=self.note,
            at=self.at,
            digest=aggregate.content.digest,
            bulk=self.bulk,
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
