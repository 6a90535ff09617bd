"""The screen of the accounts of a restoration: how far they are, which ones, and their import."""

from __future__ import annotations

import csv
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.forms import REVIEW, SentForm
from api.console.kernel.guards import Operating, Watching
from api.console.kernel.screens import OWN_ANSWERS, Screen, ScreenRoute, answer_screen
from api.console.panels.account_lines import to_lines
from api.console.panels.words import WORDS
from api.http.answers import JSON
from api.http.forms import TAKES_ANY_FORM, own_form
from application.errors import Malformed, NotAuthenticated
from domain.access.keyring import Role
from domain.panels.account import RecoveryState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console.kernel.client import Reply
    from api.console.kernel.visit import Visit
    from api.http.forms import FilledForm

router = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)

PAGE = 50
NAMED = 100
"""How many refused lines the screen names."""
IMPORT, PIECE = "import", "piece"
"""The name of the form, and what it wants if it is sent in pieces by a script, which reads JSON."""
DONE = (RecoveryState.MERGED, RecoveryState.KEPT_APART, RecoveryState.ACCEPTED)


@router.get("/restorations/{id}/accounts")
async def show_accounts(visit: Watching, id: str) -> Response:
    """Show the accounts of a restoration."""
    return await answer_screen(visit, partial(read_accounts, id=id))


@router.post("/restorations/{id}/accounts", openapi_extra=TAKES_ANY_FORM)
async def import_accounts(visit: Operating, id: str) -> Response:
    """Import accounts, and say what became of them.

    Raises:
        Malformed: if it is no form of the screen.
    """
    form, read = await own_form(visit.request), partial(read_accounts, id=id)
    if form.text("form") != IMPORT:
        raise Malformed("the screen has no such form")
    if form.text("do") == REVIEW:
        return await answer_screen(visit, read, SentForm(name=IMPORT, filled=form))
    text = form.text("file") or form.text("lines")
    if not text:
        return await answer_screen(visit, read, _wrong(form, "Choose a file, or paste the lines."))
    try:
        body, media = to_lines(text, form.text("head"))
    except csv.Error:
        return await answer_screen(visit, read, _wrong(form, "This is no table. Write one account on each line."))
    reply = await visit.api.send("POST", f"/v1/restorations/{id}/accounts", body, media=media)
    if reply.status == HTTPStatus.UNAUTHORIZED:
        raise NotAuthenticated("sign in again")
    if form.text("do") == PIECE:
        return Response(reply.body, reply.status, OWN_ANSWERS, JSON)
    if not reply.is_good:
        return await answer_screen(visit, read, _refused(form, reply))
    kept = form if reply.document["counts"]["refused"] else None
    return await answer_screen(visit, read, SentForm(name=IMPORT, filled=kept, answer=reply.document))


async def read_accounts(visit: Visit, id: str) -> Screen:
    """Read how many accounts have come how far, and those that were asked for."""
    asked = {name: visit.query.get(name, "").strip() for name in ("state", "name", "cursor")}
    restoration = await visit.api.read(f"/v1/restorations/{id}")
    panel, summary = await visit.api.read_all(
        f"/v1/panels/{restoration['panel']}", f"/v1/restorations/{id}/accounts/summary"
    )
    found = await visit.api.read(
        f"/v1/restorations/{id}/accounts",
        state=asked["state"],
        account_prefix=asked["name"],
        cursor=asked["cursor"],
        limit=PAGE,
    )
    document = {
        **WORDS,
        "restoration": restoration,
        "panel": panel,
        "summary": summary,
        "done": sum(summary["states"][str(state)] for state in DONE),
        "accounts": found,
        "asked": asked,
        "most_named": NAMED,
        "may_operate": visit.may(Role.OPERATOR),
    }
    return Screen(template="accounts.html", document=document)


def _wrong(form: FilledForm, text: str) -> SentForm:
    return SentForm(name=IMPORT, filled=form, faults={"lines": text}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _refused(form: FilledForm, reply: Reply) -> SentForm:
    problem: Mapping[str, Any] = reply.document
    text = " ".join(each["detail"] for each in problem.get("errors", ())) or problem["detail"]
    return SentForm(name=IMPORT, filled=form, faults={"lines": text}, problem=problem, status=reply.status)
