"""The lists of windows and of series."""

from __future__ import annotations

from asyncio import gather
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.guards import Watching
from api.console.kernel.screens import Screen, ScreenRoute, answer_screen
from domain.access.keyring import Role

if TYPE_CHECKING:
    from api.console.kernel.visit import Visit
    from application.components.documents import ComponentDocument
    from application.maintenance.documents import WindowPage

router = APIRouter(include_in_schema=False, prefix="/console/maintenance-windows", route_class=ScreenRoute)

WINDOWS, SERIES = "/v1/maintenance-windows", "/v1/maintenance-series"
PIECE = 25
MOST = 200
"""How many windows in progress are read."""


@router.get("")
async def show_windows(visit: Watching) -> Response:
    """Show what is in progress and planned, or what is past, or what was cancelled."""
    return await answer_screen(visit, read_windows)


async def read_windows(visit: Visit) -> Screen:
    """Read the list that the address asks for."""
    asked = {name: visit.query.get(name, "") for name in ("component", "visibility", "cursor", "view")}
    filters = {name: asked[name] for name in ("component", "visibility")}
    view = asked["view"] if asked["view"] in {"past", "cancelled"} else ""
    state = {"past": "completed", "cancelled": "cancelled"}.get(view)
    listed = {"state": state} if state else {"stage": "upcoming"}
    is_first = not (view or asked["cursor"])
    page, active, components = await gather(
        visit.api.get(WINDOWS, **listed, **filters, limit=PIECE, cursor=asked["cursor"]),
        visit.api.read(WINDOWS, stage="active", **filters, limit=MOST) if is_first else _nothing(),
        read_components(visit),
    )
    return Screen(
        template="windows.html",
        document={
            "view": view,
            "asked": asked,
            "is_first": is_first,
            "active": active["data"],
            "windows": page.document["data"],
            "cursor": page.document["next_cursor"],
            "position": page.position,
            "names": {each["key"]: each["name"] for each in components},
            "may_change": visit.may(Role.OPERATOR),
        },
    )


@router.get("/series")
async def show_all_series(visit: Watching) -> Response:
    """Show the series of windows."""
    return await answer_screen(visit, read_all_series)


async def read_all_series(visit: Visit) -> Screen:
    """Read them, the newest first."""
    page = await visit.api.read(SERIES, limit=PIECE, cursor=visit.query.get("cursor", ""))
    document = {"series": page["data"], "cursor": page["next_cursor"], "may_change": visit.may(Role.OPERATOR)}
    return Screen(template="window_series_list.html", document=document)


async def read_components(visit: Visit) -> list[ComponentDocument]:
    """Give the components that there are, in the order of the page."""
    found: list[ComponentDocument] = (await visit.api.read("/v1/components"))["data"]
    return found


async def _nothing() -> WindowPage:
    return {"data": [], "has_more": False, "next_cursor": None}
