"""Templates: texts with blanks that operators keep, and that commands and policies begin with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.http.aggregate_command import Representation, steady
from api.http.answers import number_of, place_of
from api.http.auth import INSPECTORS, CurrentFacade, Expected, Operator, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import creates, lists, shows, tells
from api.http.parameters import Cursor, Limit
from api.http.read_context import ReadContext, read_context_of
from api.templates.bodies import TemplateBody, TemplateRevisionBody
from application.pieces import Piece
from application.register_view import REGISTER_VIEW
from application.templates.commands import id_named
from application.templates.documents import (
    TemplateDocument,
    TemplatePage,
    TemplateVersionDocument,
    TemplateVersionPage,
    template_document,
    version_document,
)
from domain.errors import NotFound

if TYPE_CHECKING:
    from domain.templates.template import TextTemplate

router = APIRouter(prefix="/v1/templates", tags=["templates"])

Reading = Annotated[ReadContext, Depends(read_context_of(REGISTER_VIEW, guard=INSPECTORS))]
TemplateKey = Annotated[
    str, Path(max_length=64, description="The key of the template, or its id.", examples=["slow-imports"])
]


def _path_of(template: TextTemplate) -> str:
    return f"/v1/templates/{template.key}"


TEMPLATE: Representation[TextTemplate] = Representation(steady(template_document), _path_of)


@router.get("", responses=lists(TemplatePage))
async def list_templates(context: Reading, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """List the templates in use, in the order of their keys."""
    after = place_of(cursor)
    page = await context.read(lambda: context.facade.queries.templates.page(context.position, after, limit + 1))
    return context.page(page, limit, lambda row: _template(row[1]), TemplateDocument)


@router.get("/{key}", responses=shows(TemplateDocument))
async def read_template(context: Reading, key: TemplateKey) -> Response:
    """Read one template, in use or retired."""
    return context.one(_template(await _find(context, key)), TemplateDocument)


@router.get("/{key}/versions", responses=lists(TemplateVersionPage))
async def list_versions(context: Reading, key: TemplateKey, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """List the versions of a template, the newest first: what it said, since when, and who wrote it."""
    last, before = _template(await _find(context, key))["version"], number_of(cursor)
    if before is not None:
        last = min(last, max(int(before) - 1, 0))
    # One more than is shown: whether there are earlier ones.
    after = max(last - limit - 1, 0)
    events = context.facade.queries.events
    found = await context.read(lambda: events.of_aggregate(id_named(key), after, last - after))
    rows = Piece((str(each["aggregate"]["version"]), each) for each in reversed(found))
    return context.page(rows, limit, lambda row: version_document(row[1]), TemplateVersionDocument)


@router.post("", status_code=201, responses=creates(TemplateDocument))
async def create_template(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, body: TemplateBody
) -> Response:
    """Write a template. Policies use the one whose purpose begins with ``policy_``; there is one of each at most."""
    by, draft = caller(request, operator), body.to_command(execute.language)
    return await execute(
        operator,
        lambda log: TEMPLATE.to_answer(
            log, facade.commands.templates.create(log, draft=draft, caller=by), created=True
        ),
    )


@router.patch("/{key}", responses=tells(TemplateDocument))
async def revise_template(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: TemplateKey,
    expected: Expected,
    body: TemplateRevisionBody,
) -> Response:
    """Change the texts of a template. What was made of it stays as it was."""
    by, revision = caller(request, operator), body.to_command(execute.language)
    return await execute(
        operator,
        lambda log: TEMPLATE.to_answer(
            log,
            facade.commands.templates.revise(log, name=key, expected_version=expected, revision=revision, caller=by),
        ),
    )


@router.post("/{key}/retirement", responses=tells(TemplateDocument))
async def retire_template(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: TemplateKey,
    expected: Expected,
) -> Response:
    """Retire a template: no command takes it any more, and policies use their built-in words. Its key stays taken."""
    by = caller(request, operator)
    return await execute(
        operator,
        lambda log: TEMPLATE.to_answer(
            log, facade.commands.templates.retire(log, name=key, expected_version=expected, caller=by)
        ),
    )


async def _find(context: ReadContext, key: str) -> str:
    found = await context.read(lambda: context.facade.queries.templates.find(context.position, id_named(key)))
    if found is None:
        raise NotFound(f"there is no template {key}")
    return found


def _template(text: str) -> TemplateDocument:
    return cast("TemplateDocument", json.loads(text))
