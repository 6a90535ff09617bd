"""Answers with pages: headers, entity tags, compression, and pages that say what is wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import FRESH, matches
from api.http.auth import header_of, list_of, permitting
from api.http.page_cache import Rendered
from api.http.problems import refusal, request_id_of
from api.http.read_point import is_position, point
from api.http.secret_paths import is_secret
from api.http.templates import wants_page
from api.site.kernel.asked_pages import stand_of
from api.site.kernel.contents import HTML, ContentReading, PageContent, PageReading
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
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load (Content Security Policy, level 3)."""
SAFE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
NO_CODING = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)", re.IGNORECASE)
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


def answer_rendered(
    request: Request,
    found: Rendered,
    *,
    age: int | None = None,
    vary: str = "",
    more: Mapping[str, str] | None = None,
) -> Response:
    """Answer with a page or a file, compressed where that is taken; with 304 if it is known.

    ``vary`` names headers that chose it, ``more`` are headers that it has beside or instead of those of every page.
    """
    is_coded = found.compressed is not None and takes_gzip(request)
    headers = list(_head_of(found, vary, is_coded=is_coded))
    if request.scope["query_string"] and request.query_params.get("as_of"):
        headers.append((b"x-robots-tag", b"noindex"))
    if age is not None:
        headers.append((b"age", b"%d" % age))
    if more:
        own = [(name.lower().encode(), value.encode("latin-1")) for name, value in more.items()]
        names = {name for name, _ in own}
        headers = [*(each for each in headers if each[0] not in names), *own]
    tag = _tag_of(found, is_coded=is_coded)
    if found.status == HTTPStatus.OK and _is_known(request, tag, found.modified_at):
        return FinishedResponse(HTTPStatus.NOT_MODIFIED, b"", headers)
    body = found.compressed if is_coded and found.compressed is not None else found.body
    if is_coded:
        headers.append((b"content-encoding", b"gzip"))
    headers += ((b"content-length", b"%d" % len(body)), (b"content-type", found.media.encode()))
    return FinishedResponse(found.status, body, headers)


class FinishedResponse(Response):
    """A response whose headers are there as they are sent; to put them together takes a tenth of a kept page's time."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        """Answer with a body; ``headers`` are all there are."""
        self.status_code, self.body, self.raw_headers = status, body, headers
        self.background = None


def _tag_of(found: Rendered, *, is_coded: bool) -> str:
    return f'{found.tag[:-1]}-gz"' if is_coded else found.tag


def _head_of(found: Rendered, vary: str, *, is_coded: bool) -> Sequence[tuple[bytes, bytes]]:
    """Give the headers that each answer with a page has; they are put together once for each page."""
    head = found.heads.get((vary, is_coded))
    if head is None:
        headers = {
            **SAFE,
            "ETag": _tag_of(found, is_coded=is_coded),
            "Cache-Control": FRESH,
            "Vary": f"{vary}, Accept-Encoding" if vary else "Accept-Encoding",
        }
        if found.modified_at is not None:
            headers["Last-Modified"] = format_datetime(found.modified_at.astimezone(UTC), usegmt=True)
        head = tuple((name.lower().encode(), value.encode()) for name, value in headers.items())
        found.heads[vary, is_coded] = head
    return head


def _is_known(request: Request, tag: str, modified_at: datetime | None) -> bool:
    """Tell whether the reader has it already; the date counts only where no tag was sent (RFC 9110, 13.2.2).

    It has to be the very date that was given with it: where something was hidden, the last change lies further back.
    """
    tags = list_of(request.scope, b"if-none-match")
    if tags is not None or modified_at is None:
        return matches(tags, tag)
    since = header_of(request.scope, b"if-modified-since")
    try:
        moment = parsedate_to_datetime(since) if since else None
    except ValueError:
        return False
    # A date has whole seconds. One without a zone (``-0000``) is no HTTP date, and one that comes has one.
    return moment is not None and moment.tzinfo is not None and modified_at.replace(microsecond=0) == moment


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


def takes_gzip(request: Request) -> bool:
    """Tell whether the reader takes a body that is compressed."""
    accepted = (list_of(request.scope, b"accept-encoding") or "").lower()
    return "gzip" in accepted and NO_CODING.search(accepted) is None
