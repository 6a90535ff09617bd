"""Held requests as documents; there is no public side."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, NotRequired, cast

from typing_extensions import TypedDict

from application.document import Id, Instant, Page, RequestPolicyDocument, instant, request_policy
from application.ids import written
from application.schema import Encodes, documented
from domain.comparison import invisible_in
from domain.ledger.cause import CauseType, Void
from domain.ledger.held_request import Means, Outcome, RequestState, Result

if TYPE_CHECKING:
    from domain.ledger.cause import Cause
    from domain.ledger.held_request import Attempt, Decision, Evidence, HeldRequest, Note, Settlement

OutcomeName = Annotated[str, Encodes(Outcome)]
StateName = Annotated[str, Encodes(RequestState)]
ResultName = Annotated[str, Encodes(Result)]
NEWEST = 20
"""How many notes a document has."""


@documented
class CauseDocument(TypedDict):
    """What held a request up."""

    type: Annotated[str, Encodes(CauseType)]
    id: Id


@documented
class AttemptDocument(TypedDict):
    """The last result that a worker reported in time."""

    run: Id
    result: ResultName
    note: str | None
    reported_at: Instant


@documented
class LeaseDocument(TypedDict):
    """A worker carries the request out."""

    run: Id
    worker: str
    until: Instant


@documented
class EvidenceDocument(TypedDict):
    """What was found outside."""

    number: int
    kind: str
    source: str
    value: str
    suggests: OutcomeName | None
    attached_by: str
    found_at: Instant


@documented
class NoteDocument(TypedDict):
    """What a person wrote on the request."""

    person: str
    note: str
    noted_at: Instant


@documented
class ClaimDocument(TypedDict):
    """A person checks the request."""

    person: str
    until: Instant


@documented
class SignatureDocument(TypedDict):
    """A second person agreed."""

    person: str
    note: str | None
    signed_at: Instant


@documented
class ReviewDecision(TypedDict):
    """What a person decided."""

    outcome: OutcomeName
    note: str
    person: str
    decided_at: Instant
    signature: SignatureDocument | None


@documented
class SettlementDocument(TypedDict):
    """What became of the request, and how."""

    outcome: OutcomeName
    by: Annotated[str, Encodes(Means)]
    settled_at: Instant


@documented
class HeldRequestDocument(TypedDict):
    """A request that could not be handled normally."""

    id: Id
    version: int
    cause: CauseDocument | None
    """Null until an operator has assigned it."""
    source: str
    kind: str
    reference: str
    invisible: list[str]
    """What nobody sees in `source` and `reference`, as in `U+200B ZERO WIDTH SPACE`; they are compared without it."""
    received_at: Instant
    received_again_at: Instant | None
    """When it was received last of the times that it was handed in again."""
    handed_in_at: Instant
    digest: str
    summary: str | None
    repeats: int
    """How often it was handed in again unchanged; a hundred at most are counted."""
    changes: int
    changed_at: Instant | None
    state: StateName
    policy: RequestPolicyDocument | None
    """Null while it is held; then the policy that its cause had for it when it ended."""
    disposed_at: Instant | None
    cause_void: Annotated[str, Encodes(Void)] | None
    """Why its cause holds nothing up after all, so that a person checks it; null of every other cause."""
    due: Instant | None
    """Until when its source has to send it again."""
    attempts: int
    attempt: AttemptDocument | None
    lease: LeaseDocument | None
    resent_at: Instant | None
    digest_differs: bool
    """Whether it was settled by a resend that named another digest than the request had."""
    evidence: list[EvidenceDocument]
    suggested: list[OutcomeName]
    labels: list[str]
    """Labels of your own, in alphabetical order."""
    notes: list[NoteDocument]
    """The newest twenty, the newest last."""
    notes_count: int
    claim: ClaimDocument | None
    decision: ReviewDecision | None
    settlement: SettlementDocument | None
    reopenings: int
    """How often people doubted what became of it."""
    opened_again_at: Instant | None
    """When it came again last after it had been settled, changed or because it failed once more."""
    merged_into: Id | None
    """The request of its cause that stands for it, once it is `merged`."""
    merged: list[Id]
    """The requests that it stands for."""


@documented
class HeldRequestPage(Page):
    """Held requests, the first received first, or the last one first if `sort` says so."""

    data: list[HeldRequestDocument]


@documented
class BulkResult(TypedDict):
    """What would be done with many, or was: decided, signed, labeled, or noted."""

    dry_run: bool
    count: int
    """How many requests the filter finds that the caller can deal with."""
    left_out: int
    """How many it finds that are not the caller's to deal with: claimed by others, decided by the caller, or full."""
    done: NotRequired[int]
    """With how many it is done by this; not in a dry run."""
    sample: NotRequired[list[HeldRequestDocument]]
    """The first of them; in a dry run alone."""
    token: str
    position: int


def request_document(request: HeldRequest) -> HeldRequestDocument:
    """Write what reviewers and auditors see."""
    claim, lease = request.claim, request.lease
    return {
        "id": written(request.id),
        "version": request.version,
        "cause": cause_document(request.cause) if request.cause else None,
        "source": request.reference.source,
        "kind": request.reference.kind,
        "reference": request.reference.reference,
        "invisible": invisible_in(request.reference.source, request.reference.reference),
        "received_at": instant(request.received_at),
        "received_again_at": instant(max(request.received_again, default=None)),
        "handed_in_at": instant(request.handed_in_at),
        "digest": request.content.digest,
        "summary": request.content.summary,
        "repeats": request.repeats,
        "changes": request.changes,
        "changed_at": instant(request.changed_at),
        "state": str(request.state),
        "policy": request_policy(request.disposition) if request.disposition else None,
        "disposed_at": instant(request.disposed_at),
        "cause_void": None if request.void is None else str(request.void),
        "due": instant(request.due),
        "attempts": request.attempts,
        "attempt": _attempt(request.attempt) if request.attempt else None,
        "lease": {"run": str(lease.run), "worker": lease.worker, "until": instant(lease.until)} if lease else None,
        "resent_at": instant(request.resent_at),
        "digest_differs": request.resent_differently,
        "evidence": [_evidence(each) for each in request.evidence],
        "suggested": [str(outcome) for outcome in request.suggested],
        "labels": list(request.labels),
        "notes": [_note(each) for each in request.notes[-NEWEST:]],
        "notes_count": len(request.notes),
        "claim": {"person": claim.person, "until": instant(claim.until)} if claim else None,
        "decision": _decision(request.decision) if request.decision else None,
        "settlement": _settlement(request.settlement) if request.settlement else None,
        "reopenings": request.reopenings,
        "opened_again_at": instant(request.opened_again_at),
        "merged_into": None if request.merged_into is None else str(request.merged_into),
        "merged": [str(each.request) for each in request.merges],
    }


def parse_request(text: str) -> HeldRequestDocument:
    """Read a document that the view has, as ``request_document`` wrote it."""
    return cast("HeldRequestDocument", json.loads(text))


def cause_document(cause: Cause) -> CauseDocument:
    """Name a cause."""
    return {"type": str(cause.type), "id": written(cause.id)}


def _evidence(evidence: Evidence) -> EvidenceDocument:
    finding = evidence.finding
    return {
        "number": evidence.number,
        "kind": finding.kind,
        "source": finding.source,
        "value": finding.value,
        "suggests": finding.suggests,
        "attached_by": evidence.attached_by,
        "found_at": instant(evidence.at),
    }


def _note(note: Note) -> NoteDocument:
    return {"person": note.person, "note": note.note, "noted_at": instant(note.at)}


def _attempt(attempt: Attempt) -> AttemptDocument:
    return {
        "run": str(attempt.run),
        "result": str(attempt.result),
        "note": attempt.note,
        "reported_at": instant(attempt.at),
    }


def _decision(decision: Decision) -> ReviewDecision:
    signature = decision.signature
    return {
        "outcome": str(decision.outcome),
        "note": decision.note,
        "person": decision.person,
        "decided_at": instant(decision.at),
        "signature": None
        if signature is None
        else {"person": signature.person, "note": signature.note, "signed_at": instant(signature.at)},
    }


def _settlement(settlement: Settlement) -> SettlementDocument:
    return {"outcome": str(settlement.outcome), "by": str(settlement.by), "settled_at": instant(settlement.at)}
