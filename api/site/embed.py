"""What pages of others show of us: a page for a frame, and a banner, with the state that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import JSON, matches
from api.http.auth import header_of, list_of
from api.http.compression import takes_gzip
from api.site.badges import ANYWHERE
from api.site.headline import Headline, headline_of
from api.site.kernel.answers import RETRY_SECONDS, WRONG, anybody, find_rendered, site_of
from api.site.kernel.contents import HTML, FileContent, PageContent
from api.site.kernel.files import answer_file, language_of
from api.site.kernel.finished import SAFE, answer_rendered
from api.site.kernel.languages import negotiated
from api.site.present_state import PresentState, read_state
from application.errors import NotYetVisible, StoreUnavailable
from application.languages import look_up
from application.texts import translatable
from domain.impact import Status

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech
    from api.site.kernel.reading import PageRead
    from api.site.kernel.view import PageView

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

FRAME_POLICY = "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *"
"""The page for a frame loads nothing but its style, and any page may frame it."""
FRAME = {**ANYWHERE, "Content-Security-Policy": FRAME_POLICY, "X-Robots-Tag": "noindex"}
MOST_NAMED = 5
"""How many components and panels, incidents and windows the page for a frame names at most."""
SCRIPT = "embed.js"
SHORT = "public, max-age=300"
"""A banner that is put on a page once gets our corrections within five minutes."""
CLOSE = translatable("Close this notice")


@router.get("/embed")
async def show_embed(request: Request) -> Response:
    """Show in a few lines what is the matter, to be framed by pages of others."""
    site = site_of(request)
    asked = look_up(request.query_params.get("lang") or "", site.languages)
    language = asked or negotiated(header_of(request.scope, b"accept-language"), site.languages)
    vary = "" if asked else "Accept-Language"
    try:
        found, age = await find_rendered(request, language, "embed", read_embed, ())
    except (StoreUnavailable, NotYetVisible):
        return _away(request, language)
    return answer_rendered(request, found, age=age, vary=vary, more=FRAME)


async def read_embed(read: PageRead) -> PageContent:
    """Read what the page for a frame is made from."""
    state, until = await read_state(read)
    return PageContent(template="embed.html", document=state, shape=PresentState, words=embed_words, until=until)


def embed_words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    """Say what is the matter in one sentence, and name what does not work, the worst first."""
    board = document["board"]
    parts = [("components", each) for each in board["components"]] + [("panels", each) for each in board["panels"]]
    wrong = [(where, each) for where, each in parts if each["status"] != Status.OPERATIONAL]
    more = len(wrong) - MOST_NAMED
    wrong.sort(key=lambda pair: -Status(pair[1]["status"]).rank)
    return {
        "headline": headline_of(document, speech),
        "wrong": [
            {"path": f"{where}/{each['key']}", "name": each["name"], "status": each["status"]}
            for where, each in wrong[:MOST_NAMED]
        ],
        "more": speech.plural("%(number)s more", "%(number)s more", more) if more > 0 else "",
        "most": MOST_NAMED,
    }


def _away(request: Request, language: str) -> Response:
    """Say within a frame that nothing can be said now."""
    site = site_of(request)
    headline = Headline(text=site.speech(language).text(WRONG[503][1]), status=Status.UNKNOWN)
    nothing = {"board": {}, "incidents": [], "active": [], "wrong": [], "more": "", "most": 0, "headline": headline}
    content = PageContent(template="embed.html", document=nothing, shape=dict)
    body = site.render(content, site.view(language, "embed", site.facade.clock.now()))
    headers = {**SAFE, **FRAME, "Cache-Control": "no-store", "Retry-After": str(RETRY_SECONDS)}
    return Response(body, HTTPStatus.SERVICE_UNAVAILABLE, headers, HTML)


@router.get("/embed.json")
async def show_state(request: Request) -> Response:
    """Say what is the matter as the banner reads it."""

    async def read(page: PageRead) -> FileContent:
        state, until = await read_state(page)
        return FileContent(media=JSON, document=state, shape=PresentState, write=_banner, until=until)

    return await answer_file(request, language_of(request), "embed.json", read, more=ANYWHERE)


def _banner(state: Mapping[str, Any], view: PageView) -> bytes:
    found = headline_of(state, view.speech)
    return orjson.dumps(
        {
            "status": found.status,
            "headline": found.text,
            "language": view.language,
            "direction": view.speech.direction,
            "site": view.site.name,
            "url": view.absolute(""),
            "close": view.speech.text(CLOSE),
        }
    )


@router.get(f"/{SCRIPT}")
async def show_script(request: Request) -> Response:
    """Give the script of the banner, under an address that does not change."""
    file = site_of(request).files.plain(SCRIPT)
    compressed = file.compressed if takes_gzip(request) else None
    tag = f'"{file.name}{"-gz" if compressed else ""}"'
    headers = {
        **ANYWHERE,
        "Cache-Control": SHORT,
        "ETag": tag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if matches(list_of(request.scope, b"if-none-match"), tag):
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    if compressed is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(compressed or file.body, HTTPStatus.OK, headers, file.media)
