"""Screens: how one is read, answered, and shown again with the form that was sent from it."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.console.kernel.client import RefusedCall, part
from api.console.kernel.fields import Filled
from api.console.kernel.forms import OWN_FIELDS, PREVIEW, REVIEW, FormCommand, SentForm
from api.console.kernel.menu import MENU
from api.console.kernel.view import ScreenView
from api.console.kernel.visit import Visit
from api.http.auth import facade_of, permitting
from api.http.compression import takes_gzip
from api.http.forms import MOST_FIELDS, FilledForm, own_form
from api.http.problems import code_of, status_of
from api.http.request_checks import LIMIT, BodyTooLarge, TooManyBodies
from api.http.secret_paths import masked
from api.http.sessions import signed_in
from api.http.templates import wants_page
from api.site.kernel.contents import HTML
from api.site.kernel.finished import SAFE
from api.site.kernel.languages import NATIVE, Speech
from application.errors import ApplicationError, Malformed, NotAuthenticated
from domain.errors import DomainError

if TYPE_CHECKING:
    from starlette.types import Scope

log = structlog.get_logger()
LANGUAGE = "en"
"""The language of the console."""
OWN_ANSWERS = {**SAFE, "Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "same-origin"}
NO_SCREEN = "There is no such screen. It may have moved: look for it in the menu."
FAILED = "The service failed on this. Go back, and try again; what you typed is still there. In the log it is {}."
LONGEST_KEPT = 600_000
"""How many bytes of a form are kept while somebody signs in again: as a field of another form, they become more."""


TOO_LONG_TO_KEEP = (
    "Your session has ended, and what you typed is too long to be kept here. Sign in in another window, then go back"
    " and send the form again."
)


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What a screen is made from."""

    template: str
    document: Mapping[str, Any] = field(default_factory=dict)
    status: int = HTTPStatus.OK


ScreenReading = Callable[[Visit], Awaitable[Screen]]
"""Reads what a screen is made from. It gets the form that was sent from it in ``visit.sent``."""


async def answer_screen(visit: Visit, read: ScreenReading, sent: SentForm | None = None) -> Response:
    """Answer with a screen; ``sent`` is the form that is shown again."""
    shown = sent or SentForm()
    screen = await read(replace(visit, sent=shown))
    status = shown.status if sent is not None else screen.status
    return rendered(visit.request, screen.template, dict(screen.document), visit=visit, sent=shown, status=status)


async def act(visit: Visit, read: ScreenReading, commands: Mapping[str, FormCommand], **path: str) -> Response:
    """Carry out the command of the form that was sent, and lead on; or show the screen again and say what is wrong.

    ``path`` has the values of the names in the paths of routes.

    Raises:
        CrossSite: if a page of another site sent it.
        Malformed: if it is no form of the screen.
    """
    form = await own_form(visit.request)
    name, wanted = form.text("form"), form.text("do")
    command = commands.get(name)
    if command is None:
        raise Malformed("the screen has no such form")
    if wanted == REVIEW:
        return await answer_screen(visit, read, SentForm(name=name, filled=form))
    values = {**{each: form.text(each) for each in form.names() if each not in OWN_FIELDS}, **path}
    declared = command.body(values) if callable(command.body) else command.body
    filled = Filled(form, visit.zone)
    body, faults = declared.read(filled)
    if faults:
        return await answer_screen(visit, read, SentForm(name=name, filled=form, faults=faults, status=422))
    query = {**command.query, **({PREVIEW: "true"} if wanted == PREVIEW else {})}
    reply = await visit.api.send(
        command.method,
        command.path.format_map(_Parts(values)),
        body if command.sends_body else None,
        query=query,
        if_match=form.text("version"),
        key=form.text("once") if wanted != PREVIEW and command.method == "POST" else "",
    )
    if reply.status == HTTPStatus.UNAUTHORIZED:
        raise NotAuthenticated("sign in again")
    if not reply.is_good:
        return await answer_screen(visit, read, SentForm.refused(name, form, reply, filled.moved))
    if wanted == PREVIEW:
        return await answer_screen(visit, read, SentForm(name=name, filled=form, preview=reply.document))
    if command.shows_answer:
        return await answer_screen(visit, read, SentForm(name=name, answer=reply.document))
    leads = command.leads(reply.document) if callable(command.leads) else command.leads
    return led(leads or quote(visit.request.scope["path"]), name)


def led(path: str, done: str = "") -> Response:
    """Lead to a screen, which says that a form was carried out."""
    query = f"?{urlencode({'done': done})}" if done else ""
    joined = query.replace("?", "&") if "?" in path else query
    return Response(None, HTTPStatus.SEE_OTHER, {**OWN_ANSWERS, "Location": path + joined})


class _Parts(dict[str, str]):
    """Values as parts of a path."""

    def __getitem__(self, name: str) -> str:
        return part(super().__getitem__(name))

    def __missing__(self, name: str) -> str:
        return ""


def rendered(
    request: Request,
    template: str,
    document: Mapping[str, object],
    *,
    visit: Visit | None = None,
    sent: SentForm | None = None,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Render a screen, for somebody who is signed in or for nobody."""
    console, facade = request.app.state.console, facade_of(request)
    zone = visit.zone if visit is not None else facade.settings.zone
    identity = visit.identity if visit is not None else None
    view = ScreenView(
        speech=Speech(LANGUAGE, zone, facade.catalogs),
        console=console,
        site=facade.settings.site,
        path=request.scope["path"],
        now=visit.now if visit is not None else facade.clock.now(),
        zone_name=visit.zone_name if visit is not None else str(facade.settings.zone),
        identity=identity,
        menu=[each for each in MENU if identity and (not each.roles or identity.has_any(permitting(*each.roles)))],
        languages={tag: NATIVE.get(tag, tag) for tag in facade.settings.languages},
        sent=sent or SentForm(),
        done=request.query_params.get("done", "") if request.method == "GET" else "",
        query={name: value for name, value in request.query_params.items() if name != "done"},
    )
    body = console.render(template, {**document, "screen": view})
    coded = {"Vary": "Accept-Encoding, Cookie"}
    if takes_gzip(request):
        body, coded = gzip.compress(body, 5, mtime=0), {**coded, "Content-Encoding": "gzip"}
    return Response(body, status, {**OWN_ANSWERS, **coded, **(headers or {})}, HTML)


async def wrong_screen(request: Request, status: int, code: str, detail: str, visit: Visit | None = None) -> Response:
    """Answer with a screen that says what is wrong."""
    if visit is None and (who := await signed_in(request)) is not None:
        visit = Visit(request, who)
    document = {"status": status, "code": code, "detail": detail}
    headers = {"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return rendered(request, "wrong.html", document, visit=visit, status=status, headers=headers)


TOO_LONG = (
    "What you sent is longer than {} bytes, so nothing of it was read. Go back: what you typed is still there. Shorten"
    " it, and send it again."
)
TOO_MUCH = (
    "The service receives as much as it can just now, so nothing of what you sent was read. Go back: what you typed is"
    " still there. Send it again in a moment."
)
UNREAD = {413: ("too_large", TOO_LONG), 503: ("too_many_bodies", TOO_MUCH)}
"""What is said of a form of which nothing was read, by the status."""
NO_FORM = "What you sent is no form that this screen can read."


async def unread_screen(request: Request, status: int) -> Response:
    """Answer with a screen that says why nothing of a form was read."""
    code, detail = UNREAD.get(status, ("malformed", NO_FORM))
    return await wrong_screen(request, status, code, detail.format(f"{request.scope[LIMIT]:,}"))


async def show_refusal(scope: Scope, refused: Response) -> Response:
    """Answer a browser with a screen where a request for one was refused before there was a route."""
    request = Request(scope)
    if not scope["path"].startswith("/console/") or not wants_page(request, None):
        return refused
    return await unread_screen(request, refused.status_code)


async def sign_in_screen(
    request: Request, *, status: int = HTTPStatus.OK, fault: str = "", next_path: str = "", kept: str = ""
) -> Response:
    """Answer with the form to sign in; ``kept`` is a form that waits until then."""
    has_provider = facade_of(request).provider is not None
    document = {
        "fault": fault,
        "next_path": next_path,
        "kept": kept,
        "has_provider": has_provider,
        # The window that has the form stays open while another one goes to the provider: nobody else keeps it.
        "kept_fields": kept_form(kept).pairs() if has_provider and next_path else (),
    }
    return rendered(request, "sign_in.html", document, status=status)


class ScreenRoute(APIRoute):
    """A route of the console: whatever refuses answers with a screen."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give the handler, within what answers refusals."""
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except (RefusedCall, RequestValidationError, ApplicationError, DomainError) as error:
                return await _refused(request, error)
            except (BodyTooLarge, TooManyBodies) as error:
                return await unread_screen(request, error.status_code)
            except (ClientDisconnect, HTTPException):
                # The layers outside answer these, as of every route.
                raise
            except Exception:
                request_id = request.scope["request_id"]
                log.exception("request_failed", request_id=request_id, path=masked(request.url.path))
                return await wrong_screen(request, 500, "internal_error", FAILED.format(request_id))

        return answered


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, NotAuthenticated):
        return await _ask_to_sign_in(request)
    if isinstance(error, RequestValidationError):
        # What stands in the address is no id, or no number.
        return await wrong_screen(request, HTTPStatus.NOT_FOUND, "not_found", NO_SCREEN)
    if not isinstance(error, RefusedCall):
        return await wrong_screen(request, status_of(type(error)), code_of(type(error)), str(error))
    if error.reply.status == HTTPStatus.UNAUTHORIZED:
        return await _ask_to_sign_in(request)
    problem = error.reply.document
    return await wrong_screen(request, error.reply.status, problem["code"], problem["detail"])


async def _ask_to_sign_in(request: Request) -> Response:
    """Ask for a token; a form that was sent without a session waits, and nothing that was typed is lost."""
    query = request.scope["query_string"].decode("latin-1")
    path = quote(request.scope["path"]) + (f"?{query}" if query else "")
    if request.method == "GET":
        return led("/console/sign-in?" + urlencode({"next": path}))
    form = await own_form(request)
    kept = urlencode([pair for pair in form.pairs() if pair[0] != "do"])
    fault = ""
    if len(kept) > LONGEST_KEPT:
        kept, fault = "", TOO_LONG_TO_KEEP
    return await sign_in_screen(request, status=HTTPStatus.UNAUTHORIZED, fault=fault, next_path=path, kept=kept)


def kept_form(kept: str) -> FilledForm:
    """Read a form that waited while somebody signed in.

    Raises:
        Malformed: if it is none.
    """
    try:
        return FilledForm(parse_qsl(kept, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Malformed("the form cannot be read") from None
