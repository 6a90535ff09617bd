"""One series: its rule, the windows that it made, and those that come next."""

from __future__ import annotations

from asyncio import gather
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import Body
from api.console.kernel.forms import Command
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.maintenance.lists import SERIES, WINDOWS, read_components
from api.console.maintenance.times_check import clocks_of, length_of
from api.console.maintenance.window import NEEDED_REASON
from api.http.forms import TAKES_FORM
from domain.access.keyring import Role

if TYPE_CHECKING:
    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/maintenance-windows/series", route_class=ScreenRoute)

PIECE = 25
ASKED = ("zone", "start", "end", "duration", "ambiguous", "markets", "rule", "exdates", "rdates")
COMMANDS = {"end": Command(path=f"{SERIES}/{{id}}/ending", body=Body((NEEDED_REASON,)))}


@router.get("/{id}")
async def show_series(visit: Watching, id: str) -> Response:
    """Show one series."""
    return await answer_screen(visit, partial(read_series, id=id))


@router.post("/{id}", openapi_extra=TAKES_FORM)
async def end_series(visit: Operating, id: str) -> Response:
    """End it."""
    return await act(visit, partial(read_series, id=id), COMMANDS, id=id)


async def read_series(visit: Visit, id: str) -> Screen:
    """Read a series, its windows that are still to come, and what its rule gives next."""
    reply, windows, components = await gather(
        visit.api.get(f"{SERIES}/{id}"),
        visit.api.read(WINDOWS, series=id, stage="upcoming", limit=PIECE, cursor=visit.query.get("cursor", "")),
        read_components(visit),
    )
    series = reply.document
    document = {
        "series": series,
        "version": reply.version,
        "windows": windows["data"],
        "cursor": windows["next_cursor"],
        "coming": await _coming(visit, series),
        "names": {each["key"]: each["name"] for each in components},
        "may_change": visit.may(Role.OPERATOR),
        "length": partial(length_of, visit),
    }
    return Screen(template="window_series.html", document=document)


async def _coming(visit: Visit, series: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the next dates; one that was ended has none."""
    if series["ended_at"] is not None:
        return []
    asked = {name: series[name] for name in ASKED if series[name] is not None}
    reply = await visit.api.send("POST", f"{SERIES}/dates", asked)
    if not reply.is_good:
        return []
    return [{**each, "clocks": each["times"] and clocks_of(visit, each["times"])} for each in reply.document["coming"]]
