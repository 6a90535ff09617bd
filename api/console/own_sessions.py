"""The sessions of who is signed in: where else they are signed in, and by whose clocks they read times."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.client import RefusedCall
from api.console.kernel.forms import FormCommand, SentForm
from api.console.kernel.guards import Staff
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen, led
from api.console.kernel.visit import Visit
from api.http.forms import TAKES_FORM, own_form
from api.http.sessions import choose_zone
from domain.errors import Invalid

router = APIRouter(include_in_schema=False, prefix="/console/settings/session", route_class=ScreenRoute)

PLACE = "/console/settings/session"
SIGN_IN = "/console/sign-in"
ZONE = "zone"
COMMANDS = {"end": FormCommand(path="/v1/sessions/{session}", method="DELETE", leads=PLACE, sends_body=False)}


async def read_sessions(visit: Visit) -> Screen:
    """Read the sessions of the person."""
    found = await visit.api.read("/v1/sessions", person=visit.identity.person, limit=200)
    return Screen(template="own_sessions.html", document={"sessions": found["data"], "zone": visit.who.zone or ""})


@router.get("")
async def show_sessions(visit: Staff) -> Response:
    """List the sessions of the person, and offer to end them."""
    return await answer_screen(visit, read_sessions)


@router.post("", openapi_extra=TAKES_FORM)
async def end_session(visit: Staff) -> Response:
    """End one of the sessions."""
    return await act(visit, read_sessions, COMMANDS)


@router.post("/zone", openapi_extra=TAKES_FORM)
async def choose_own_zone(visit: Staff) -> Response:
    """Keep in which zone the person reads times."""
    form = await own_form(visit.request)
    try:
        await choose_zone(visit.request, visit.who.session, form.text(ZONE) or None)
    except Invalid as error:
        sent = SentForm(name=ZONE, filled=form, faults={ZONE: str(error)}, status=422)
        return await answer_screen(visit, read_sessions, sent)
    return led(PLACE, ZONE)


@router.post("/everywhere", openapi_extra=TAKES_FORM)
async def sign_out_everywhere(visit: Staff) -> Response:
    """End all sessions of the person, this one as well.

    Raises:
        RefusedCall: if the route refuses.
    """
    await own_form(visit.request)
    reply = await visit.api.send("DELETE", "/v1/sessions", query={"person": visit.identity.person})
    if not reply.is_good:
        raise RefusedCall(reply)
    return led(SIGN_IN)
