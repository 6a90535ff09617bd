"""The screen of all panels: how each does, which one an account is on, and a form for another panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import Body, lines, localized, number, text
from api.console.kernel.forms import Command
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.panels.words import WORDS
from api.http.forms import TAKES_FORM
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)

COMMANDS = {
    "register": Command(
        path="/v1/panels",
        body=Body(
            (
                text("key"),
                localized("name"),
                text("zone"),
                text("accounts_from"),
                text("accounts_until"),
                lines("capabilities"),
            )
        ),
    ),
    "name_automation": Command(
        path="/v1/automations/{automation}", body=Body((localized("name"), number("position"))), method="PUT"
    ),
}


@router.get("/panels")
async def show_panel_list(visit: Watching) -> Response:
    """Show the panels."""
    return await answer_screen(visit, read_panel_list)


@router.post("/panels", openapi_extra=TAKES_FORM)
async def change_panel_list(visit: Operating) -> Response:
    """Register a panel, or name an automation."""
    return await act(visit, read_panel_list, COMMANDS)


async def read_panel_list(visit: Visit) -> Screen:
    """Read the panels, what works on each, and the panel of an account if that was asked."""
    panels, availability, status, automations = await visit.api.read_all(
        "/v1/panels", "/v1/panels/availability", "/v1/status", "/v1/automations"
    )
    by_key = {each["key"]: each for each in availability["data"]}
    created_on = visit.query.get("account_created_on", "").strip()
    document = {
        **WORDS,
        "panels": [
            {**panel, "availability": by_key[panel["key"]], "status": _status_of(panel["key"], status)}
            for panel in panels["data"]
            if panel["key"] in by_key
        ],
        "automations": automations["data"],
        "created_on": created_on,
        "found": await _look_up(visit, created_on),
        "names": {panel["key"]: panel["name"] for panel in panels["data"]},
        "to_name": _to_name(visit, automations["data"]),
        "may_operate": visit.may(Role.OPERATOR),
    }
    return Screen(template="panels.html", document=document)


async def _look_up(visit: Visit, created_on: str) -> Mapping[str, Any]:
    if not created_on:
        return {"fault": "", "panel": None}
    reply = await visit.api.send("GET", "/v1/panels/lookup", query={"account_created_on": created_on})
    if not reply.is_good:
        return {"fault": reply.document["errors"][0]["detail"], "panel": None}
    return {"fault": "", "panel": reply.document["panel"]}


def _status_of(key: str, status: Mapping[str, Any]) -> str:
    return next((str(each["status"]) for each in status["panels"] if each["key"] == key), "unknown")


def _to_name(visit: Visit, automations: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Give the automation whose name is asked for; one that nobody named before has no version."""
    wanted = visit.query.get("automation", "")
    found = next((each for each in automations if each["key"] == wanted), None)
    return {"version": "", **(found or {"key": wanted, "name": None, "position": 0})}
