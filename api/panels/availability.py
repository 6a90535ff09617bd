"""What works on which panel: the page that shops and support look at during an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.http.auth import Reader, Serving
from api.http.hot_route import HotRoute, PublicAnswer
from api.http.openapi_answers import lists
from api.http.page_cache import Editions
from api.http.parameters import AsOf, At, Language, MinPosition
from api.http.read_context import looking
from api.panels.answers import AvailabilityPage
from application.panels.availability import read_availability
from application.panels.projection import AVAILABILITY

if TYPE_CHECKING:
    from starlette.types import ASGIApp

router = APIRouter(tags=["panels"], route_class=HotRoute)

look_back = looking(AVAILABILITY, at=True)


async def public_availability(request: Request) -> Editions:
    """Give the public page that is kept in memory."""
    editions: Editions = request.app.state.public_availability
    return editions


@router.get("/v1/panels/availability", responses=lists(AvailabilityPage), response_model=None, response_class=Response)
async def read_all_availability(
    request: Request,
    service: Serving,
    reader: Reader,
    public: Annotated[Editions, Depends(public_availability)],
    lang: Language = None,
    as_of: AsOf = None,
    at: At = None,
    min_position: MinPosition = None,
) -> ASGIApp:
    """Read what works on which panel, what is promised, and of when the data is.

    With ``at``, as it was then, by what is known now or as of ``as_of``.
    """
    is_of_now = as_of is None and at is None and min_position is None
    if reader is None and is_of_now and (lang is None or lang in service.languages):
        page, age = await public.public(lang)
        return PublicAnswer(request, page.body, page.tag, age=age)
    look = await look_back(request, service, reader, lang, as_of, at, min_position)
    return look.all(await look.read(lambda: read_availability(look.service.panel_map, look.position, look.at)))
