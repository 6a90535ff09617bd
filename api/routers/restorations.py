"""Restorations of panels, as they are read."""

from __future__ import annotations

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import cursor_of, listed, place_of, shown
from api.dependencies import Reader, Serving, point
from api.parameters import AsOf, Cursor, Language, Limit, MinPosition
from api.responses import lists, shows
from api.schemas.shown_restorations import PublicRestoration, Restoration, RestorationPage
from api.sides import side_of, spoken
from application.errors import NotFound
from application.views import RestorationFilter
from domain.restoration import RestorationState

router = APIRouter(prefix="/v1/restorations", tags=["restorations"])


@router.get("", responses=lists(RestorationPage))
async def list_restorations(
    request: Request,
    service: Serving,
    reader: Reader,
    panel: Annotated[str | None, Query(pattern="^[a-z0-9_-]{1,64}$", description="Those of this panel.")] = None,
    state: Annotated[RestorationState | None, Query(description="How far they have come.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
    lang: Language = None,
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> Response:
    """List restorations, the newest first."""
    side = side_of(reader)
    where = await point(request, as_of=as_of, min_position=min_position, sees_private=not side.public)
    wanted, before = RestorationFilter(panel=panel, state=state), place_of(cursor)
    page = await service.reads.run(
        lambda: service.panel_map.page_of_restorations(where.position, wanted, before, limit + 1)
    )
    documents = [json.loads(seen if side.public else private) for _, private, seen in page[:limit]]
    further = cursor_of(page[limit - 1][0]) if len(page) > limit else None
    position = where.position if reader else None
    return listed(request, spoken(documents, lang, service.languages[0]), cursor=further, position=position)


@router.get("/{id}", responses=shows(Restoration | PublicRestoration))
async def read_restoration(
    request: Request,
    service: Serving,
    reader: Reader,
    id: UUID,
    lang: Language = None,
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> Response:
    """Read one restoration: losses, promises, recovery point, capabilities, instructions, inventory and progress."""
    side = side_of(reader)
    where = await point(request, as_of=as_of, min_position=min_position, sees_private=not side.public)
    found = await service.reads.run(lambda: service.panel_map.find_restoration(where.position, id))
    if found is None:
        raise NotFound(f"there is no restoration {id}")
    document = json.loads(found[1] if side.public else found[0])
    version = None if side.public else document["version"]
    position = where.position if reader else None
    return shown(request, spoken(document, lang, service.languages[0]), position=position, version=version)
