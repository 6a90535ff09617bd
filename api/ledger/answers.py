"""The ledger of held requests, as answers show it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from api.http.answer_values import SOMETIMES, Page, Shown
from application.batches import RefusedLine
from application.document import Duration
from application.ledger.intake import HandedIn, SentAgain
from domain.ledger.cause import CauseType
from domain.ledger.held_request import Means, Outcome, RequestState, Result
from domain.ledger.request_policy import Disposition


class CauseShown(Shown):
    """What held a request up."""

    type: CauseType
    id: UUID


class PolicyShown(Shown):
    """The policy by which a request goes on, as its cause had it when it ended."""

    policy: Disposition
    deadline: Duration
    four_eyes: bool


class AttemptShown(Shown):
    """The last result that a worker reported in time."""

    run: UUID
    result: Result
    note: str | None
    reported_at: datetime


class LeaseShown(Shown):
    """A worker carries the request out."""

    run: UUID
    worker: str
    until: datetime


class EvidenceShown(Shown):
    """What was found outside."""

    number: int
    kind: str
    source: str
    value: str
    suggests: Outcome | None
    attached_by: str
    found_at: datetime


class ClaimShown(Shown):
    """A person checks the request."""

    person: str
    until: datetime


class SignatureShown(Shown):
    """A second person agreed."""

    person: str
    note: str | None
    signed_at: datetime


class DecisionShown(Shown):
    """What a person decided."""

    outcome: Outcome
    note: str
    person: str
    decided_at: datetime
    signature: SignatureShown | None


class SettlementShown(Shown):
    """What became of the request, and how."""

    outcome: Outcome
    by: Means
    settled_at: datetime


class HeldRequest(Shown):
    """A request that could not be handled normally."""

    id: UUID
    version: int
    cause: CauseShown | None
    """Null until an operator has assigned it."""
    source: str
    kind: str
    reference: str
    received_at: datetime
    handed_in_at: datetime
    digest: str
    summary: str | None
    repeats: int
    """How often it was handed in again unchanged; a hundred at most are counted."""
    changes: int
    changed_at: datetime | None
    state: RequestState
    policy: PolicyShown | None
    """Null while it is held."""
    disposed_at: datetime | None
    due: datetime | None
    """Until when its source has to send it again."""
    attempts: int
    attempt: AttemptShown | None
    lease: LeaseShown | None
    resent_at: datetime | None
    evidence: list[EvidenceShown]
    suggested: list[Outcome]
    claim: ClaimShown | None
    decision: DecisionShown | None
    settlement: SettlementShown | None
    reopenings: int


class HeldRequestPage(Page[HeldRequest]):
    """Held requests, the first received first."""


class HeldReport(Shown):
    """What became of requests that were handed in."""

    lines: int
    """How many were read, blank ones left out."""
    counts: dict[HandedIn, int]
    refused: list[RefusedLine]
    """The first thousand."""


class ResendReport(Shown):
    """What became of resends."""

    lines: int
    counts: dict[SentAgain, int]
    refused: list[RefusedLine]


class ReviewerCount(Shown):
    """What one person does, or has done."""

    person: str
    claimed: int
    awaiting_signature: int
    """Decided by this person, and not signed yet."""
    settled: int


class GroupCount(Shown):
    """How many requests there are of one kind and source."""

    kind: str
    source: str
    open: int
    settled: int


class CauseCount(Shown):
    """How many requests of one cause are open."""

    id: UUID
    open: int


class HeldSummary(Shown):
    """How many requests there are, how old, and who has them."""

    cause: CauseShown | None
    """Null for all causes together, and for requests without one."""
    ended_at: datetime | None
    reconciled: bool | None
    """Null where no one cause was asked for."""
    reconciled_at: datetime | None
    total: int
    open: int
    settled: int
    states: dict[RequestState, int]
    outcomes: dict[Outcome, int]
    """Of those that are settled."""
    oldest: datetime | None
    """When the oldest open one was received."""
    groups: list[GroupCount]
    """Of one cause: by kind and source, the hundred largest."""
    reviewers: list[ReviewerCount]
    """Of one cause: by person, the hundred busiest."""
    causes: list[CauseCount]
    """Of all: the causes with open requests, the latest hundred."""


class BulkResult(Shown):
    """What would be decided or signed, or was."""

    dry_run: bool
    count: int
    """How many requests the filter finds that the caller can deal with."""
    left_out: int
    """How many it finds that are not the caller's to deal with: claimed by others, or decided by the caller."""
    done: int = SOMETIMES
    """How many are decided, or signed, by this; not in a dry run."""
    sample: list[HeldRequest] = SOMETIMES
    """The first of them; in a dry run alone."""
    token: str
    position: int


class TrailEntry(Shown):
    """One event of a request."""

    position: int
    version: int
    type: str
    what: str
    """In a sentence."""
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    person: str | None
    """Who acted; null for what the service or a machine did."""
    source: str
    request_id: str
    causation: int | None
    data: dict[str, Any]


class Trail(Shown):
    """The audit trail of one request."""

    request: HeldRequest
    position: int
    """Up to which position."""
    entries: list[TrailEntry]
