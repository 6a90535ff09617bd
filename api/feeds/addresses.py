"""The formats of feeds, and where each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from starlette.convertors import Convertor, register_url_convertor

from api.feeds.words import feed_title

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from api.site.kernel.view import PageView


@dataclass(frozen=True, kw_only=True)
class FeedFormat:
    """A format: the name of its file, without a language, and its media type."""

    file: str
    media: str


ATOM = FeedFormat(file="history.atom", media="application/atom+xml")
RSS = FeedFormat(file="history.rss", media="application/rss+xml")
JSON_FEED = FeedFormat(file="feed.json", media="application/feed+json")


class FeedConvertor(Convertor[str]):
    """The name of the file of a feed; one pattern for all of them, which every request is held against."""

    regex = r"history\.atom|history\.rss|feed\.json"

    def convert(self, value: str) -> str:
        """Give the name as it stands in the address."""
        return value

    def to_string(self, value: str) -> str:
        """Write a name."""
        return value


FEED = "feed"
"""What a part of a path is called that such a name is: ``/{file:feed}``."""
register_url_convertor(FEED, FeedConvertor())


@dataclass(frozen=True, kw_only=True)
class FeedPlace:
    """Where a feed is in one language, and what it is called there; all addresses are whole."""

    title: str
    self: str
    page: str
    others: Mapping[str, str]
    """The same feed in the other languages, by their tags."""
    icon: str


def place_of(document: Mapping[str, Any], view: PageView, format: FeedFormat) -> FeedPlace:
    """Say where a feed is."""
    query = urlencode([tuple(pair) for pair in document["query"]])
    return FeedPlace(
        title=feed_title(view, document["filter"]),
        self=_address(view, view.language, format, query),
        page=view.absolute(document["page"]),
        others={tag: _address(view, tag, format, query) for tag in view.languages if tag != view.language},
        icon=f"{view.site.url}{view.static('icon.svg')}",
    )


def _address(view: PageView, language: str, format: FeedFormat, query: str) -> str:
    return f"{view.site.url}/{quote(language)}/{format.file}{f'?{query}' if query else ''}"
