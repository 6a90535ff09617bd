"""The state of a held request, as its events have left it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from domain.ledger.held_request.values import (
    CLOSED,
    DISPOSED,
    WITHOUT_PERSON,
    Evidence,
    Means,
    RequestState,
    Settlement,
)
from domain.ledger.request_policy import RequestPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.ledger.cause import Cause, Holding, Void
    from domain.ledger.held_request.values import (
        Attempt,
        Claim,
        Content,
        Decision,
        Finding,
        Lease,
        Merge,
        Note,
        Outcome,
        Reference,
        Resend,
    )

NOWHERE = UUID("6f2d3c52-7b0e-5d0a-9d43-0c9f7e1b8a64")
"""Stands for the cause of requests that have none."""
SEPARATOR = "\x1f"
"""Stands between the parts of a reference; none of them has it."""
HANDLE_DIGITS = 40
VERSION_BITS, VERSION_8 = 0xF000 << 64 | 0xC000 << 48, 0x8000 << 64 | 0x8000 << 48
"""Where a UUID says that it is one of version 8 (RFC 9562, 5.8), made of a hash."""
NOT_DISPOSED = datetime(9999, 1, 1, tzinfo=UTC)
"""Ranks the requests that wait for the end of their cause before all others of it."""
VOID = datetime(1, 1, 1, tzinfo=UTC)
"""Ranks those that know that their cause was taken back behind all others of it."""


def named_in(namespace: UUID, reference: Reference, *further: str) -> UUID:
    """Give the one name of a reference in a namespace: a UUID of version 8, at half the cost of version 5.

    The reference counts as it is written; whoever wants what looks the same takes that as it is compared.
    """
    digest = sha256(namespace.bytes + _joined(reference, *further)).digest()
    return UUID(int=int.from_bytes(digest[:16], "big") & ~VERSION_BITS | VERSION_8)


def unsettled_handle(cause: UUID) -> str:
    """Give the handle of the requests of a cause that are not settled, those not disposed of first."""
    return f"unsettled:{cause}"


def due_handle(cause: UUID) -> str:
    """Give the handle of the requests of a cause with which the clock has something to do, ranked by when."""
    return f"due:{cause}"


def same_handles(reference: Reference) -> list[str]:
    """Give the handles of all requests that a source calls the same, whatever their cause, first that of today.

    Requests that came before references were compared by what they look like have that of how it was written.
    """
    return [_same_handle(each) for each in dict.fromkeys((reference.compared, reference))]


def _same_handle(reference: Reference) -> str:
    return f"same:{sha256(_joined(reference)).hexdigest()[:HANDLE_DIGITS]}"


def claims_handle(actor: str) -> str:
    """Give the handle of all requests that somebody has claimed by a token."""
    return f"claims:{actor}"


def leases_handle(worker: str) -> str:
    """Give the handle of all requests that a worker has leased."""
    return f"leases:{worker}"


def _joined(reference: Reference, *further: str) -> bytes:
    return SEPARATOR.join((reference.source, reference.kind, reference.reference, *further)).encode()


class HeldRequestState:
    """The fields of a held request, and what follows from them; only its events change it."""

    reference: Reference
    content: Content
    received_at: datetime
    handed_in_at: datetime
    held_since: datetime
    # Of the class until one has any: with more than thirty attributes of its own, each request needs a kibibyte more.
    labels: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    void: Void | None = None
    came_unassigned = False
    wants_signature = False
    merged_into: UUID | None = None
    merges: tuple[Merge, ...] = ()
    receipts: tuple[tuple[datetime, str], ...] = ()
    opened_again_at: datetime | None = None
    kept_resend: Resend | None = None
    changed_after_settlement = False
    resent_differently = False

    if TYPE_CHECKING:

        @property
        def id(self) -> UUID:
            """Its id, which it has as an aggregate."""

    def __init__(self) -> None:
        """Begin as a held request without history; the events fill it in."""
        self.state = RequestState.HELD
        self.cause: Cause | None = None
        self.repeats = 0
        self.changes = 0
        self.changed_at: datetime | None = None
        self.disposition: RequestPolicy | None = None
        self.disposed_at: datetime | None = None
        self.due: datetime | None = None
        self.resent_at: datetime | None = None
        self.lease: Lease | None = None
        self.runs: tuple[UUID, ...] = ()
        self.attempts = 0
        self.attempt: Attempt | None = None
        self.evidence: tuple[Evidence, ...] = ()
        self.claim: Claim | None = None
        self.decision: Decision | None = None
        self.bulks: tuple[str, ...] = ()
        self.settlement: Settlement | None = None
        self.reopenings = 0

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody: it is not settled, and no other one stands for it."""
        return self.state not in CLOSED

    @property
    def waits_for_check(self) -> bool:
        """Whether people can check it: by its policy, or because nothing else can become of it without a cause."""
        return self.state is RequestState.TO_CHECK or (self.state is RequestState.HELD and self.cause is None)

    @property
    def received_again(self) -> tuple[datetime, ...]:
        """When it was received beside the first time, as far as is known."""
        return tuple(dict.fromkeys(moment for moment, _ in self.receipts if moment != self.received_at))

    @property
    def last_received_at(self) -> datetime:
        """When it was received last, which its source may have tried several times."""
        return max((self.received_at, *self.received_again))

    @property
    def settled_as_of(self) -> datetime | None:
        """Up to when what settled it can have taken notice of anything; None if it is not settled.

        That is when it was sent again, and not when somebody heard of that; when it was decided, and not when signed.
        """
        if self.settlement is None:
            return None
        if self.settlement.by is Means.RESEND and self.resent_at is not None:
            return self.resent_at
        return self.settlement.at if self.decision is None else self.decision.at

    @property
    def is_resent(self) -> bool:
        """Whether a resend is kept that came after it was received last."""
        return self.kept_resend is not None and self.kept_resend.received_at > self.last_received_at

    @property
    def due_at(self) -> datetime | None:
        """When its claim or its lease runs out, or its source has not sent it again in time.

        No request has a timer, but the ledger of its cause has, and finds by this what is due: requests come by the
        hundred thousand, and all other timers go before them.
        """
        if self.claim is not None:
            return self.claim.until
        if self.lease is not None:
            return self.lease.until
        return self.due if self.state is RequestState.AWAITING_SOURCE else None

    @property
    def handles(self) -> Mapping[str, datetime]:
        """The handles by which the end of its cause, and a resend, find it, with its rank under each."""
        handles = {_same_handle(self.reference.compared): self.received_at}
        if self.claim is not None:
            handles[claims_handle(self.claim.actor)] = self.claim.until
        if self.lease is not None:
            handles[leases_handle(self.lease.worker)] = self.lease.until
        if self.cause is not None and self.is_open:
            handles[unsettled_handle(self.cause.id)] = self._rank
            if self.due_at is not None:
                handles[due_handle(self.cause.id)] = self.due_at
        return handles

    @property
    def _rank(self) -> datetime:
        if self.void is not None:
            return VOID
        return NOT_DISPOSED if self.state is RequestState.HELD else self.received_at

    def awaits_disposal(self, holding: Holding) -> bool:
        """Tell whether the end of its cause still concerns it: it is held, or is to learn that the cause is void."""
        if holding.void is not None:
            return self.is_open and self.void is None
        return self.state is RequestState.HELD

    def disposal_by(self, holding: Holding) -> tuple[RequestPolicy, RequestState]:
        """Give the policy that holds once its cause has ended, and the state that it comes to.

        Of a void cause, what a person has stays with that person, and as many eyes are wanted as before.
        """
        policy = holding.policy_for(self.reference.kind)
        if holding.void is None:
            return policy, DISPOSED[policy.policy]
        if self.disposition is not None:
            policy = replace(policy, four_eyes=self.disposition.four_eyes)
        return policy, RequestState.TO_CHECK if self.state in WITHOUT_PERSON else self.state

    @property
    def basis(self) -> str:
        """What a decision about many rests on: the content, and how much evidence there is; it is never taken away."""
        return f"{self.content.digest}|{len(self.evidence)}"

    @property
    def suggested(self) -> tuple[Outcome, ...]:
        """The outcomes that evidence suggests, each once."""
        found = (each.finding.suggests for each in self.evidence)
        return tuple(dict.fromkeys(outcome for outcome in found if outcome is not None))

    @property
    def needs_signature(self) -> bool:
        """Whether its policy wants a second person to sign what is decided, or did before it lost its cause."""
        return self.wants_signature if self.disposition is None else self.disposition.four_eyes

    @property
    def holder(self) -> str | None:
        """Who has claimed or leased it, or has decided it."""
        if self.claim is not None:
            return self.claim.person
        if self.lease is not None:
            return self.lease.worker
        return None if self.decision is None else self.decision.person

    def knows(self, received_at: datetime) -> bool:
        """Tell whether it was received at this moment, as far as is known."""
        return received_at == self.received_at or received_at in self.received_again

    def has_seen(self, received_at: datetime, digest: str) -> bool:
        """Tell whether it came before as received at this moment with this content."""
        if self.receipts:
            return (received_at, digest) in self.receipts
        return (received_at, digest) == (self.received_at, self.content.digest)

    def note_receipt(self, received_at: datetime | None, digest: str) -> None:
        """Add when it was received once more, and with which content; None is taken as the first time."""
        moment = received_at or self.received_at
        if not self.has_seen(moment, digest):
            first = ((self.received_at, self.content.digest),)
            self.receipts = (*(self.receipts or first), (moment, digest))

    def add_evidence(self, finding: Finding, attached_by: str, at: datetime) -> None:
        """Add what was found outside."""
        evidence = Evidence(number=len(self.evidence) + 1, finding=finding, attached_by=attached_by, at=at)
        self.evidence = (*self.evidence, evidence)

    def note_bulk(self, bulk: str | None) -> None:
        """Add the bulk that an event was part of, if it was."""
        if bulk is not None:
            self.bulks = (*self.bulks, bulk)

    def enter(self, state: RequestState) -> None:
        """Change the state; a claim or lease ends with it."""
        self.state, self.claim, self.lease = state, None, None

    def settle(self, outcome: Outcome, means: Means, at: datetime) -> None:
        """End in the state ``settled``, with an outcome."""
        self.enter(RequestState.SETTLED)
        self.settlement = Settlement(outcome=outcome, by=means, at=at)

    def return_to_check(self) -> None:
        """Wait for a person; an earlier decision no longer holds."""
        self.enter(RequestState.TO_CHECK)
        self.decision = self.settlement = None
