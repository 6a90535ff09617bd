"""The board: what works right now, and what worked then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.http.auth import Reader, facade_of
from api.http.hot_route import HotRoute, PublicAnswer
from api.http.openapi_answers import shows
from api.http.page_cache import CachedPages
from api.http.parameters import AsOf, At, Language, MinPosition
from api.http.read_context import read_context_of
from api.status.cached_pages import read_board
from application.status.documents import Board
from application.status.projection import BOARD_VIEW

if TYPE_CHECKING:
    from starlette.types import ASGIApp

router = APIRouter(tags=["status"], route_class=HotRoute)

read_context = read_context_of(BOARD_VIEW, at=True)


@router.get("/v1/status", responses=shows(Board), response_model=None, response_class=Response)
async def read_status(
    request: Request,
    reader: Reader,
    lang: Language = None,
    as_of: AsOf = None,
    at: At = None,
    min_position: MinPosition = None,
) -> ASGIApp:
    """Read the board. ``as_of``: as it was shown then. ``at``: what was true then, as known now or as of ``as_of``."""
    pages: CachedPages = request.app.state.public_board
    is_of_now = as_of is None and at is None and min_position is None
    if reader is None and is_of_now and (lang is None or lang in pages.languages):
        page, age = await pages.public(lang)
        return PublicAnswer(request, page, age)
    context = await read_context(request, facade_of(request), reader, lang, as_of, at, min_position)
    document, _ = await read_board(context.facade, context.position, context.at, context.now, context.side)
    return context.one(document, Board)
