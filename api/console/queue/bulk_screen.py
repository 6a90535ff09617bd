"""What is done with many requests at once: what it would do is shown as numbers and a sample before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import Body, Filled, several, text
from api.console.kernel.forms import REVIEW, SentForm
from api.console.kernel.guards import Reviewing
from api.console.kernel.screens import Screen, ScreenRoute, answer_screen
from api.console.kernel.visit import Visit
from api.console.queue.causes import find_cause
from api.console.queue.filters import QueueFilter, filter_of
from api.console.queue.words import QueueWords
from api.http.forms import TAKES_FORM, own_form
from application.errors import Malformed, NotAuthenticated

if TYPE_CHECKING:
    from api.console.queue.causes import NamedCause

router = APIRouter(include_in_schema=False, prefix="/console/queue", route_class=ScreenRoute)

ANY_STATE = frozenset({"any", "open"})
CARRY_OUT = "carry_out"
"""What the button wants that does what the dry run has shown."""


@dataclass(frozen=True, kw_only=True)
class ManyAction:
    """What can be done with many: the route, what is typed, and the states of views that it fits; empty for all."""

    path: str
    body: Body
    states: frozenset[str] = frozenset()
    falls: bool = True
    """Whether what is done leaves the set, so that what is left can be counted meanwhile."""


ACTIONS = {
    "decide": ManyAction(
        path="/v1/held-requests/decisions",
        body=Body((text("outcome"), text("note"))),
        states=ANY_STATE | {"to_check"},
    ),
    "sign": ManyAction(
        path="/v1/held-requests/signatures", body=Body((text("note"),)), states=ANY_STATE | {"awaiting_signature"}
    ),
    "withdraw": ManyAction(
        path="/v1/held-requests/withdrawals-from-run",
        body=Body((text("reason"),)),
        states=ANY_STATE | {"reprocessing"},
    ),
    "labels": ManyAction(
        path="/v1/held-requests/labels",
        body=Body((several("add", empty=[]), several("remove", empty=[]))),
        falls=False,
    ),
    "note": ManyAction(path="/v1/held-requests/notes", body=Body((text("note"),)), falls=False),
}


@router.get("/bulk")
async def show_bulk(visit: Reviewing) -> Response:
    """Show what can be done with all requests of a view."""
    wanted = filter_of(visit)
    cause = await find_cause(visit, wanted.cause)
    return await answer_screen(visit, partial(read_bulk, wanted=wanted, cause=cause))


@router.post("/bulk", openapi_extra=TAKES_FORM)
async def act_in_bulk(visit: Reviewing) -> Response:
    """Make a dry run and show it, or do what it has shown.

    Raises:
        Malformed: if it is no form of the screen.
        NotAuthenticated: if the session has ended.
    """
    form, wanted = await own_form(visit.request), filter_of(visit)
    cause = await find_cause(visit, wanted.cause)
    read, name, wants = partial(read_bulk, wanted=wanted, cause=cause), form.text("form"), form.text("do")
    action = ACTIONS.get(name)
    if action is None:
        raise Malformed("the screen has no such form")
    if wants == REVIEW or wanted.faults:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wanted.faults else HTTPStatus.OK
        return await answer_screen(visit, read, SentForm(name=name, filled=form, faults=wanted.faults, status=status))
    body, _ = action.body.read(Filled(form, visit.zone))
    body |= {"filter": wanted.to_body(cause), "dry_run": wants != CARRY_OUT}
    if wants == CARRY_OUT:
        body["token"] = form.text("token")
    reply = await visit.api.send("POST", action.path, body)
    if reply.status == HTTPStatus.UNAUTHORIZED:
        raise NotAuthenticated("sign in again")
    if not reply.is_good:
        return await answer_screen(visit, read, SentForm.refused(name, form, reply))
    # Sent again, it does nothing more: the token binds it. So what was done can be answered at once, with its numbers.
    return await answer_screen(visit, read, SentForm(name=name, filled=form, preview=reply.document))


async def read_bulk(visit: Visit, wanted: QueueFilter, cause: NamedCause | None) -> Screen:
    """Read which actions fit a view; those of the form that was sent, if there is one."""
    fitting = [name for name, action in ACTIONS.items() if not action.states or wanted.state in action.states]
    document = {
        "wanted": wanted,
        "cause": cause,
        "actions": fitting,
        "falls": [name for name, action in ACTIONS.items() if action.falls],
        "words": QueueWords(visit),
        "result": visit.sent.preview,
    }
    return Screen(template="queue/bulk.html", document=document)
