"""What reviewers do with many held requests at once, each time in two steps: a dry run, and then with its token."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import Answer, answer
from api.http.auth import CurrentFacade, Reviewer, caller, facade_of
from api.http.idempotency import Idempotent
from api.http.openapi_answers import tells
from api.http.read_point import end_of_log, point
from api.ledger.bulk_bodies import (
    BulkBody,
    BulkLabelsBody,
    BulkNoteBody,
    BulkSignatureBody,
    BulkWithdrawalBody,
    InBulkBody,
)
from api.ledger.bulk_decisions import (
    BulkDecision,
    decision_action,
    label_action,
    note_action,
    position_of,
    signature_action,
    withdrawal_action,
)
from application.ledger.documents import BulkResult
from application.ledger.projection import LEDGER_VIEW

router = APIRouter(prefix="/v1/held-requests", tags=["held requests"])


@router.post("/decisions", responses=tells(BulkResult, tagged=False))
async def decide_in_bulk(
    request: Request, facade: CurrentFacade, execute: Idempotent, reviewer: Reviewer, body: BulkBody
) -> Response:
    """Decide many requests in the same way: first a dry run, which counts them and shows a sample, then with its token.

    The token stands for this very decision, of this person, about the very set that the dry run showed; if that is
    another by now, nothing is decided and the difference is told (`set_changed`). So it is if the content or the
    evidence of one has changed since (`content_changed`). What others have claimed is left out and counted.
    Each request gets an event of its own. A decision that was cut off goes on when it is sent again with its token.
    """
    bulk = BulkDecision(facade, decision_action(facade, reviewer, caller(request, reviewer), body))
    return await execute.piecewise(reviewer, lambda: _carry_out_bulk(request, bulk, body))


@router.post("/signatures", responses=tells(BulkResult, tagged=False))
async def sign_in_bulk(
    request: Request, facade: CurrentFacade, execute: Idempotent, reviewer: Reviewer, body: BulkSignatureBody
) -> Response:
    """Sign many decisions of other people, in the same two steps.

    Your own are left out and counted, and so are those whose content has changed since they were decided.
    """
    bulk = BulkDecision(facade, signature_action(facade, reviewer, caller(request, reviewer), body))
    return await execute.piecewise(reviewer, lambda: _carry_out_bulk(request, bulk, body))


@router.post("/withdrawals-from-run", responses=tells(BulkResult, tagged=False))
async def withdraw_in_bulk(
    request: Request, facade: CurrentFacade, execute: Idempotent, reviewer: Reviewer, body: BulkWithdrawalBody
) -> Response:
    """Take many requests out of what workers carry out, in the same two steps: a person checks each of them.

    So it is also for those that a worker has, whose results count no longer.
    """
    bulk = BulkDecision(facade, withdrawal_action(facade, reviewer, caller(request, reviewer), body))
    return await execute.piecewise(reviewer, lambda: _carry_out_bulk(request, bulk, body))


@router.post("/labels", responses=tells(BulkResult, tagged=False))
async def label_in_bulk(
    request: Request, facade: CurrentFacade, execute: Idempotent, reviewer: Reviewer, body: BulkLabelsBody
) -> Response:
    """Set labels of your own on many requests, or take them off, in the same two steps.

    A label is a word such as `after-0100`. A request has twenty at most; those that would have more are left out.
    """
    bulk = BulkDecision(facade, label_action(facade, reviewer, caller(request, reviewer), body))
    return await execute.piecewise(reviewer, lambda: _carry_out_bulk(request, bulk, body))


@router.post("/notes", responses=tells(BulkResult, tagged=False))
async def note_in_bulk(
    request: Request, facade: CurrentFacade, execute: Idempotent, reviewer: Reviewer, body: BulkNoteBody
) -> Response:
    """Write the same note on many requests, in the same two steps. A note decides nothing."""
    bulk = BulkDecision(facade, note_action(facade, reviewer, caller(request, reviewer), body))
    return await execute.piecewise(reviewer, lambda: _carry_out_bulk(request, bulk, body))


async def _carry_out_bulk(request: Request, bulk: BulkDecision, body: InBulkBody) -> Answer:
    # Another process may have made the dry run: wait until the views here have reached its position.
    last = await end_of_log(facade_of(request))
    seen = min(position_of(body.token), last)
    where = await point(request, (LEDGER_VIEW,), min_position=seen, sees_private=True)
    body.require_filter()
    if body.dry_run:
        return answer(await bulk.dry_run(where.position), position=where.position)
    document, position = await bulk.carry_out(body.token, where.position)
    return answer(document, position=position)
