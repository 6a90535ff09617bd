"""Automations: which are known, and what they are called."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.http.auth import INSPECTORS, CurrentFacade, Expected, Operator, caller
from api.http.idempotency import Idempotent
from api.http.key_names import NamingBody, named_answer
from api.http.openapi_answers import lists, shows, tells
from api.http.read_context import ReadContext, read_context_of
from api.http.values import Key
from application.key_names import KeyKind, KeyNameDocument, KeyNamePage
from application.nearest import did_you_mean, nearest
from application.panels.projection import PANEL_VIEW
from domain.panels.errors import UnknownAutomation

router = APIRouter(prefix="/v1/automations", tags=["panels"])

Reading = Annotated[ReadContext, Depends(read_context_of(PANEL_VIEW, guard=INSPECTORS, as_of=False))]
AutomationKey = Annotated[Key, Path(description="The name of the automation.", examples=["order_paid"])]


@router.get("", responses=lists(KeyNamePage))
async def list_automations(context: Reading) -> Response:
    """List the known automations: those that you named, and those that a capability or a suppression names."""
    found = await context.read(
        lambda: context.facade.queries.panels.automations(context.position, public=context.side.public)
    )
    return context.all(found, KeyNameDocument)


@router.get("/{name}", responses=shows(KeyNameDocument))
async def read_automation(context: Reading, name: AutomationKey) -> Response:
    """Read what a known automation is called."""
    found = await context.read(
        lambda: context.facade.queries.panels.automations(context.position, public=context.side.public)
    )
    known = {each["key"]: each for each in found}
    if name not in known:
        raise UnknownAutomation(
            f"there is no automation {name}{did_you_mean(name, known)}", nearest=nearest(name, known)
        )
    return context.one(known[name], KeyNameDocument)


@router.put("/{name}", responses=tells(KeyNameDocument))
async def name_automation(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    name: AutomationKey,
    expected: Expected,
    body: NamingBody,
) -> Response:
    """Name an automation, so that it is known before anything was ever said of it. It runs where no rule forbids it."""
    by, naming = caller(request, operator), body.to_command(execute.language)
    return await execute(
        operator,
        lambda log: named_answer(
            log,
            facade.commands.key_names.name(
                log, kind=KeyKind.AUTOMATION, key=name, naming=naming, expected_version=expected, caller=by
            ),
        ),
    )
