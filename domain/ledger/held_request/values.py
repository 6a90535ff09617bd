"""The values that a held request is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.comparison import comparable
from domain.ledger.request_policy import Disposition


class RequestState(StrEnum):
    """How far a held request has come."""

    HELD = "held"
    REPROCESSING = "reprocessing"
    AWAITING_SOURCE = "awaiting_source"
    TO_CHECK = "to_check"
    AWAITING_SIGNATURE = "awaiting_signature"
    MERGED = "merged"
    SETTLED = "settled"


CLOSED = (RequestState.SETTLED, RequestState.MERGED)
"""The states of what waits for nobody: it is settled, or another one stands for it."""
OPEN = tuple(state for state in RequestState if state not in CLOSED)
"""The states of what waits for somebody."""
WITHOUT_PERSON = frozenset({RequestState.HELD, RequestState.REPROCESSING, RequestState.AWAITING_SOURCE})
"""The states of what waits for something else than a person."""
DISPOSED = {
    Disposition.REPROCESS: RequestState.REPROCESSING,
    Disposition.SOURCE_RESENDS: RequestState.AWAITING_SOURCE,
    Disposition.SOURCE_RETRIES: RequestState.AWAITING_SOURCE,
    Disposition.CHECK_BY_HAND: RequestState.TO_CHECK,
}
"""The state that a request comes to by its policy once its cause has ended."""


class Outcome(StrEnum):
    """What became of a request in the end."""

    ALREADY_DONE = "already_done"
    DONE_NOW = "done_now"
    RESENT = "resent"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    COMPENSATED = "compensated"
    CANNOT_TELL = "cannot_tell"


class Means(StrEnum):
    """How a request was settled."""

    RESEND = "resend"
    REPROCESSING = "reprocessing"
    CHECK = "check"
    ASSIGNMENT = "assignment"


class Result(StrEnum):
    """What a worker reports of a request that it tried to carry out."""

    DONE = "done"
    ALREADY_THERE = "already_there"
    FAILED = "failed"


SETTLING = {Result.DONE: Outcome.DONE_NOW, Result.ALREADY_THERE: Outcome.ALREADY_DONE}
"""The outcome that follows from a result; a failure settles nothing."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What a source calls a request, as it wrote that; with the cause, its identity."""

    source: str
    kind: str
    reference: str

    @property
    def compared(self) -> Reference:
        """The same as it is compared with others: two that look the same are the same."""
        source, reference = comparable(self.source), comparable(self.reference)
        if (source, reference) == (self.source, self.reference):
            return self
        return Reference(source=source, kind=self.kind, reference=reference)


@dataclass(frozen=True, kw_only=True)
class Content:
    """What was asked for: the SHA-256 of the payload, in hexadecimal digits, and perhaps a few words about it."""

    digest: str
    summary: str | None = None


@dataclass(frozen=True, kw_only=True)
class Resend:
    """Its source sent it again, when, and perhaps with which content."""

    received_at: datetime
    digest: str | None


@dataclass(frozen=True, kw_only=True)
class Merge:
    """Another request that this one stands for; ``replaced`` is the content that it replaced, if it differed."""

    request: UUID
    replaced: Content | None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found outside about a request: what kind of thing, where, and which outcome it suggests, if any."""

    kind: str
    source: str
    value: str
    suggests: Outcome | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A finding with its number, by whom it was attached, and when it was so."""

    number: int
    finding: Finding
    attached_by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Note:
    """What a person wrote on it."""

    person: str
    note: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A person checks the request, until then at most; what was seen is the content of this ``digest``.

    ``actor`` is by what the person acted, as provenance names it: a token.
    """

    person: str
    until: datetime
    digest: str
    actor: str


@dataclass(frozen=True, kw_only=True)
class Lease:
    """A worker carries the request out in a run, with the content of this ``digest``, until then at most."""

    run: UUID
    worker: str
    until: datetime
    digest: str


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """The last result that a worker reported, in which run; ``worker`` is who had the lease, None if nobody had."""

    run: UUID
    worker: str | None
    result: Result
    note: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A second person agreed; ``bulk`` names the bulk that it was a part of."""

    person: str
    note: str | None
    at: datetime
    bulk: str | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A person decided about the content of this ``digest``; ``bulk`` names the bulk that it was a part of."""

    person: str
    outcome: Outcome
    note: str
    at: datetime
    digest: str
    bulk: str | None = None
    signature: Signature | None = None


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What became of the request, how, and when."""

    outcome: Outcome
    by: Means
    at: datetime
