"""Groups of components, and what they are called."""

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

router = APIRouter(prefix="/v1/groups", tags=["components"])

Reading = Annotated[ReadContext, Depends(read_context_of(REGISTER_VIEW, as_of=False))]
GroupKey = Annotated[
    str,
    Path(
        min_length=1,
        max_length=64,
        pattern=ONE_LINE,
        description="The key of the group.",
        examples=["carriers"],
    ),
]


@router.get("", responses=lists(KeyNamePage))
async def list_groups(context: Reading) -> Response:
    """List the groups that you may know of: those that were named, and those that a component names.

    For readers only what readers can see counts.
    """
    found = await context.read(
        lambda: context.facade.queries.key_names.all(context.position, KeyKind.GROUP, public=context.side.public)
    )
    return context.all(found, KeyNameDocument)


@router.put("/{key}", responses=tells(KeyNameDocument))
async def name_group(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: GroupKey,
    expected: Expected,
    body: NamingBody,
) -> Response:
    """Name a group, whether or not a component names it yet. Readers know it from then on."""
    by, naming = caller(request, operator), body.to_command(execute.language)
    return await execute(
        operator,
        lambda log: named_answer(
            log,
            facade.commands.key_names.name(
                log, kind=KeyKind.GROUP, key=key, naming=naming, expected_version=expected, caller=by
            ),
        ),
    )
