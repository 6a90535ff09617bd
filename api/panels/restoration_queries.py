"""Restorations of panels, as they are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.http.answers import number_of, place_of
from api.http.openapi_answers import lists, shows
from api.http.parameters import Cursor, Limit
from api.http.pattern_words import KEY_TO_FIND
from api.http.read_context import ReadContext, read_context_of
from application.key_names import require_known_key
from application.panels.projection import PANEL_VIEW
from application.panels.queries import RestorationFilter
from application.panels.restoration_documents import (
    PublicRestorationDocument,
    RestorationDocument,
    RestorationPage,
    without_hidden,
)
from application.panels.restoration_updates import (
    PublicRestorationUpdateDocument,
    RestorationUpdateDocument,
    RestorationUpdatePage,
)
from application.pieces import Piece
from domain.errors import NotFound
from domain.panels.restoration import RestorationState

router = APIRouter(prefix="/v1/restorations", tags=["restorations"])

Reading = Annotated[ReadContext, Depends(read_context_of(PANEL_VIEW))]
SIDES = RestorationDocument | PublicRestorationDocument
UPDATES = RestorationUpdateDocument | PublicRestorationUpdateDocument


@router.get("", responses=lists(RestorationPage))
async def list_restorations(
    context: Reading,
    panel: Annotated[
        str | None,
        Query(
            pattern=KEY_TO_FIND,
            description="Those of this panel.",
        ),
    ] = None,
    state: Annotated[RestorationState | None, Query(description="How far they have come.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List restorations, the newest first."""
    if panel is not None:
        now = context.facade.visibility.position_of(PANEL_VIEW.name)
        known = await context.read(lambda: context.facade.queries.panels.panels(now))
        require_known_key("panel", panel, (row.panel for row in known))
    wanted, before = RestorationFilter(panel=panel, state=state), place_of(cursor)
    panels = context.facade.queries.panels
    page = await context.read(lambda: panels.page_of_restorations(context.position, wanted, before, limit + 1))
    document_of = await _documents(context)
    return context.page(page, limit, lambda row: document_of(row[1], row[2]), SIDES)


@router.get("/{id}", responses=shows(SIDES))
async def read_restoration(context: Reading, id: UUID) -> Response:
    """Read one restoration: losses, promises, recovery point, capabilities, instructions, inventory and progress."""
    found = await context.read(lambda: context.facade.queries.panels.find_restoration(context.position, id))
    if found is None:
        raise NotFound(f"there is no restoration {id}")
    document_of = await _documents(context)
    return context.one(document_of(*found), SIDES)


@router.get("/{id}/updates", responses=lists(RestorationUpdatePage))
async def list_restoration_updates(context: Reading, id: UUID, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """List every update of a restoration, the oldest first."""
    public, after = context.side.public, number_of(cursor)
    panels = context.facade.queries.panels
    found = await context.read(
        lambda: panels.updates(context.position, id, public=public, after=after, limit=limit + 1)
    )
    if found is None:
        raise NotFound(f"there is no restoration {id}")
    return context.page(Piece(found), limit, lambda row: json.loads(row[1]), UPDATES)


async def _documents(context: ReadContext) -> Callable[[str, str], RestorationDocument | PublicRestorationDocument]:
    """Give what makes the document of the caller of the two sides of a restoration."""
    if not context.side.public:
        return lambda private, _public: cast("RestorationDocument", json.loads(private))
    rows = await context.read(lambda: context.facade.queries.panels.panels(context.position))
    hidden = {row.panel: row.document["hidden_capabilities"] for row in rows}

    def public_document(_private: str, public: str) -> PublicRestorationDocument:
        document = cast("PublicRestorationDocument", json.loads(public))
        return without_hidden(document, hidden[document["panel"]])

    return public_document
