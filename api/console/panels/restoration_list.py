"""The screen of all restorations, and the form that reports that access to a panel was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import Body, instant, localized, quiet, text
from api.console.kernel.forms import Command
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.panels.words import WORDS
from api.http.forms import TAKES_FORM
from domain.access.keyring import Role

if TYPE_CHECKING:
    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)

PAGE = 25
COMMANDS = {
    "begin": Command(
        path="/v1/restorations",
        body=Body(
            (
                text("panel"),
                instant("lost_at"),
                localized("provider"),
                localized("reason"),
                quiet(),
                text("notify_reason"),
            )
        ),
        leads=lambda made: f"/console/restorations/{made['id']}",
    ),
}


@router.get("/restorations")
async def show_restoration_list(visit: Watching) -> Response:
    """Show the restorations."""
    return await answer_screen(visit, read_restoration_list)


@router.post("/restorations", openapi_extra=TAKES_FORM)
async def begin_from_console(visit: Operating) -> Response:
    """Report that access to a panel was lost."""
    return await act(visit, read_restoration_list, COMMANDS)


async def read_restoration_list(visit: Visit) -> Screen:
    """Read the restorations that were asked for, and the panels by name."""
    asked = {name: visit.query.get(name, "") for name in ("panel", "state", "cursor")}
    found = await visit.api.read("/v1/restorations", limit=PAGE, **asked)
    panels = (await visit.api.read("/v1/panels"))["data"]
    document = {
        **WORDS,
        "restorations": found,
        "panels": {panel["key"]: panel["name"] for panel in panels},
        "asked": asked,
        "may_operate": visit.may(Role.OPERATOR),
    }
    return Screen(template="restorations.html", document=document)
