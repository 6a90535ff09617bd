"""Answers with pages: kept or rendered as they were asked for, and pages that say what is wrong."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import FRESH
from api.http.auth import header_of, permitting
from api.http.page_cache import Rendered
from api.http.problems import refusal, request_id_of
from api.http.read_point import is_position, point
from api.http.secret_paths import is_secret
from api.http.templates import wants_page
from api.site.kernel.asked_pages import stand_of
from api.site.kernel.contents import HTML, ContentReading, PageContent, PageReading
from api.site.kernel.finished import SAFE, answer_rendered
from api.site.kernel.languages import negotiated
from api.site.kernel.reading import SITE_VIEWS, PageRead
from api.site.kernel.site import ANY, MINUTE, Site
from api.site.kernel.steps import read_steps
from application.errors import NotYetVisible, StoreUnavailable
from application.texts import translatable
from domain.access.keyring import Role
from domain.errors import Invalid, NotFound
from domain.instants import FIRST_MOMENT, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo


NAIVE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?")
"""A civil day or time, as a form sends it."""
RETRY_SECONDS = 5
LONGEST_VALUE = 255
"""How much of a value of the query the links of a page repeat."""
WRONG = {
    404: (translatable("Page not found"), translatable("There is no such page here. It may have been removed.")),
    400: (
        translatable("Nothing was sent"),
        translatable("The form could not be read. Open the page again, and send the form from there."),
    ),
    403: (
        translatable("Nothing was sent"),
        translatable(
            "The form did not come from a page of this site. Open the page again, and send the form from there."
        ),
    ),
    422: (translatable("This page cannot be shown"), translatable("A part of the address is not valid.")),
    429: (
        translatable("Too many requests"),
        translatable("Too many subscriptions were asked for from your network. Try again in an hour."),
    ),
    503: (
        translatable("Temporarily not available"),
        translatable("We cannot read our data at the moment, so we do not know what works. Try again in a minute."),
    ),
}


async def anybody(_request: Request) -> None:
    """Let everybody through: a page shows everybody the same, whatever token comes with the request."""


anybody.roles = permitting(Role.READER)  # type: ignore[attr-defined]  # read where the routes are checked


def site_of(request: Request) -> Site:
    """Give the site of the application that serves a request."""
    site: Site = request.app.state.site
    return site


async def answer_page(
    request: Request, language: str, path: str, read: PageReading, *, own: Iterable[str] = (), vary: str = ""
) -> Response:
    """Answer with a page: kept if it is that of now, else as of the moment that ``as_of`` names.

    ``path`` is that of the page without its language. ``own`` names the members of the query that the page
    knows: with one of them it is not kept, and links that lead to the same page keep them. ``vary`` names headers that
    chose the page.
    """
    site = site_of(request)
    if language not in site.languages:
        return no_page(request, language)
    try:
        found, age = await find_rendered(request, language, path, read, own)
    except NotFound:
        return wrong_page(request, language, 404)
    except Invalid:
        return wrong_page(request, language, 422)
    except (StoreUnavailable, NotYetVisible):
        return wrong_page(request, language, 503)
    return answer_rendered(request, found, age=age, vary=vary)


async def find_rendered(
    request: Request, language: str, path: str, read: ContentReading, own: Iterable[str], *, in_thread: bool = False
) -> tuple[Rendered, int | None]:
    """Give a page or a file in a language of the site, and its age in seconds if it may not be of now.

    Raises:
        DomainError: as reading it does; and if ``as_of`` names no moment of the past.
        StoreUnavailable: if the store cannot be read, and it is not kept.
        NotYetVisible: if the views do not come to the moment in time.
    """
    site = site_of(request)
    if not request.scope["query_string"]:
        # Most are asked for so, and a query costs a tenth of the time of an answer, even an empty one.
        return await site.kept(path, language, read, in_thread=in_thread)
    asked = request.query_params
    as_of = asked.get("as_of") or None
    query = {name: asked.getlist(name) for name in own if asked.get(name)}
    if as_of is None and not query:
        return await site.kept(path, language, read, in_thread=in_thread)
    now, stand = site.facade.clock.now(), stand_of(site.stands, ANY)
    key = repr((language, path, as_of, sorted(query.items())))
    found = site.asked.find(key, stand, now)
    if found is None:
        found, until = await _rendered(request, language, path, read, as_of, {name: query[name][-1] for name in query})
        site.asked.keep(key, found, stand, until)
    return found, None


async def _rendered(
    request: Request, language: str, path: str, read: ContentReading, as_of: str | None, query: Mapping[str, str]
) -> tuple[Rendered, datetime | None]:
    """Render what is not kept, and say until when it holds if nothing changes; None if that has no end."""
    site = site_of(request)
    if as_of is not None:
        as_of = _with_offset(as_of, site.facade.settings.zone)
    where = await point(request, SITE_VIEWS, as_of=as_of, sees_private=False)
    if where.now < FIRST_MOMENT:
        raise Invalid(f"{as_of} lies before the first day that every zone has", pointer="/as_of")
    page = PageRead(facade=site.facade, position=where.position, now=where.now, is_past=as_of is not None)
    content = await read(page)
    shown = {name: value[:LONGEST_VALUE] for name, value in query.items()}
    view = partial(site.view, language, path, where.now, as_of=as_of, query=shown)
    if isinstance(content, PageContent):
        view = partial(view, steps=await read_steps(page), has_panels=await page.has_panels())
    found = await site.facade.reads.run(lambda: site.rendered(content, view()))
    if as_of is not None and not is_position(as_of):
        return found, None
    # What a page says of the time by itself is never older than a minute.
    ends = where.now + MINUTE
    return found, min(content.until or ends, ends)


def _with_offset(text: str, zone: tzinfo) -> str:
    """Read a civil time, as a form sends it, by the clocks of the page; anything else stays as it is."""
    if NAIVE.fullmatch(text) is None:
        return text
    try:
        return written(datetime.fromisoformat(text).replace(tzinfo=zone))
    except (ValueError, OverflowError):
        raise Invalid(f"{text} is no time", pointer="/as_of") from None


def wrong_page(
    request: Request, language: str, status: int, said: tuple[str, str] | None = None, **more: str
) -> Response:
    """Answer with a page that says what is wrong, and nothing of the inside.

    ``said`` is a title and a text other than those of the status; ``more`` are headers.
    """
    site = site_of(request)
    title, text = said or WRONG[status]
    content = PageContent(template="wrong.html", document={"title": title, "text": text}, shape=dict)
    view = site.view(language, "", site.facade.clock.now())
    headers = {**SAFE, "Cache-Control": "no-store", "X-Robots-Tag": "noindex", **more}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return Response(site.render(content, view), status, headers, HTML)


def no_page(request: Request, language: str) -> Response:
    """Say that there is no such page, or nothing at all, at an address: as a page to those who want one.

    Programs get a problem, if the address does not begin with a language of the site. One that begins with such a
    language in other letters is that of the page in the usual ones (RFC 5646, 2.1.1).
    """
    site = site_of(request)
    if language in site.languages:
        return wrong_page(request, language, 404)
    if (elsewhere := in_usual_letters(request, language)) is not None:
        return elsewhere
    if wants_page(request, None):
        return wrong_page(request, negotiated(header_of(request.scope, b"accept-language"), site.languages), 404)
    return refusal(NotFound("there is no such page"), request_id_of(request))


def in_usual_letters(request: Request, language: str) -> Response | None:
    """Lead to the same address with a language of the site in its usual letters; None if it is no such language."""
    usual = next((each for each in site_of(request).languages if each.lower() == language.lower()), None)
    path: str = request.scope["path"]
    # What is secret is not repeated, not even to who knows it.
    if usual is None or is_secret(path):
        return None
    # Without a host, so that it leads to no other site than the one that was asked.
    query = f"?{request.url.query}" if request.url.query else ""
    place = f"/{usual}{path.removeprefix(f'/{language}')}"
    return Response(None, 308, {"Location": f"{quote(place)}{query}", "Cache-Control": FRESH})
