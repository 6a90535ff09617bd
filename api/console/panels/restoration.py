"""The screen of a restoration: from the loss of access to the full recovery."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.panels.capability_matrix import STATES, UNMENTIONED, save_states
from api.console.panels.recovery_timeline import timeline
from api.console.panels.restoration_forms import CAPABILITY, COMMANDS
from api.console.panels.words import WORDS, grouped, short_length
from api.http.forms import TAKES_FORM, own_form
from domain.access.keyring import Role
from domain.errors import NotFound
from domain.panels.restoration import CapabilityState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)

PAGE = 25


@router.get("/restorations/{id}")
async def show_restoration(visit: Watching, id: str) -> Response:
    """Show a restoration."""
    return await answer_screen(visit, partial(read_restoration_screen, id=id))


@router.post("/restorations/{id}", openapi_extra=TAKES_FORM)
async def change_restoration(visit: Operating, id: str) -> Response:
    """Carry out what the form of a restoration says."""
    read = partial(read_restoration_screen, id=id)
    if (await own_form(visit.request)).text("form") == STATES:
        return await save_states(visit, read, id)
    return await act(visit, read, COMMANDS, id=id)


@router.get("/restorations/{id}/updates")
async def show_restoration_updates(visit: Watching, id: str) -> Response:
    """Show every update of a restoration."""
    return await answer_screen(visit, partial(read_restoration_updates, id=id))


@router.get("/restorations/{id}/capabilities/{name}")
async def show_capability(visit: Watching, id: str, name: str) -> Response:
    """Show what is said of one capability."""
    return await answer_screen(visit, partial(read_capability, id=id, name=name))


@router.post("/restorations/{id}/capabilities/{name}", openapi_extra=TAKES_FORM)
async def change_capability(visit: Operating, id: str, name: str) -> Response:
    """Say something else of one capability."""
    return await act(visit, partial(read_capability, id=id, name=name), CAPABILITY, id=id, capability=name)


async def read_restoration_screen(visit: Visit, id: str) -> Screen:
    """Read a restoration, its panel, and how far its accounts have come."""
    reply = await visit.api.get(f"/v1/restorations/{id}")
    restoration = reply.document
    panel, accounts, automations = await visit.api.read_all(
        f"/v1/panels/{restoration['panel']}", f"/v1/restorations/{id}/accounts/summary", "/v1/automations"
    )
    capabilities = _capabilities(restoration, panel)
    point, policies = restoration["recovery_point"], restoration["request_policies"]
    document = {
        **WORDS,
        "restoration": restoration,
        "version": reply.version,
        "position": reply.position,
        "panel": panel,
        "accounts": accounts,
        "automation_keys": [each["key"] for each in automations["data"]],
        "capabilities": capabilities,
        "not_back": [name for name, cell in capabilities.items() if cell["state"] != CapabilityState.AVAILABLE],
        "instructions_by_heading": grouped(restoration["instructions"], "heading"),
        "timeline": timeline(restoration, visit.now),
        "tolerance": short_length(point["tolerance"]) if point else "",
        "policies": {kind: {**each, "deadline": short_length(each["deadline"])} for kind, each in policies.items()},
        "may_operate": visit.may(Role.OPERATOR),
        "may_audit": visit.may(Role.AUDITOR),
        "may_check": visit.may(Role.REVIEWER, Role.AUDITOR),
    }
    return Screen(template="restoration.html", document=document)


async def read_restoration_updates(visit: Visit, id: str) -> Screen:
    """Read a page of the updates, the oldest first."""
    restoration = await visit.api.read(f"/v1/restorations/{id}")
    panel = await visit.api.read(f"/v1/panels/{restoration['panel']}")
    updates = await visit.api.read(f"/v1/restorations/{id}/updates", cursor=visit.query.get("cursor"), limit=PAGE)
    document = {**WORDS, "restoration": restoration, "panel": panel, "updates": updates}
    return Screen(template="restoration_updates.html", document=document)


async def read_capability(visit: Visit, id: str, name: str) -> Screen:
    """Read what is said of one capability, and the components that can show it.

    Raises:
        NotFound: if neither the restoration nor its panel knows it.
    """
    reply = await visit.api.get(f"/v1/restorations/{id}")
    panel, components = await visit.api.read_all(f"/v1/panels/{reply.document['panel']}", "/v1/components")
    cell = _capabilities(reply.document, panel).get(name)
    if cell is None:
        raise NotFound(f"there is no function {name} on this panel")
    document = {
        **WORDS,
        "restoration": reply.document,
        "version": reply.version,
        "panel": panel,
        "name": name,
        "cell": cell,
        "components": components["data"],
        "may_operate": visit.may(Role.OPERATOR),
    }
    return Screen(template="capability.html", document=document)


def _capabilities(restoration: Mapping[str, Any], panel: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give the capabilities of a panel and of its restoration, in the order of the panel."""
    known = restoration["capabilities"]
    nothing = {**UNMENTIONED, "since": None, "overdue": False, "given_up": False}
    return {name: known.get(name, nothing) for name in dict.fromkeys((*panel["capabilities"], *known))}
