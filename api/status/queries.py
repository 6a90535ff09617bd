"""The board: what works right now, and what worked then."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.http.openapi_answers import shows
from api.http.read_context import Look, looking_back
from api.status.answers import Board
from api.status.cached_pages import read_board
from application.status.projection import BOARD

router = APIRouter(tags=["status"])

LookingBack = Annotated[Look, Depends(looking_back(BOARD))]


@router.get("/v1/status", responses=shows(Board))
async def read_status(look: LookingBack) -> Response:
    """Read the board; ``as_of``: as it showed then, ``at``: what was true then, by what is known as of ``as_of``."""
    document, _ = await read_board(look.service, look.position, look.at, look.now, look.side)
    return look.one(document)
