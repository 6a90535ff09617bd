"""The board: what works right now, and what worked then."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import dump, tagged
from api.board import read_board
from api.dependencies import Reader, Serving, point
from api.parameters import AsOf, At, Language, MinPosition
from api.responses import shows
from api.schemas.shown_components import Board
from api.sides import side_of, spoken

router = APIRouter(tags=["status"])


@router.get("/v1/status", responses=shows(Board))
async def read_status(
    request: Request,
    service: Serving,
    reader: Reader,
    lang: Language = None,
    as_of: AsOf = None,
    at: At = None,
    min_position: MinPosition = None,
) -> Response:
    """Read the board; ``as_of``: as it showed then, ``at``: what was true then, by what is known as of ``as_of``."""
    side = side_of(reader)
    where = await point(request, as_of=as_of, at=at, min_position=min_position, sees_private=not side.public)
    document, _ = await read_board(service, where.position, where.at, where.now, side)
    body = dump(spoken(document, lang, service.languages[0])).encode()
    return tagged(request, body, position=where.position if reader else None)
