"""One series: its rule, the windows that it made, and those that come next."""

from __future__ import annotations

from asyncio import gather
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import Body
from api.console.kernel.forms import Command
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.maintenance.lists import SERIES, WINDOWS, read_components
from api.console.maintenance.times_check import length_of, shown_dates
from api.console.maintenance.window import NEEDED_REASON
from api.http.forms import TAKES_FORM
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console.kernel.visit import Visit
    from api.console.maintenance.times_check import ShownDate
    from application.maintenance.series_documents import SeriesDocument

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


async def _coming(visit: Visit, series: SeriesDocument) -> list[ShownDate]:
    """Give the next dates; one that was ended has none."""
    if series["ended_at"] is not None:
        return []
    known: Mapping[str, object] = dict(series)
    asked = {name: known[name] for name in ASKED if known[name] is not None}
    reply = await visit.api.send("POST", f"{SERIES}/dates", asked)
    if not reply.is_good:
        return []
    return shown_dates(visit, reply.document["coming"])
