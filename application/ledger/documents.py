"""Held requests, and runs that reprocess them, as documents; there is no public side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.document import Document, duration, instant
from domain.ledger.held_request import Result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.ledger.cause import Cause
    from domain.ledger.held_request import Attempt, Decision, Evidence, HeldRequest
    from domain.ledger.reprocessing import ReprocessingRun
    from domain.ledger.request_policy import RequestPolicy


def request_document(request: HeldRequest) -> Document:
    """Write what reviewers and auditors see."""
    claim, lease, settlement = request.claim, request.lease, request.settlement
    return {
        "id": str(request.id),
        "version": request.version,
        "cause": cause_document(request.cause),
        "source": request.reference.source,
        "kind": request.reference.kind,
        "reference": request.reference.reference,
        "received_at": instant(request.received_at),
        "handed_in_at": instant(request.handed_in_at),
        "digest": request.content.digest,
        "summary": request.content.summary,
        "repeats": request.repeats,
        "changes": request.changes,
        "changed_at": instant(request.changed_at),
        "state": str(request.state),
        "policy": _policy(request.disposition),
        "disposed_at": instant(request.disposed_at),
        "due": instant(request.due),
        "attempts": request.attempts,
        "attempt": _attempt(request.attempt) if request.attempt else None,
        "lease": {"run": str(lease.run), "worker": lease.worker, "until": instant(lease.until)} if lease else None,
        "resent_at": instant(request.resent_at),
        "evidence": [evidence_document(each) for each in request.evidence],
        "suggested": [str(outcome) for outcome in request.suggested],
        "claim": {"person": claim.person, "until": instant(claim.until)} if claim else None,
        "decision": _decision(request.decision) if request.decision else None,
        "settlement": None
        if settlement is None
        else {"outcome": str(settlement.outcome), "by": str(settlement.by), "settled_at": instant(settlement.at)},
        "reopenings": request.reopenings,
    }


def run_document(run: ReprocessingRun) -> Document:
    """Write how far a run has come, as far as it knows itself."""
    selection = run.selection
    return {
        "id": str(run.id),
        "version": run.version,
        "cause": cause_document(selection.cause),
        "kind": selection.kind,
        "source": selection.source,
        "by_policy": run.by_policy,
        "started_at": instant(run.started_at),
        "batches": run.batches,
        "handed_out": run.handed_out,
        "results": {str(result): run.results[result] for result in Result},
        "reported_at": instant(run.reported_at),
        "per_minute": run.per_minute,
    }


def batch_document(run: ReprocessingRun, requests: Sequence[HeldRequest], until: datetime | None) -> Document:
    """Write what a worker has leased: what it needs to know of each request, and no more."""
    return {
        "run": str(run.id),
        "until": instant(until),
        "data": [
            {
                "id": str(request.id),
                "source": request.reference.source,
                "kind": request.reference.kind,
                "reference": request.reference.reference,
            }
            for request in requests
        ],
    }


def cause_document(cause: Cause | None) -> Document | None:
    """Name a cause."""
    return None if cause is None else {"type": str(cause.type), "id": str(cause.id)}


def evidence_document(evidence: Evidence) -> Document:
    """Write what was found outside."""
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


def _policy(policy: RequestPolicy | None) -> Document | None:
    if policy is None:
        return None
    return {"policy": str(policy.policy), "deadline": duration(policy.deadline), "four_eyes": policy.four_eyes}


def _attempt(attempt: Attempt) -> Document:
    return {
        "run": str(attempt.run),
        "result": str(attempt.result),
        "note": attempt.note,
        "reported_at": instant(attempt.at),
    }


def _decision(decision: Decision) -> Document:
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
