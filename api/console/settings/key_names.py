"""Groups and audiences: what they are called, and their order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import FormBody, localized
from api.console.kernel.forms import FormCommand, SentForm
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen, led
from api.console.settings.ordering import moved, place, wanted_move
from api.http.forms import TAKES_FORM, own_form
from domain.access.keyring import Role

if TYPE_CHECKING:
    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/settings", route_class=ScreenRoute)


@dataclass(frozen=True)
class NamedKind:
    """A kind of keys that operators name."""

    path: str
    one: str
    several: str
    used_by: str

    @property
    def screen(self) -> str:
        """The address of its screen."""
        return f"/console/settings/{self.path}"

    @property
    def commands(self) -> dict[str, FormCommand]:
        """The forms of its screen."""
        naming = FormCommand(
            path=f"/v1/{self.path}/{{named}}", method="PUT", body=FormBody((localized("name"), place("position")))
        )
        return {"name": naming, "add": naming}


GROUPS = NamedKind("groups", "group", "groups", "a component")
AUDIENCES = NamedKind("audiences", "audience", "audiences", "a window")


@router.get("/groups")
async def show_groups(visit: Watching) -> Response:
    """List the groups of components."""
    return await answer_screen(visit, partial(read_names, kind=GROUPS))


@router.post("/groups", openapi_extra=TAKES_FORM)
async def name_group(visit: Operating) -> Response:
    """Name a group, or move it."""
    return await _change(visit, GROUPS)


@router.get("/audiences")
async def show_audiences(visit: Watching) -> Response:
    """List the audiences."""
    return await answer_screen(visit, partial(read_names, kind=AUDIENCES))


@router.post("/audiences", openapi_extra=TAKES_FORM)
async def name_audience(visit: Operating) -> Response:
    """Name an audience, or move it."""
    return await _change(visit, AUDIENCES)


async def read_names(visit: Visit, kind: NamedKind) -> Screen:
    """Read the keys of a kind: those that have a name in the order of the page, then those that have none."""
    found = (await visit.api.read(f"/v1/{kind.path}"))["data"]
    wanted = visit.query.get("edit", "")
    document = {
        "kind": kind,
        "may_change": visit.may(Role.OPERATOR),
        "named": [each for each in found if each["name"]],
        "unnamed": [each for each in found if not each["name"]],
        "edited": next((each for each in found if each["key"] == wanted), None),
    }
    return Screen(template="settings_names.html", document=document)


async def _change(visit: Visit, kind: NamedKind) -> Response:
    form, read = await own_form(visit.request), partial(read_names, kind=kind)
    name = form.text("form")
    if name == "add" and not form.text("named"):
        faults = {"named": "Enter the key."}
        return await answer_screen(visit, read, SentForm(name=name, filled=form, faults=faults, status=422))
    if name != "order":
        return await act(visit, read, kind.commands)
    direction, key = wanted_move({"move": form.text("move")})
    found = {each["key"]: each for each in (await visit.api.read(f"/v1/{kind.path}"))["data"] if each["name"]}
    for one, position in moved([(each, found[each]["position"]) for each in found], key, direction).items():
        reply = await visit.api.send(
            "PUT",
            f"/v1/{kind.path}/{one}",
            {"name": found[one]["name"], "position": position},
            if_match=f'"{found[one]["version"]}"',
        )
        if not reply.is_good:
            return await answer_screen(visit, read, SentForm.refused(name, form, reply))
    return led(kind.screen, name)
