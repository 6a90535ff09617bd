"""Templates of texts: listed, written, changed and retired, with what they said before."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import LEFT_OUT, Filled, FormBody, Member, localized, text
from api.console.kernel.forms import FormCommand
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.http.forms import TAKES_FORM
from domain.access.keyring import Role
from domain.templates.template import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console.kernel.visit import Visit
    from application.templates.documents import TemplateDocument, TemplateVersionPage

router = APIRouter(include_in_schema=False, prefix="/console/settings/templates", route_class=ScreenRoute)

PAGE, FEW_VERSIONS = 100, 20
PURPOSES = {
    Purpose.INCIDENT: "Declaring an incident",
    Purpose.INCIDENT_UPDATE: "An update of an incident",
    Purpose.MAINTENANCE_WINDOW: "Planning maintenance",
    Purpose.MAINTENANCE_UPDATE: "An update of maintenance",
    Purpose.POLICY_PUBLISHED: "What policies say when they publish",
    Purpose.POLICY_FIRED_AGAIN: "What policies say when a signal fires again",
    Purpose.POLICY_MONITORING: "What policies say when all signals are clear",
    Purpose.POLICY_RESOLVED: "What policies say when they resolve",
    Purpose.POLICY_REOPENED: "What policies say when they reopen",
}


def _changes(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    """Read a text in all languages; one that was emptied is taken away."""
    names = [name for name in filled.form.names() if name.startswith(f"{at}.")]
    found = {name.removeprefix(f"{at}."): filled.form.text(name) or None for name in names}
    return found if any(found.values()) else (None if names else LEFT_OUT)


def _path_of(document: Mapping[str, Any]) -> str:
    return f"/console/settings/templates/{document['key']}"


WRITING = {
    "create": FormCommand(
        path="/v1/templates",
        body=FormBody((text("key"), text("purpose"), localized("title"), localized("message"))),
        leads=_path_of,
    )
}
CHANGING = {
    "change": FormCommand(
        path="/v1/templates/{key}",
        body=FormBody((Member("title", _changes), Member("message", _changes))),
        method="PATCH",
    ),
    "retire": FormCommand(path="/v1/templates/{key}/retirement", sends_body=False, leads="/console/settings/templates"),
}


@router.get("")
async def show_templates(visit: Watching) -> Response:
    """List the templates in use."""
    return await answer_screen(visit, read_templates)


@router.get("/new")
async def show_new_template(visit: Operating) -> Response:
    """Show the form to write one."""
    return await answer_screen(visit, read_new_template)


@router.post("/new", openapi_extra=TAKES_FORM)
async def create_template(visit: Operating) -> Response:
    """Write a template."""
    return await act(visit, read_new_template, WRITING)


@router.get("/{key}")
async def show_template(visit: Watching, key: str) -> Response:
    """Show a template and what it said before."""
    return await answer_screen(visit, partial(read_template, key=key))


@router.post("/{key}", openapi_extra=TAKES_FORM)
async def change_template(visit: Operating, key: str) -> Response:
    """Change or retire it."""
    return await act(visit, partial(read_template, key=key), CHANGING, key=key)


async def read_templates(visit: Visit) -> Screen:
    """Read those in use, by what they are for."""
    page = await visit.api.read("/v1/templates", limit=PAGE, cursor=visit.query.get("cursor"))
    by_purpose = {
        words: found
        for purpose, words in PURPOSES.items()
        if (found := [each for each in page["data"] if each["purpose"] == purpose])
    }
    return Screen(
        template="text_templates.html",
        document={
            "by_purpose": by_purpose,
            "next_cursor": page["next_cursor"],
            "is_first": not visit.query.get("cursor"),
            "may_act": visit.may(Role.OPERATOR),
        },
    )


async def read_new_template(visit: Visit) -> Screen:
    """Read what one can be for."""
    return Screen(
        template="text_template_new.html",
        document={"purposes": [(str(purpose), words) for purpose, words in PURPOSES.items()]},
    )


async def read_template(visit: Visit, key: str) -> Screen:
    """Read a template as it is, or as of a position as it was then, and who changed it when."""
    as_of = visit.query.get("as_of", "")
    path, cursor = f"/v1/templates/{key}", visit.query.get("cursor", "")
    reply, versions = await asyncio.gather(
        visit.api.get(path, as_of=as_of),
        _nothing() if as_of else visit.api.read(f"{path}/versions", limit=FEW_VERSIONS, cursor=cursor),
    )
    template: TemplateDocument = reply.document
    purpose = Purpose(template["purpose"])
    return Screen(
        template="text_template.html",
        document={
            "template": template,
            "version": reply.version,
            "purpose": PURPOSES[purpose],
            "has_title": purpose.has_title,
            "is_of_policies": purpose.is_of_policies,
            "may_act": visit.may(Role.OPERATOR) and template["retired_at"] is None and not as_of,
            "may_audit": visit.may(Role.AUDITOR),
            "is_past": bool(as_of),
            "versions": versions["data"],
            "next_cursor": versions["next_cursor"],
            "is_first": not cursor,
        },
    )


async def _nothing() -> TemplateVersionPage:
    return {"data": [], "has_more": False, "next_cursor": None}
