"""What works on which panel, for shops and support during an incident: the public page is cached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.http.auth import Reader, facade_of
from api.http.hot_route import HotRoute, PublicAnswer
from api.http.openapi_answers import lists
from api.http.page_cache import CachedPages
from api.http.parameters import AsOf, At, Language, MinPosition
from api.http.read_context import read_context_of
from application.panels.availability import read_availability
from application.panels.documents import AvailabilityPage, PanelAvailability
from application.panels.projection import PANEL_VIEW

if TYPE_CHECKING:
    from starlette.types import ASGIApp

router = APIRouter(tags=["panels"], route_class=HotRoute)

read_context = read_context_of(PANEL_VIEW, at=True)


@router.get("/v1/panels/availability", responses=lists(AvailabilityPage), response_model=None, response_class=Response)
async def read_all_availability(
    request: Request,
    reader: Reader,
    lang: Language = None,
    as_of: AsOf = None,
    at: At = None,
    min_position: MinPosition = None,
) -> ASGIApp:
    """Read what works on each panel, what is promised, and to which instant the data was restored.

    With ``at``, as it was then, by what is known now or as of ``as_of``.
    """
    pages: CachedPages = request.app.state.public_availability
    is_of_now = as_of is None and at is None and min_position is None
    if reader is None and is_of_now and (lang is None or lang in pages.languages):
        page, age = await pages.public(lang)
        return PublicAnswer(request, page, age)
    context = await read_context(request, facade_of(request), reader, lang, as_of, at, min_position)
    panels = context.facade.queries.panels
    public = context.side.public
    found = await context.read(lambda: read_availability(panels, context.position, context.at, public=public))
    return context.all(found, PanelAvailability)
