"""Signals: what monitoring reports, what nobody knows the component of, and what a person clears by hand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import FormBody, text
from api.console.kernel.forms import FormCommand
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import LANGUAGE, Screen, ScreenRoute, act, answer_screen
from api.console.known_components import FEW, read_components
from api.http.forms import TAKES_FORM, own_form
from application.document import chosen
from domain.access.keyring import Role

if TYPE_CHECKING:
    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/signals", route_class=ScreenRoute)

PAGE, MOST_UNROUTED, MOST_FIRING = 50, 50, 100
REASON = FormBody((text("reason"),))
COMMANDS = {
    "clear": FormCommand(path="/v1/signals/{signal}/clearance", body=REASON),
    "refire": FormCommand(path="/v1/signals/{signal}/refiring", body=REASON),
    "route": FormCommand(path="/v1/unrouted-signals/{signal}/routing", body=FormBody((text("component"),))),
}


@router.get("")
async def show_signals(visit: Watching) -> Response:
    """List the signals."""
    return await answer_screen(visit, read_signals)


@router.post("", openapi_extra=TAKES_FORM)
async def handle_signal(visit: Operating) -> Response:
    """Clear a signal, let it fire again, or say which component it is on; the name of the form ends with its id."""
    form = await own_form(visit.request)
    name = form.text("form")
    deed, _, signal = name.partition("-")
    commands = {name: COMMANDS[deed]} if deed in COMMANDS else {}
    return await act(visit, read_signals, commands, signal=signal)


async def read_signals(visit: Visit) -> Screen:
    """Read them: those that fire first, those without a component before the others; then all, page by page."""
    cursor = visit.query.get("cursor") or None
    unrouted, firing, page, known = await asyncio.gather(
        visit.api.read("/v1/unrouted-signals", state="firing", limit=MOST_UNROUTED),
        visit.api.read("/v1/signals", state="firing", limit=MOST_FIRING),
        visit.api.read("/v1/signals", cursor=cursor, limit=PAGE),
        read_components(visit),
    )
    default = visit.facade.settings.languages[0]
    components = [
        (each["key"], chosen(each["name"], LANGUAGE, default)) for group in known.grouped() for each in group.components
    ]
    return Screen(
        template="signals.html",
        document={
            "unrouted": unrouted["data"],
            "more_unrouted": unrouted["has_more"],
            "firing": [each for each in firing["data"] if each["routed"]],
            "more_firing": firing["has_more"],
            "others": [each for each in page["data"] if each["state"] != "firing"],
            "next_cursor": page["next_cursor"],
            "is_first": cursor is None,
            "names": known.names,
            "components": components,
            "are_many": len(components) > FEW,
            "may_act": visit.may(Role.OPERATOR),
        },
    )
