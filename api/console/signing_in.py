"""Signing in and out."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.console.kernel.guards import Staff
from api.console.kernel.screens import OWN_ANSWERS, ScreenRoute, kept_form, led, rendered, sign_in_screen
from api.http.forms import TAKES_FORM, own_form
from api.http.sessions import begin_with_token, end, signed_in
from api.site.kernel.answers import anybody
from application.errors import Forbidden, NotAuthenticated, TooManyRequests
from domain.provenance import SignInMethod

router = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)
Anybody = Annotated[None, Depends(anybody)]
HOME = "/console"


@router.get("/sign-in")
async def show_sign_in(request: Request, _anybody: Anybody) -> Response:
    """Ask for a token; lead on who is signed in already."""
    next_path = own_path(request.query_params.get("next", ""))
    if await signed_in(request) is not None:
        return led(next_path or HOME)
    return await sign_in_screen(request, next_path=next_path)


@router.post("/sign-in", openapi_extra=TAKES_FORM)
async def sign_in(request: Request, _anybody: Anybody) -> Response:
    """Begin a session, and lead to the screen that was asked for, or to the form that waited."""
    form = await own_form(request)
    next_path, kept = own_path(form.text("next")), form.text("kept")
    # Before the session begins: what cannot be read lets none begin that the browser does not learn of.
    fields_kept = kept_form(kept).pairs()
    try:
        cookie = await begin_with_token(request, form.text("token"), form.text("zone") or None)
    except NotAuthenticated:
        fault = "This token is not known, or it was revoked, or it has expired."
        return await sign_in_screen(request, status=401, fault=fault, next_path=next_path, kept=kept)
    except Forbidden:
        fault = "This token is for a machine. Sign in with one that an admin gave to you."
        return await sign_in_screen(request, status=403, fault=fault, next_path=next_path, kept=kept)
    except TooManyRequests as error:
        return await ask_to_wait(request, error, next_path=next_path, kept=kept)
    headers = {**OWN_ANSWERS, "Set-Cookie": cookie}
    if kept and next_path:
        document = {"next_path": next_path, "fields_kept": fields_kept}
        return rendered(request, "signed_in.html", document, headers=headers)
    return Response(None, 303, {**headers, "Location": next_path or HOME})


@router.get("/signed-in")
async def show_signed_in(visit: Staff) -> Response:
    """Say, in the window that came back from the provider, that the form waits in the other one."""
    return rendered(visit.request, "signed_in_beside.html", {}, visit=visit)


@router.post("/sign-out", openapi_extra=TAKES_FORM)
async def sign_out(visit: Staff) -> Response:
    """End the session; who signed in at a provider is shown where to sign out there as well."""
    await own_form(visit.request)
    cookie = await end(visit.request, visit.who.session)
    headers, provider = {**OWN_ANSWERS, "Set-Cookie": cookie}, visit.facade.provider
    if provider is not None and visit.identity.signed_in is SignInMethod.OIDC:
        site = visit.facade.settings.site.url
        address = await provider.address_to_sign_out(returns_to=f"{site}/console/sign-in")
        if address is not None:
            return rendered(visit.request, "signed_out.html", {"address": address}, headers=headers)
    return Response(None, 303, {**OWN_ANSWERS, "Set-Cookie": cookie, "Location": "/console/sign-in"})


async def ask_to_wait(request: Request, error: TooManyRequests, *, next_path: str, kept: str = "") -> Response:
    """Answer who has tried too often to sign in with when to try again."""
    fault = f"You have tried too often. Wait {error.facts['retry_after']} seconds, and try again."
    answer = await sign_in_screen(request, status=429, fault=fault, next_path=next_path, kept=kept)
    answer.headers["Retry-After"] = str(error.facts["retry_after"])
    return answer


def own_path(text: str) -> str:
    """Give a path of the console as an address has it; empty if it is none, as an address of another site."""
    is_address = text.isascii() and text.isprintable() and not {"\\", " "} & set(text)
    try:
        parts = urlsplit(text) if is_address else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme or parts.netloc or not (parts.path == HOME or parts.path.startswith(f"{HOME}/")):
        return ""
    return text
