"""Signing in and out at the provider of identities (OpenID Connect)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.console.kernel.screens import OWN_ANSWERS, ScreenRoute, led, rendered, sign_in_screen
from api.console.kernel.sign_in_flow import begin_flow, read_flow, write_flow
from api.console.signing_in import HOME, ask_to_wait, own_path
from api.http.auth import facade_of
from api.http.forms import TAKES_FORM, any_form, own_form
from api.http.problems import refusal, request_id_of
from api.http.sessions import begin_with_provider
from api.http.sign_ins import sign_ins_of
from api.site.kernel.answers import anybody
from application.access.provider import IdentityProvider, ProviderReply, ProviderUnavailable, SignInRefused
from application.caller import by_policy
from application.errors import Malformed, TooManyRequests
from domain.errors import NotFound
from domain.provenance import SignInMethod

if TYPE_CHECKING:
    from application.errors import ApplicationError

router = APIRouter(include_in_schema=False, prefix="/console", route_class=ScreenRoute)
machines = APIRouter(include_in_schema=False, prefix="/console")
Anybody = Annotated[None, Depends(anybody)]

SIGN_IN, CALLBACK = "/console/sign-in", "/console/oidc/callback"
AWAY = "The provider at which you sign in does not answer. Try again in a minute, or sign in with a token."
WRONG = "Signing in did not work: {reason}. Try again, or sign in with a token."
EXPIRED = "Signing in took too long, or it began in another browser. Try again."


@router.get("/sign-in/oidc")
async def show_provider_sign_in(_anybody: Anybody) -> Response:
    """Lead to the form: a mere link begins nothing."""
    return led(SIGN_IN)


@router.post("/sign-in/oidc", openapi_extra=TAKES_FORM)
async def begin_provider_sign_in(request: Request, _anybody: Anybody) -> Response:
    """Lead to the provider.

    The answer is a page that leads on by itself, and no redirect: forms of our pages lead to our own pages alone
    (``form-action``), and browsers hold redirects to that.
    """
    form, provider = await own_form(request), _provider_of(request)
    next_path = own_path(form.text("next"))
    try:
        sign_ins_of(request).admit(request, SignInMethod.OIDC)
    except TooManyRequests as error:
        return await ask_to_wait(request, error, next_path=next_path)
    kept = begin_flow(facade_of(request).clock.now(), next_path, form.text("zone"))
    try:
        address = await provider.address_to_sign_in(kept.flow, returns_to=_returns_to(request))
    except ProviderUnavailable as error:
        sign_ins_of(request).note_refused(request, SignInMethod.OIDC, str(error), is_ours=True)
        return await sign_in_screen(request, status=503, fault=AWAY, next_path=next_path)
    headers = {**OWN_ANSWERS, "Set-Cookie": write_flow(request, kept)}
    return rendered(request, "to_provider.html", {"address": address}, headers=headers)


@router.get("/oidc/callback")
async def complete_provider_sign_in(request: Request, _anybody: Anybody) -> Response:
    """Begin a session for whom the provider names, and lead to the screen that was asked for."""
    provider, facade = _provider_of(request), facade_of(request)
    kept = read_flow(request, facade.clock.now())
    if kept is None:
        return await _refuse(request, SignInRefused("no sign-in is under way in this browser"), EXPIRED)
    asked = request.query_params
    reply = ProviderReply(
        code=asked.get("code"), state=asked.get("state"), issuer=asked.get("iss"), error=asked.get("error")
    )
    try:
        sign_ins_of(request).admit(request, SignInMethod.OIDC)
        sign_in = await provider.complete(kept.flow, reply, returns_to=_returns_to(request))
        cookie = await begin_with_provider(request, sign_in, kept.zone)
    except ProviderUnavailable as error:
        return await _refuse(request, error, AWAY, next_path=own_path(kept.next_path), status=503)
    except TooManyRequests as error:
        return await ask_to_wait(request, error, next_path=own_path(kept.next_path))
    except SignInRefused as error:
        said = WRONG.format(reason=error)
        return await _refuse(request, error, said, next_path=own_path(kept.next_path))
    answer = led(own_path(kept.next_path) or HOME)
    answer.headers.append("Set-Cookie", cookie)
    answer.headers.append("Set-Cookie", write_flow(request, None))
    return answer


@machines.post("/oidc/backchannel-logout", openapi_extra=TAKES_FORM)
async def end_by_provider(request: Request, _anybody: Anybody) -> Response:
    """End the sessions of whom the provider says that they have signed out there.

    The provider itself sends this, and no page: what it says is signed. Errors are 400, as its protocol wants it
    (OpenID Connect Back-Channel Logout 1.0, 2.8).
    """
    provider, facade = _provider_of(request), facade_of(request)
    try:
        # Without a limit: a provider may have to end many sessions at once, and none of them shall go on.
        token = (await any_form(request)).text("logout_token")
        logout = await provider.read_logout(token)
    except SignInRefused as error:
        sign_ins_of(request).note_logout_refused(request, str(error))
        return refusal(Malformed(f"the logout token is refused: {error}"), request_id_of(request))
    except ProviderUnavailable as error:
        return refusal(error, request_id_of(request))
    by = replace(by_policy("access"), source="oidc", request_id=request_id_of(request))
    await facade.runner.run(lambda log: facade.commands.sessions.end_of_provider(log, logout, caller=by))
    return Response(None, 200, {"Cache-Control": "no-store"})


async def _refuse(
    request: Request, error: ApplicationError, fault: str, *, next_path: str = "", status: int = 403
) -> Response:
    is_ours = isinstance(error, ProviderUnavailable)
    sign_ins_of(request).note_refused(request, SignInMethod.OIDC, str(error), is_ours=is_ours)
    answer = await sign_in_screen(request, status=status, fault=fault, next_path=next_path)
    answer.headers.append("Set-Cookie", write_flow(request, None))
    return answer


def _provider_of(request: Request) -> IdentityProvider:
    provider = facade_of(request).provider
    if provider is None:
        raise NotFound("people sign in with a token here")
    return provider


def _returns_to(request: Request) -> str:
    return facade_of(request).settings.site.url + CALLBACK
