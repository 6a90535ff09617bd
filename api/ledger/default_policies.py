"""The request policies that incidents begin with which signals begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

from fastapi import APIRouter, Depends
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import answer
from api.http.auth import INSPECTORS, CurrentFacade, Expected, Operator, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import shows, tells
from api.http.read_context import ReadContext, read_context_of
from api.http.request_policies import DefaultPoliciesBody
from application.ledger.default_policies import NOTHING_SET, DefaultPoliciesDocument, defaults_document
from application.ledger.projection import LEDGER_VIEW
from application.status.board import PRIVATE

if TYPE_CHECKING:
    from api.http.answers import Answer
    from application.log import Log
    from domain.ledger.default_policies import RequestPolicyDefaults

router = APIRouter(prefix="/v1/request-policies", tags=["held requests"])

Reading = Annotated[ReadContext, Depends(read_context_of(LEDGER_VIEW, guard=INSPECTORS, side=PRIVATE, lang=False))]


@router.get("", responses=shows(DefaultPoliciesDocument))
async def read_request_policies(context: Reading) -> Response:
    """Read what happens to requests of incidents that signals begin, unless it is changed on the incident."""
    found = await context.read(lambda: context.facade.queries.held_requests.default_policies(context.position))
    document = NOTHING_SET if found is None else cast("DefaultPoliciesDocument", from_json(found))
    return context.one(document, DefaultPoliciesDocument)


@router.put("", responses=tells(DefaultPoliciesDocument))
async def set_request_policies(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    expected: Expected,
    body: DefaultPoliciesBody,
) -> Response:
    """Set what happens to requests of incidents that signals begin; it replaces what was set before.

    Incidents that have begun keep their policies: change those on the incident.
    """
    by = caller(request, operator)
    policies = {kind: each.to_command() for kind, each in body.request_policies.items()}
    return await execute(
        operator,
        lambda log: _answer(
            log,
            facade.commands.request_policies.put(
                log, request_policies=policies, reason=body.because, expected_version=expected, caller=by
            ),
        ),
    )


def _answer(log: Log, defaults: RequestPolicyDefaults) -> Answer:
    return answer(defaults_document(defaults), position=log.position, version=defaults.version)
