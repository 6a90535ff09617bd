"""Writes a feed as RSS 2.0, with the links and the corrections of Atom, which RSS has no words for."""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from api.feeds.addresses import RSS
from api.feeds.atom import GENERATOR, NAMESPACE, add, document_of
from application.document import instant

if TYPE_CHECKING:
    from datetime import datetime

    from api.feeds.addresses import FeedPlace
    from api.feeds.words import FeedItem, FeedText

SPECIFICATION = "https://www.rssboard.org/rss-specification"


def write_rss(feed: FeedText, place: FeedPlace, _site: str) -> bytes:
    """Write a feed; it is not signed, since RSS asks for an address for that."""
    root = Element("rss", {"version": "2.0", "xmlns:atom": NAMESPACE})
    channel = SubElement(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", place.page)
    add(channel, "description", feed.title)
    add(channel, "language", feed.language)
    if feed.items:
        add(channel, "lastBuildDate", _date(feed.updated))
    add(channel, "generator", GENERATOR)
    add(channel, "docs", SPECIFICATION)
    add(channel, "atom:link", rel="self", type=RSS.media, href=place.self)
    for language, address in place.others.items():
        add(channel, "atom:link", rel="alternate", type=RSS.media, href=address, hreflang=language)
    for item in feed.items:
        _item(SubElement(channel, "item"), item)
    return document_of(root)


def _item(element: Element, item: FeedItem) -> None:
    add(element, "title", item.title)
    add(element, "link", item.link)
    add(element, "guid", item.id, isPermaLink="false")
    add(element, "pubDate", _date(item.published))
    add(element, "atom:updated", instant(item.updated))
    for name in item.about:
        add(element, "category", name)
    add(element, "description", item.html)


def _date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))
