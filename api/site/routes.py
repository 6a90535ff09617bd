"""The addresses of the pages, and of what they are made with."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.site import (
    audiences,
    badges,
    board,
    components,
    discovery,
    embed,
    history,
    incidents,
    maintenance,
    owner,
    panel_lookup,
    panels,
    subscribing,
    subscription,
)
from api.site.kernel.addresses import PAGE
from api.site.kernel.answers import anybody, no_page, site_of
from api.site.kernel.static import answer_static

files = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])


@files.get("/static/{name}")
async def show_file(request: Request, name: str) -> Response:
    """Answer with a file of the pages, which never changes under its name."""
    return answer_static(request, site_of(request).files, name)


@files.get(f"/{{lang:{PAGE}}}/{{rest:path}}")
async def show_nothing(request: Request, lang: str, rest: str) -> Response:
    """Say that there is no such page."""
    return no_page(request, lang)


ROUTERS = (
    board.router,
    incidents.router,
    history.router,
    components.router,
    maintenance.router,
    audiences.router,
    panel_lookup.router,
    panels.router,
    owner.router,
    subscribing.router,
    subscription.router,
    discovery.router,
    badges.router,
    embed.router,
    files,
)
"""The last one takes what no other does."""
