"""The addresses of feeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.feeds.addresses import ATOM, FEED, JSON_FEED, RSS, FeedFormat, FeedPlace, place_of
from api.feeds.atom import write_atom
from api.feeds.documents import FeedDocument
from api.feeds.entries import read_feed
from api.feeds.filters import MEMBERS, NO_FILTER, FeedFilter, filter_of, require_known
from api.feeds.json_feed import write_json_feed
from api.feeds.rss import write_rss
from api.feeds.words import FeedText, feed_item, line
from api.http.hot_route import HotRoute
from api.site.kernel.addresses import PAGE
from api.site.kernel.answers import anybody
from api.site.kernel.contents import FileContent
from api.site.kernel.copied import CopiedFile
from api.site.kernel.files import answer_file, language_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.site.kernel.reading import PageRead
    from api.site.kernel.view import PageView

router = APIRouter(include_in_schema=False, route_class=HotRoute)

Visitor = Annotated[None, Depends(anybody)]

Writing = Callable[[FeedText, FeedPlace, str], bytes]
FORMATS: dict[FeedFormat, Writing] = {ATOM: write_atom, RSS: write_rss, JSON_FEED: write_json_feed}
BY_FILE = {each.file: each for each in FORMATS}


@router.get("/history.atom")
async def show_default_atom(request: Request, visitor: Visitor) -> Response:
    """Give the feed in Atom, in the default language."""
    return await _answer(request, language_of(request), ATOM)


@router.get("/history.rss")
async def show_default_rss(request: Request, visitor: Visitor) -> Response:
    """Give the feed in RSS, in the default language."""
    return await _answer(request, language_of(request), RSS)


@router.get("/feed.json")
async def show_default_json_feed(request: Request, visitor: Visitor) -> Response:
    """Give the feed in JSON Feed, in the default language."""
    return await _answer(request, language_of(request), JSON_FEED)


@router.get(f"/{{lang:{PAGE}}}/{{file:{FEED}}}")
async def show_feed(request: Request, visitor: Visitor, lang: str, file: str) -> Response:
    """Give the feed in a language and a format."""
    return await _answer(request, lang, BY_FILE[file])


async def _answer(request: Request, language: str, format: FeedFormat) -> Response:
    async def read(page: PageRead) -> FileContent:
        wanted = filter_of(request.query_params)
        await require_known(page, wanted)
        return await read_file(page, format, wanted)

    return await answer_file(request, language, format.file, read, own=MEMBERS)


async def read_file(read: PageRead, format: FeedFormat, wanted: FeedFilter = NO_FILTER) -> FileContent:
    """Read what a feed is written from."""
    identity = await read.run(lambda: read.facade.queries.events.fingerprint(1))
    document = await read_feed(read, wanted, identity)
    return FileContent(
        media=format.media,
        document=document,
        shape=FeedDocument,
        write=partial(_write, format),
        modified_at=datetime.fromisoformat(document["modified_at"]) if document["modified_at"] else None,
    )


def _write(format: FeedFormat, document: Mapping[str, Any], view: PageView) -> bytes:
    place = place_of(document, view, format)
    feed = FeedText(
        id=uuid5(UUID(document["id"]), view.language).urn,
        title=place.title,
        language=view.language,
        updated=datetime.fromisoformat(document["updated"]),
        items=[feed_item(entry, document["names"], view) for entry in document["entries"]],
    )
    return FORMATS[format](feed, place, line(view.site.name))


async def copied_feeds(_read: PageRead) -> Sequence[CopiedFile]:
    """List the feeds that a copy of the site has: the whole ones."""
    return [CopiedFile(path=each.file, read=partial(read_file, format=each)) for each in FORMATS]
