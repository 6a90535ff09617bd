"""The events after the end of its cause: resends, and the runs of workers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from domain.instants import written
from domain.ledger.cause import Void
from domain.ledger.held_request.events.base import RequestEvent
from domain.ledger.held_request.state import HeldRequestState
from domain.ledger.held_request.values import Attempt, Finding, Lease, Means, Outcome, RequestState, Resend, Result
from domain.ledger.request_policy import RequestPolicy

RESEND = "resend"
"""The kind of evidence that a kept resend is."""


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


class CauseVoided(RequestEvent):
    """Its cause was taken back; what is not with a person yet is to be checked by hand.

    ``policy`` holds from here on: as many eyes are wanted as before. ``state`` is what it comes to, or stays in.
    """

    TOPIC = "held_request.cause_voided"
    because: Void
    policy: RequestPolicy
    state: RequestState

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for a person, and say why."""
        aggregate.void, aggregate.disposition, aggregate.disposed_at = self.because, self.policy, self.at
        aggregate.due = None
        if self.state is not aggregate.state:
            aggregate.enter(self.state)


class Resent(RequestEvent):
    """Its source sent it again, and it was handled normally then."""

    TOPIC = "held_request.resent"
    received_at: datetime
    digest: str | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Be settled."""
        aggregate.resent_at = self.received_at
        aggregate.resent_differently = differs(self.digest, aggregate.content.digest)
        aggregate.settle(Outcome.RESENT, Means.RESEND, self.at)


class ResendKept(RequestEvent):
    """Its source sent it again, and that settled nothing yet: it waits for something else."""

    TOPIC = "held_request.resend_kept"
    received_at: datetime
    digest: str | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Show it to whoever checks; once the cause has ended, it is settled by that."""
        source = aggregate.reference.source
        value = written(self.received_at)
        if differs(self.digest, aggregate.content.digest):
            value = f"{value} with the digest {self.digest}"
        finding = Finding(kind=RESEND, source=source, value=value, suggests=Outcome.RESENT)
        aggregate.add_evidence(finding, source, self.at)
        aggregate.kept_resend = Resend(received_at=self.received_at, digest=self.digest)


class HeldBack(RequestEvent):
    """It was sent again before a worker had carried it out: who carried it out now might do so twice."""

    TOPIC = "held_request.held_back"

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for a person."""
        aggregate.return_to_check()


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
        digest = aggregate.content.digest
        aggregate.lease = Lease(run=self.run, worker=self.worker, until=self.until, digest=digest)
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


class LeaseReleased(RequestEvent):
    """A policy ended the lease of a worker, for a reason: it is good no longer."""

    TOPIC = "held_request.lease_released"
    run: UUID
    worker: str
    reason: str

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for another."""
        aggregate.lease = None


class Reprocessed(RequestEvent):
    """A worker reported what came of it; without an ``outcome`` a person has to check it.

    That is so if it failed, and if its content changed while the worker had it.
    """

    TOPIC = "held_request.reprocessed"
    run: UUID
    result: Result
    outcome: Outcome | None
    note: str | None

    def apply(self, aggregate: HeldRequestState) -> None:
        """Be settled, or wait for a person."""
        # Long ago a result counted also after the lease had run out, of whoever reported it.
        worker = None if aggregate.lease is None else aggregate.lease.worker
        aggregate.attempt = Attempt(run=self.run, worker=worker, result=self.result, note=self.note, at=self.at)
        if self.outcome is None:
            aggregate.return_to_check()
        else:
            aggregate.settle(self.outcome, Means.REPROCESSING, self.at)


class WithdrawnFromRun(RequestEvent):
    """A person took it out of what workers carry out, perhaps in bulk; who has it now reports in vain."""

    TOPIC = "held_request.withdrawn_from_run"
    VERSION = 2
    person: str
    reason: str
    bulk: str | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read what was withdrawn one by one."""
        return {**state, "bulk": None}

    def apply(self, aggregate: HeldRequestState) -> None:
        """Wait for a person."""
        aggregate.note_bulk(self.bulk)
        aggregate.return_to_check()


def differs(resent: str | None, digest: str) -> bool:
    """Tell whether a resend names the digest of another content."""
    return resent is not None and resent != digest
