"""Components: what they are called, their order, and what becomes of them."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import LEFT_OUT, Filled, FormBody, Member, flag, localized, several, text
from api.console.kernel.forms import FormCommand, SentForm
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen, led
from api.console.settings.ordering import moved, place, wanted_move
from api.http.forms import TAKES_FORM, own_form
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/settings/components", route_class=ScreenRoute)


def changes(name: str) -> Member:
    """Read a text in several languages; a language that was emptied is taken away."""

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        languages = [each for each in filled.form.names() if each.startswith(f"{at}.")]
        return {each.removeprefix(f"{at}."): filled.form.text(each) or None for each in languages} or LEFT_OUT

    return Member(name, read)


REST = (
    text("group"),
    several("markets", empty=[]),
    flag("public"),
    text("since"),
    place("position"),
    text("heartbeat", empty=None),
)
SECONDS = re.compile(r"PT(\d{1,9})S")
UNITS = (("h", 3_600), ("m", 60), ("s", 1))
SCREEN = "/console/settings/components"
COMPONENT = "/v1/components/{component}"
ON_LIST = {
    "register": FormCommand(
        path="/v1/components",
        body=FormBody((text("key"), localized("name"), localized("description"), *REST)),
        leads=lambda made: f"{SCREEN}/{quote(made['key'], safe='')}",
    )
}
ON_ONE = {
    "revise": FormCommand(
        path=COMPONENT, method="PATCH", body=FormBody((changes("name"), changes("description"), *REST))
    ),
    "retire": FormCommand(path=f"{COMPONENT}/retirement", sends_body=False),
    "pin": FormCommand(path=f"{COMPONENT}/pins", body=FormBody((text("status"), text("reason")))),
    "unpin": FormCommand(path=f"{COMPONENT}/pins/{{pin}}", method="DELETE", sends_body=False),
}


@router.get("")
async def show_components(visit: Watching) -> Response:
    """List the components by group."""
    return await answer_screen(visit, read_components)


@router.post("", openapi_extra=TAKES_FORM)
async def change_components(visit: Operating) -> Response:
    """Register a component, or move one on the page."""
    form = await own_form(visit.request)
    if form.text("form") != "order":
        return await act(visit, read_components, ON_LIST)
    direction, key = wanted_move({"move": form.text("move")})
    for group in await _groups(visit):
        found = {each["key"]: each for each in group["components"]}
        for one, position in moved([(each, found[each]["position"]) for each in found], key, direction).items():
            reply = await visit.api.send(
                "PATCH",
                f"/v1/components/{one}",
                {"position": position},
                if_match=f'"{found[one]["version"]}"',
            )
            if not reply.is_good:
                return await answer_screen(visit, read_components, SentForm.refused("order", form, reply))
    return led(SCREEN, "order")


@router.get("/{key}")
async def show_component(visit: Watching, key: str) -> Response:
    """Show one component."""
    return await answer_screen(visit, partial(read_component, key=key))


@router.post("/{key}", openapi_extra=TAKES_FORM)
async def change_component(visit: Operating, key: str) -> Response:
    """Change it, pin it, or retire it."""
    return await act(visit, partial(read_component, key=key), ON_ONE, component=key)


async def read_components(visit: Visit) -> Screen:
    """Read all components by group."""
    return Screen(
        template="settings_components.html",
        document={"groups": await _groups(visit), "may_change": visit.may(Role.OPERATOR)},
    )


async def read_component(visit: Visit, key: str) -> Screen:
    """Read one component."""
    reply, board, groups = await asyncio.gather(
        visit.api.get(f"/v1/components/{key}"),
        visit.api.read("/v1/status"),
        visit.api.read("/v1/groups"),
    )
    status = next((each for each in board["components"] if each["key"] == key), None)
    document = {
        "component": {**reply.document, "heartbeat": short_length(reply.document["heartbeat"])},
        "version": reply.version,
        "status": status,
        "may_change": visit.may(Role.OPERATOR),
        "may_audit": visit.may(Role.AUDITOR),
        "groups": groups["data"],
    }
    return Screen(template="settings_component.html", document=document)


def short_length(duration: str | None) -> str:
    """Write a duration of routes, ``PT900S``, as people type it: ``15m``; empty if there is none."""
    found = SECONDS.fullmatch(duration or "")
    if found is None:
        return duration or ""
    seconds = int(found[1])
    unit, length = next((pair for pair in UNITS if seconds and seconds % pair[1] == 0), ("s", 1))
    return f"{seconds // length}{unit}"


async def _groups(visit: Visit) -> Sequence[Mapping[str, Any]]:
    """Give the groups in the order of the page, each with its components."""
    found, groups = await asyncio.gather(visit.api.read("/v1/components"), visit.api.read("/v1/groups"))
    names = {each["key"]: each["name"] for each in groups["data"]}
    by_group: dict[str, list[Any]] = {key: [] for key in names}
    for each in found["data"]:
        by_group.setdefault(each["group"], []).append(each)
    return [
        {"key": key, "name": names.get(key), "components": components}
        for key, components in by_group.items()
        if components
    ]
