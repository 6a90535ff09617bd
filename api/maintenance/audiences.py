"""Audiences of maintenance windows, and what they are called."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.http.auth import CurrentFacade, Expected, Operator, caller
from api.http.idempotency import Idempotent
from api.http.key_names import NamingBody, named_answer
from api.http.openapi_answers import lists, tells
from api.http.pattern_words import ONE_LINE
from api.http.read_context import ReadContext, read_context_of
from application.key_names import KeyKind, KeyNameDocument, KeyNamePage
from application.register_view import REGISTER_VIEW

router = APIRouter(prefix="/v1/audiences", tags=["maintenance"])

Reading = Annotated[ReadContext, Depends(read_context_of(REGISTER_VIEW, as_of=False))]
AudienceKey = Annotated[
    str,
    Path(
        min_length=1,
        max_length=255,
        pattern=ONE_LINE,
        description="The key of the audience.",
        examples=["sellers"],
    ),
]


@router.get("", responses=lists(KeyNamePage))
async def list_audiences(context: Reading) -> Response:
    """List the audiences that you may know of: those that were named, and those that a window names.

    For readers only what readers can see counts.
    """
    found = await context.read(
        lambda: context.facade.queries.key_names.all(context.position, KeyKind.AUDIENCE, public=context.side.public)
    )
    return context.all(found, KeyNameDocument)


@router.put("/{key}", responses=tells(KeyNameDocument))
async def name_audience(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: AudienceKey,
    expected: Expected,
    body: NamingBody,
) -> Response:
    """Name an audience, whether or not a window names it yet. Readers know it from then on."""
    by, naming = caller(request, operator), body.to_command(execute.language)
    return await execute(
        operator,
        lambda log: named_answer(
            log,
            facade.commands.key_names.name(
                log, kind=KeyKind.AUDIENCE, key=key, naming=naming, expected_version=expected, caller=by
            ),
        ),
    )
