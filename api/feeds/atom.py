"""Writes a feed as Atom (RFC 4287)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from api.feeds.addresses import ATOM
from application.document import instant

if TYPE_CHECKING:
    from api.feeds.addresses import FeedPlace
    from api.feeds.words import FeedItem, FeedText

NAMESPACE = "http://www.w3.org/2005/Atom"
GENERATOR = "Bitácora"


def write_atom(feed: FeedText, place: FeedPlace, site: str) -> bytes:
    """Write a feed of ``site``, by whose name it is signed."""
    root = Element("feed", {"xmlns": NAMESPACE, "xml:lang": feed.language})
    add(root, "id", feed.id)
    add(root, "title", feed.title)
    add(root, "updated", instant(feed.updated))
    add(SubElement(root, "author"), "name", site)
    add(root, "link", rel="self", type=ATOM.media, href=place.self, hreflang=feed.language)
    add(root, "link", rel="alternate", type="text/html", href=place.page, hreflang=feed.language)
    for language, address in place.others.items():
        add(root, "link", rel="alternate", type=ATOM.media, href=address, hreflang=language)
    add(root, "icon", place.icon)
    add(root, "generator", GENERATOR)
    for item in feed.items:
        _entry(SubElement(root, "entry"), item, feed.language)
    return document_of(root)


def _entry(entry: Element, item: FeedItem, language: str) -> None:
    add(entry, "id", item.id)
    add(entry, "title", item.title)
    add(entry, "link", rel="alternate", type="text/html", href=item.link, hreflang=language)
    add(entry, "published", instant(item.published))
    add(entry, "updated", instant(item.updated))
    for name in item.about:
        add(entry, "category", term=name)
    add(entry, "summary", item.summary)
    add(entry, "content", item.html, type="html")


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> None:
    """Add an element with a text, which has to be one that XML can write."""
    SubElement(parent, tag, attributes).text = text


def document_of(root: Element) -> bytes:
    """Write a document of XML."""
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"
