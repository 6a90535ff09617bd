"""The addresses of the console."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.console import live, now, own_sessions, provider_sign_in, signals, signing_in, text_templates, update_text
from api.console.audit import replay, search, trail
from api.console.incidents import routes as incidents
from api.console.kernel.guards import Staff
from api.console.kernel.screens import NO_SCREEN, ScreenRoute, wrong_screen
from api.console.maintenance import lists as windows
from api.console.maintenance import planning, series, window
from api.console.panels import account, accounts, panel, panel_list, restoration, restoration_list
from api.console.queue import bulk_screen, checking, listing, policies, runs, totals
from api.console.settings import components, endpoints, health, key_names, overview, subscribers, tokens
from api.http.templates import wants_page
from api.site.kernel.answers import anybody
from api.site.kernel.static import answer_static
from domain.errors import NotFound

files = APIRouter(include_in_schema=False, prefix="/console", dependencies=[Depends(anybody)])
last = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)


@files.get("/static/{name}")
async def show_console_file(request: Request, name: str) -> Response:
    """Answer with a file of the console, which never changes under its name; with a screen if there is none."""
    files = request.app.state.console.files
    if files.find(name) is None and wants_page(request, None):
        return await wrong_screen(request, HTTPStatus.NOT_FOUND, "not_found", NO_SCREEN)
    return answer_static(request, files, name)


@last.get("/{rest:path}")
async def show_no_screen(_visit: Staff, rest: str) -> Response:
    """Say that there is no such screen.

    Raises:
        NotFound: always.
    """
    raise NotFound(NO_SCREEN)


SIGNING_IN = (signing_in.router, provider_sign_in.router, provider_sign_in.machines, own_sessions.router)
AUDIT = (replay.router, search.router, trail.router)
SETTINGS = (
    overview.router,
    components.router,
    key_names.router,
    tokens.router,
    endpoints.router,
    subscribers.router,
    health.router,
    text_templates.router,
)
MAINTENANCE = (windows.router, planning.router, series.router, window.router)
"""Literal paths stand before ids."""
PANELS = (
    panel_list.router,
    panel.router,
    restoration_list.router,
    restoration.router,
    accounts.router,
    account.router,
)
QUEUE = (listing.router, bulk_screen.router, totals.router, runs.router, policies.router, checking.router)
"""The last one takes ids."""
ROUTERS = (
    files,
    *SIGNING_IN,
    now.router,
    live.router,
    *AUDIT,
    *SETTINGS,
    update_text.router,
    incidents.router,
    signals.router,
    *MAINTENANCE,
    *PANELS,
    *QUEUE,
    last,
)
"""The last one takes what no other does."""
