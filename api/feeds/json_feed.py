"""Writes a feed as JSON Feed 1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from api.http.answers import dump
from application.document import instant

if TYPE_CHECKING:
    from api.feeds.addresses import FeedPlace
    from api.feeds.words import FeedItem, FeedText


class JsonFeedItem(TypedDict):
    """An item, by the names of the format."""

    id: str
    url: str
    title: str
    content_html: str
    content_text: str
    summary: str
    date_published: str
    date_modified: str
    tags: list[str]
    language: str


class JsonFeedAuthor(TypedDict):
    """Who signs it."""

    name: str


class JsonFeed(TypedDict):
    """A feed, by the names of the format."""

    version: str
    title: str
    home_page_url: str
    feed_url: str
    favicon: str
    authors: list[JsonFeedAuthor]
    language: str
    items: list[JsonFeedItem]


VERSION = "https://jsonfeed.org/version/1.1"


def write_json_feed(feed: FeedText, place: FeedPlace, site: str) -> bytes:
    """Write a feed of ``site``, by whose name it is signed."""
    document: JsonFeed = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": place.page,
        "feed_url": place.self,
        "favicon": place.icon,
        "authors": [{"name": site}],
        "language": feed.language,
        "items": [_item(item, feed.language) for item in feed.items],
    }
    return dump(document).encode()


def _item(item: FeedItem, language: str) -> JsonFeedItem:
    return {
        "id": item.id,
        "url": item.link,
        "title": item.title,
        "content_html": item.html,
        "content_text": item.text,
        "summary": item.summary,
        "date_published": instant(item.published),
        "date_modified": instant(item.updated),
        "tags": list(item.about),
        "language": language,
    }
