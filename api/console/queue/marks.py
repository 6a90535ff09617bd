"""Labels and notes of one request: the routes take many, so one is a set of one, with its dry run."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from api.console.kernel.fields import Body, Filled, several, text
from api.console.kernel.forms import REVIEW, SentForm
from api.console.kernel.screens import answer_screen, led
from application.errors import NotAuthenticated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from api.console.kernel.client import Reply
    from api.console.kernel.screens import ScreenReading
    from api.console.kernel.visit import Visit
    from api.http.forms import FilledForm

MARKS = {
    "labels": ("/v1/held-requests/labels", Body((several("add", empty=[]), several("remove", empty=[])))),
    "note": ("/v1/held-requests/notes", Body((text("note"),))),
}
"""The forms, the route that each calls, and its body."""


async def mark(visit: Visit, read: ScreenReading, form: FilledForm, id: str) -> Response:
    """Set labels of a request, take some off, or write a note on it."""
    name = form.text("form")
    path, declared = MARKS[name]
    body, _ = declared.read(Filled(form, visit.zone))
    if form.text("do") == REVIEW:
        return await answer_screen(visit, read, SentForm(name=name, filled=form))
    reply = await _in_two_steps(visit, path, {**body, "filter": {"ids": [id]}})
    if reply.status == HTTPStatus.UNAUTHORIZED:
        raise NotAuthenticated("sign in again")
    if not reply.is_good:
        return await answer_screen(visit, read, SentForm.refused(name, form, reply))
    return led(visit.request.url.path, name)


async def _in_two_steps(visit: Visit, path: str, body: Mapping[str, object]) -> Reply:
    reply = await visit.api.send("POST", path, {**body, "dry_run": True})
    if not reply.is_good:
        return reply
    return await visit.api.send("POST", path, {**body, "dry_run": False, "token": reply.document["token"]})
