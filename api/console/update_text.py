"""All that one update of an incident, a window or a restoration says: lists show only the beginning of a long one."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.guards import Watching
from api.console.kernel.screens import Screen, ScreenRoute, answer_screen
from domain.errors import NotFound

if TYPE_CHECKING:
    from api.console.kernel.visit import Visit
    from application.document import Localized

router = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)
PIECE = 200


class Updated(StrEnum):
    """What has updates, as addresses call it."""

    INCIDENTS = "incidents"
    WINDOWS = "maintenance-windows"
    RESTORATIONS = "restorations"


@router.get("/{things}/{id}/updates/{number}")
async def show_update(visit: Watching, things: Updated, id: str, number: int) -> Response:
    """Show one update, whole, in one language."""
    return await answer_screen(visit, partial(read_update, path=f"{things}/{id}", number=number))


async def read_update(visit: Visit, path: str, number: int) -> Screen:
    """Read it, or with ``?original`` what stood there before it was corrected.

    Raises:
        NotFound: if there is none of this number.
    """
    cursor: str | None = None
    while True:
        page = await visit.api.read(f"/v1/{path}/updates", cursor=cursor, limit=PIECE)
        update = next((each for each in page["data"] if each["number"] == number), None)
        cursor = page["next_cursor"]
        if update is not None:
            break
        if cursor is None:
            raise NotFound(f"there is no update {number}")
    original = update.get("original") if visit.query.get("original") else None
    message: Localized = (original or update)["message"] or {}
    asked = visit.query.get("in", "")
    document = {
        "path": path,
        "update": update,
        "moment": (original or update)["occurred_at"],
        "is_original": original is not None,
        "message": message,
        "tag": asked if asked in message else next(iter(message), ""),
    }
    return Screen(template="update_text.html", document=document)
