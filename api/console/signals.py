"""Signals: what monitoring reports, what nobody knows the component of, and what a person clears by hand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.incidents.lists import OPEN
from api.console.kernel.fields import Body, text
from api.console.kernel.forms import Command
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import LANGUAGE, Screen, ScreenRoute, act, answer_screen
from api.console.known_components import read_components
from api.http.forms import TAKES_FORM, own_form
from application.document import chosen
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.console.kernel.visit import Visit
    from application.incidents.signal_documents import SignalDocument

router = APIRouter(include_in_schema=False, prefix="/console/signals", route_class=ScreenRoute)

PAGE, MOST_UNROUTED, MOST_FIRING, MOST_INCIDENTS = 30, 50, 60, 50
REASON = Body((text("reason"),))
COMMANDS = {
    "clear": Command(path="/v1/signals/{signal}/clearance", body=REASON),
    "refire": Command(path="/v1/signals/{signal}/refiring", body=REASON),
    "route": Command(path="/v1/unrouted-signals/{signal}/routing", body=Body((text("component"),))),
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
    """Read them: first those without a component, then those that fire in open incidents, then all, page by page."""
    cursor = visit.query.get("cursor") or None
    unrouted, firing, page, known = await asyncio.gather(
        visit.api.read("/v1/unrouted-signals", limit=MOST_UNROUTED),
        _firing(visit) if cursor is None else _nothing(),
        visit.api.read("/v1/signals", cursor=cursor, limit=PAGE),
        read_components(visit),
    )
    apart = {each["id"] for each in (*unrouted["data"], *firing)}
    default = visit.facade.settings.languages[0]
    components = [
        (each["key"], chosen(each["name"], LANGUAGE, default)) for group in known.grouped() for each in group.components
    ]
    return Screen(
        template="signals.html",
        document={
            "unrouted": unrouted["data"] if cursor is None else [],
            "more_unrouted": unrouted["has_more"],
            "firing": firing,
            "others": [each for each in page["data"] if cursor is not None or each["id"] not in apart],
            "next_cursor": page["next_cursor"],
            "is_first": cursor is None,
            "names": known.names,
            "components": components,
            "may_act": visit.may(Role.OPERATOR),
        },
    )


async def _firing(visit: Visit) -> Sequence[SignalDocument]:
    """Read the signals that fire in open incidents."""
    pages = await asyncio.gather(
        *(visit.api.read("/v1/incidents", state=str(state), limit=MOST_INCIDENTS) for state in OPEN)
    )
    incidents: list[Any] = [each for page in pages for each in page["data"]]
    ids = [signal for each in incidents for signal in each["signals_firing"]][:MOST_FIRING]
    found = await asyncio.gather(*(visit.api.find(f"/v1/signals/{each}") for each in ids))
    return [each for each in found if each is not None]


async def _nothing() -> Sequence[SignalDocument]:
    return ()
