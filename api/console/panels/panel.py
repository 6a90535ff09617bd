"""The screen of one panel: what it can do, whether an automation may run on it, and its losses of access."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.client import part
from api.console.kernel.fields import FieldFault, FormBody, localized, read_instant, text
from api.console.kernel.forms import FormCommand
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.panels.members import changes
from api.console.panels.words import REASON_WORDS, WORDS
from api.http.forms import TAKES_FORM
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)

MOST_RESTORATIONS = 20
CAPABILITY = "/v1/panels/{key}/capabilities/{capability}"
COMMANDS = {
    "rename": FormCommand(path="/v1/panels/{key}", body=FormBody((changes("name"),)), method="PATCH"),
    "add_capability": FormCommand(
        path="/v1/panels/{key}/capabilities", body=FormBody((text("key"), localized("name")))
    ),
    "rename_capability": FormCommand(path=CAPABILITY, body=FormBody((changes("name"),)), method="PATCH"),
    "hide": FormCommand(path=CAPABILITY, body=FormBody(fixed={"hidden": True}), method="PATCH"),
    "unhide": FormCommand(path=CAPABILITY, body=FormBody(fixed={"hidden": False}), method="PATCH"),
}
OF_ONE = frozenset({"rename_capability", "hide", "unhide"})
"""The forms about one capability, which they name."""


@router.get("/panels/{key}")
async def show_panel_screen(visit: Watching, key: str) -> Response:
    """Show a panel."""
    return await answer_screen(visit, partial(read_panel_screen, key=key))


@router.post("/panels/{key}", openapi_extra=TAKES_FORM)
async def change_panel(visit: Operating, key: str) -> Response:
    """Change the name of a panel, or what it can do."""
    return await act(visit, partial(read_panel_screen, key=key), COMMANDS, key=key)


async def read_panel_screen(visit: Visit, key: str) -> Screen:
    """Read a panel, what works on it, its restorations, and the decision that was asked for."""
    reply = await visit.api.get(f"/v1/panels/{key}")
    availability, automations = await visit.api.read_all(f"/v1/panels/{key}/availability", "/v1/automations")
    restorations = await visit.api.read("/v1/restorations", panel=key, limit=MOST_RESTORATIONS)
    sent = visit.sent.filled
    one = sent.text("capability") if sent is not None and visit.sent.name in OF_ONE else visit.query.get("capability")
    document = {
        **WORDS,
        "panel": reply.document,
        "version": reply.version,
        "availability": availability,
        "restorations": restorations["data"],
        "automations": automations["data"],
        "capability": one if one in availability["capabilities"] else None,
        "asked": {name: visit.query.get(name, "").strip() for name in ("automation", "created")},
        "decision": await _decide(visit, key),
        "may_operate": visit.may(Role.OPERATOR),
    }
    return Screen(template="panel.html", document=document)


async def _decide(visit: Visit, key: str) -> Mapping[str, Any] | None:
    """Ask whether an automation may run for an item, if that was asked; what cannot be asked is a fault."""
    automation, created = (visit.query.get(name, "").strip() for name in ("automation", "created"))
    if not automation and not created:
        return None
    if not automation:
        return {"fault": "Choose an automatic action."}
    if not created:
        return {"fault": "Enter when the item was created."}
    try:
        moment = read_instant(created, visit.zone, "created")
    except FieldFault as fault:
        return {"fault": fault.text}
    path = f"/v1/panels/{key}/automations/{part(automation)}/decision"
    reply = await visit.api.send("GET", path, query={"item_created_at": moment})
    if not reply.is_good:
        return {"fault": reply.document["detail"]}
    return {**reply.document, "fault": "", "words": REASON_WORDS[reply.document["reason"]], "moment": moment}
