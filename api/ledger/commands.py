"""Commands of people on held requests: reviewers check them, operators assign causes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.http.aggregate_command import AggregateCommand, Representation, steady
from api.http.auth import (
    CurrentFacade,
    Expected,
    Finder,
    Operator,
    Releaser,
    Reviewer,
    caller,
    permitting,
)
from api.http.bulk_intake import taking
from api.http.idempotency import Idempotent
from api.http.ndjson import is_lines
from api.http.openapi_answers import tells
from api.ledger import bodies
from api.ledger.intake import MANY, evidence_intake
from application.ledger.documents import HeldRequestDocument, request_document
from application.ledger.intake_documents import EvidenceReport
from application.targets import Target
from domain.access.keyring import Role
from domain.ledger.held_request import HeldRequest

router = APIRouter(prefix="/v1/held-requests", tags=["held requests"])

LEADING = permitting(Role.OPERATOR)
"""The roles that release the claims of others."""
REQUEST = Representation(steady(request_document), "/v1/held-requests")


async def review_command(
    request: Request, facade: CurrentFacade, execute: Idempotent, reviewer: Reviewer, id: UUID, expected: Expected
) -> AggregateCommand[HeldRequest]:
    """Prepare the command of a reviewer on the request that the path names."""
    target = Target(id=id, expected_version=expected, caller=caller(request, reviewer), name=f"held request {id}")
    return AggregateCommand(facade, execute, reviewer, target, REQUEST)


async def assignment_command(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, id: UUID, expected: Expected
) -> AggregateCommand[HeldRequest]:
    """Prepare the command of an operator on the request that the path names."""
    target = Target(id=id, expected_version=expected, caller=caller(request, operator), name=f"held request {id}")
    return AggregateCommand(facade, execute, operator, target, REQUEST)


async def release_command(
    request: Request, facade: CurrentFacade, execute: Idempotent, releaser: Releaser, id: UUID, expected: Expected
) -> AggregateCommand[HeldRequest]:
    """Prepare the command of a reviewer or an operator on the request that the path names."""
    target = Target(id=id, expected_version=expected, caller=caller(request, releaser), name=f"held request {id}")
    return AggregateCommand(facade, execute, releaser, target, REQUEST)


Releasing = Annotated[AggregateCommand[HeldRequest], Depends(release_command)]
Checking = Annotated[AggregateCommand[HeldRequest], Depends(review_command)]
Assigning = Annotated[AggregateCommand[HeldRequest], Depends(assignment_command)]


@router.post(
    "/evidence",
    responses=tells(EvidenceReport, tagged=False),
    openapi_extra=taking(bodies.EvidenceLineBody, "Evidence", listed=MANY),
)
async def attach_evidence_to_many(
    request: Request, facade: CurrentFacade, execute: Idempotent, finder: Finder
) -> Response:
    """Add evidence by source, kind and reference, to every request that matches; it suggests and never decides.

    The answer counts what became of each line, and says of the first thousand how many requests they match. The same
    evidence again changes nothing (`repeat`). Lines are taken as with held requests.
    """
    intake = evidence_intake(facade, finder, caller(request, finder))
    if is_lines(request):
        return await intake.stream(request, facade.runner)
    return await intake.take(request, execute, finder)


@router.post("/{id}/evidence", responses=tells(HeldRequestDocument))
async def attach_evidence(work: Checking, body: bodies.EvidenceBody) -> Response:
    """Add evidence. It suggests an outcome and never decides. The same evidence again changes nothing."""
    finding = body.to_command()
    return await work.do(
        lambda log, target: work.facade.commands.reviews.attach(
            log, target=target, finding=finding, person=work.person
        ),
        occurred_at=body.occurred_at,
    )


@router.post("/{id}/claim", responses=tells(HeldRequestDocument))
async def claim_request(work: Checking) -> Response:
    """Claim a request, so that nobody else can decide it. The same person can claim it again to get more time."""
    return await work.do(
        lambda log, target: work.facade.commands.reviews.claim(
            log, target=target, person=work.person, ends_by=work.caller.expires_at
        )
    )


@router.post("/{id}/release", responses=tells(HeldRequestDocument))
async def release_request(work: Releasing, body: bodies.ReleaseBody | None = None) -> Response:
    """Release a claimed request without a decision: your own, or as an operator with a reason that of another person.

    The claims of a token are released by themselves when it is revoked, and end when it expires.
    """
    reviews, reason = work.facade.commands.reviews, None if body is None else body.reason
    if reason is not None and work.caller.has_any(LEADING):
        return await work.do(
            lambda log, target: reviews.release_claim(log, target=target, person=work.person, reason=reason)
        )
    return await work.do(lambda log, target: reviews.release(log, target=target, person=work.person, reason=reason))


@router.post("/{id}/withdrawal-from-run", responses=tells(HeldRequestDocument))
async def withdraw_from_run(work: Checking, body: bodies.DoubtBody) -> Response:
    """Take a request out of what workers reprocess, so that it is checked by hand.

    A worker that has leased it reports in vain: its result is refused (`not_leased`) and kept as evidence.
    """
    return await work.do(
        lambda log, target: work.facade.commands.reviews.withdraw_from_run(
            log, target=target, reason=body.reason, person=work.person
        )
    )


@router.post("/{id}/decision", responses=tells(HeldRequestDocument))
async def decide_request(work: Checking, body: bodies.DecisionBody) -> Response:
    """Decide a request that you have claimed.

    Where its cause wants four eyes, and whenever nobody can tell, another person has to sign it. You decide about the
    content of `digest`, else about that of the version that `If-Match` names, else about that which you claimed. If
    the content has changed since, the decision is refused (`content_changed`).
    """
    return await work.do(
        lambda log, target: work.facade.commands.reviews.decide(
            log, target=target, outcome=body.outcome, note=body.note, person=work.person, seen=body.digest
        )
    )


@router.post("/{id}/signature", responses=tells(HeldRequestDocument))
async def sign_decision(work: Checking, body: bodies.SignatureBody | None = None) -> Response:
    """Sign the decision of another person. No role can sign its own decision.

    If the content has changed since the decision, or is not that of `digest`, it is refused (`content_changed`). Then
    send it back.
    """
    said = body or bodies.SignatureBody()
    return await work.do(
        lambda log, target: work.facade.commands.reviews.sign(
            log, target=target, note=said.note, person=work.person, seen=said.digest
        )
    )


@router.post("/{id}/return", responses=tells(HeldRequestDocument))
async def return_decision(work: Checking, body: bodies.DoubtBody) -> Response:
    """Reject the decision of another person, so that the request is checked again."""
    return await work.do(
        lambda log, target: work.facade.commands.reviews.send_back(
            log, target=target, reason=body.reason, person=work.person
        )
    )


@router.post("/{id}/reopening", responses=tells(HeldRequestDocument))
async def reopen_request(work: Checking, body: bodies.DoubtBody) -> Response:
    """Reopen a settled request, so that it is checked by hand."""
    return await work.do(
        lambda log, target: work.facade.commands.reviews.reopen(
            log, target=target, reason=body.reason, person=work.person
        )
    )


@router.post("/{id}/cause", responses=tells(HeldRequestDocument))
async def assign_request(work: Assigning, body: bodies.AssignmentBody) -> Response:
    """Assign a cause to a request that came without one.

    If the cause has the same request already, this one is merged into it (`merged_into`), as if it had been handed in
    again: that is a repeat, or changed. Whoever checks that one sees the content and the evidence of both.
    """
    cause = body.to_cause()
    return await work.do(
        lambda log, target: work.facade.commands.held_requests.assign(
            log, target=target, cause=cause, reason=body.reason
        )
    )


@router.delete("/{id}/cause", responses=tells(HeldRequestDocument))
async def undo_assignment(work: Assigning, body: bodies.UndoingBody) -> Response:
    """Take away a cause that was assigned by mistake; the request waits to be assigned again.

    It is refused while somebody checks or reprocesses the request, and once it was decided or settled: release or
    reopen it first. If its cause wanted four eyes, whatever is decided without a cause needs them, too.
    """
    return await work.do(
        lambda log, target: work.facade.commands.held_requests.undo_assignment(log, target=target, reason=body.reason)
    )
