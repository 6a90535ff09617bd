"""One held request: what is known of it, what reviewers decide, and what operators help with."""

from __future__ import annotations

import asyncio
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.downloads import Download
from api.console.kernel.fields import FormBody, instant, text
from api.console.kernel.forms import FormCommand
from api.console.kernel.guards import Checking, QueueStaff, Releasing, Reviewing
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.kernel.visit import Visit
from api.console.queue.causes import offered_causes, read_cause
from api.console.queue.marks import MARKS, mark
from api.console.queue.next_request import MOVES_ON, find_next
from api.console.queue.trail_links import pieces_of, read_links
from api.console.queue.words import QueueWords
from api.http.forms import TAKES_FORM, own_form
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.console.kernel.screens import ScreenReading
    from api.console.queue.causes import NamedCause, OfferedCause
    from application.ledger.audit_trail import Trail
    from application.ledger.documents import HeldRequestDocument

router = APIRouter(include_in_schema=False, prefix="/console/queue", route_class=ScreenRoute)

ROUTE = "/v1/held-requests/{id}"
FROM = "from"
"""What the address of a request has of the view that it was opened from."""

REASON = FormBody((text("reason"),))
COMMANDS = {
    "claim": FormCommand(path=f"{ROUTE}/claim", sends_body=False),
    "release": FormCommand(path=f"{ROUTE}/release", body=REASON),
    "decide": FormCommand(path=f"{ROUTE}/decision", body=FormBody((text("outcome"), text("note"), text("digest")))),
    "sign": FormCommand(path=f"{ROUTE}/signature", body=FormBody((text("note"), text("digest")))),
    "return": FormCommand(path=f"{ROUTE}/return", body=REASON),
    "reopen": FormCommand(path=f"{ROUTE}/reopening", body=REASON),
    "withdraw": FormCommand(path=f"{ROUTE}/withdrawal-from-run", body=REASON),
    "evidence": FormCommand(
        path=f"{ROUTE}/evidence",
        body=FormBody((text("kind"), text("source"), text("value"), text("suggests"), instant("occurred_at"))),
    ),
    "cause": FormCommand(path=f"{ROUTE}/cause", body=FormBody((text("cause"), text("reason")))),
    "no-cause": FormCommand(path=f"{ROUTE}/cause", method="DELETE", body=REASON),
}
"""The forms of a request, and what each calls."""


@router.get("/{id}")
async def show_request(visit: QueueStaff, id: str) -> Response:
    """Show one request."""
    return await answer_screen(visit, partial(read_request, id=id))


@router.post("/{id}", openapi_extra=TAKES_FORM)
async def change_request(visit: Releasing, id: str) -> Response:
    """Do something with one request, and show it again; the view that it was opened from is not forgotten."""
    return _from_its_view(visit, await _change(visit, partial(read_request, id=id), id))


@router.get("/{id}/beside")
async def show_request_beside(visit: Checking, id: str) -> Response:
    """Show what stands beside the list, without the frame of a screen."""
    return await answer_screen(visit, partial(read_beside, id=id))


@router.post("/{id}/beside", openapi_extra=TAKES_FORM)
async def change_request_beside(visit: Reviewing, id: str) -> Response:
    """Do something with the request that stands beside the list."""
    return await _change(visit, partial(read_beside, id=id), id)


@router.get("/{id}/trail")
async def print_trail(visit: Checking, id: str) -> Response:
    """Give the audit trail of a request as a sheet to be printed."""
    return Download(visit, f"/v1/held-requests/{id}/trail", {"format": "html", "lang": "en"})


async def _change(visit: Visit, read: ScreenReading, id: str) -> Response:
    form = await own_form(visit.request)
    if form.text("form") in MARKS:
        return await mark(visit, read, form, id)
    return await act(visit, read, COMMANDS, id=id)


def _from_its_view(visit: Visit, answer: Response) -> Response:
    if answer.status_code == HTTPStatus.SEE_OTHER and (view := visit.query.get(FROM)):
        answer.headers["Location"] += "&" + urlencode({FROM: view})
    return answer


async def read_beside(visit: Visit, id: str) -> Screen:
    """Read one request alone."""
    reply = await visit.api.get(ROUTE.format(id=id))
    return Screen(
        template="queue/beside.html", document={**_beside(visit), "held": reply.document, "version": reply.version}
    )


async def read_request(visit: Visit, id: str) -> Screen:
    """Read one request, its cause and its history."""
    if not visit.may(Role.REVIEWER, Role.AUDITOR):
        document = {"id": id, "words": QueueWords(visit), "offered": await offered_causes(visit)}
        return Screen(template="queue/unread.html", document=document)
    reply = await visit.api.get(ROUTE.format(id=id))
    held: HeldRequestDocument = reply.document
    read: tuple[Trail, NamedCause | None, Sequence[OfferedCause]] = await asyncio.gather(
        visit.api.read(f"{ROUTE.format(id=id)}/trail", format="json"),
        _cause(visit, held),
        offered_causes(visit) if visit.may(Role.OPERATOR) and held["cause"] is None else _nothing(),
    )
    trail, cause, offered = read
    document = {
        **_beside(visit),
        "held": held,
        "version": reply.version,
        "trail": trail["entries"],
        "pieces_of": partial(pieces_of, links=await read_links(visit, trail["entries"])),
        "cause": cause,
        "was_assigned": any(entry["type"] == "held_request.assigned" for entry in trail["entries"]),
        "offered": offered,
        "back": visit.query.get(FROM, ""),
        "moves_on": visit.query.get("done") in MOVES_ON,
        "next": await find_next(visit, id, visit.query.get(FROM, "")),
    }
    return Screen(template="queue/request.html", document=document)


def _beside(visit: Visit) -> Mapping[str, object]:
    return {
        "words": QueueWords(visit),
        "may_review": visit.may(Role.REVIEWER),
        "may_operate": visit.may(Role.OPERATOR),
    }


async def _cause(visit: Visit, held: HeldRequestDocument) -> NamedCause | None:
    return None if held["cause"] is None else await read_cause(visit, held["cause"])


async def _nothing() -> Sequence[OfferedCause]:
    return []
