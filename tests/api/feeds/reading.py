"""Reads the three formats of a feed, as programs do, and says of each entry the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from tests.api.client import made

if TYPE_CHECKING:
    from collections.abc import Iterable

    import httpx

    from tests.api.client import Site

ATOM = "{http://www.w3.org/2005/Atom}"
FILES = ("history.atom", "history.rss", "feed.json")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry, as a program understands it."""

    id: str
    title: str
    link: str
    html: str
    published: datetime
    updated: datetime
    about: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A feed, as a program understands it."""

    title: str
    language: str
    page: str
    address: str
    entries: tuple[Entry, ...]

    @property
    def titles(self) -> list[str]:
        """The titles of its entries."""
        return [entry.title for entry in self.entries]

    def entry(self, title: str) -> Entry:
        """Give the entry of which the title begins so."""
        return next(entry for entry in self.entries if entry.title.startswith(title))


def xml_of(answer: httpx.Response) -> ET.Element:
    """Read a document of XML."""
    assert answer.status_code == 200, answer.text
    return ET.fromstring(answer.content)  # noqa: S314 - ours


def atom(answer: httpx.Response) -> Feed:
    """Read a feed in Atom."""
    root = xml_of(answer)
    links = {(each.get("rel"), each.get("type"), each.get("hreflang")): each.get("href") for each in _all(root, "link")}
    language = str(root.get("{http://www.w3.org/XML/1998/namespace}lang"))
    return Feed(
        title=_text(root, f"{ATOM}title"),
        language=language,
        page=str(links["alternate", "text/html", language]),
        address=str(links["self", "application/atom+xml", language]),
        entries=tuple(
            Entry(
                id=_text(each, f"{ATOM}id"),
                title=_text(each, f"{ATOM}title"),
                link=str(next(iter(_all(each, "link"))).get("href")),
                html=_text(each, f"{ATOM}content"),
                published=datetime.fromisoformat(_text(each, f"{ATOM}published")),
                updated=datetime.fromisoformat(_text(each, f"{ATOM}updated")),
                about=tuple(str(name.get("term")) for name in _all(each, "category")),
            )
            for each in _all(root, "entry")
        ),
    )


def rss(answer: httpx.Response) -> Feed:
    """Read a feed in RSS."""
    channel = xml_of(answer).find("channel")
    assert channel is not None
    return Feed(
        title=_text(channel, "title"),
        language=_text(channel, "language"),
        page=_text(channel, "link"),
        address=str(next(each for each in _all(channel, "link") if each.get("rel") == "self").get("href")),
        entries=tuple(
            Entry(
                id=_text(each, "guid"),
                title=_text(each, "title"),
                link=_text(each, "link"),
                html=_text(each, "description"),
                published=parsedate_to_datetime(_text(each, "pubDate")),
                updated=datetime.fromisoformat(_text(each, f"{ATOM}updated")),
                about=tuple(str(name.text) for name in each.iter("category")),
            )
            for each in channel.iter("item")
        ),
    )


def json_feed(answer: httpx.Response) -> Feed:
    """Read a feed in JSON Feed."""
    document = made(answer)
    return Feed(
        title=document["title"],
        language=document["language"],
        page=document["home_page_url"],
        address=document["feed_url"],
        entries=tuple(
            Entry(
                id=each["id"],
                title=each["title"],
                link=each["url"],
                html=each["content_html"],
                published=datetime.fromisoformat(each["date_published"]),
                updated=datetime.fromisoformat(each["date_modified"]),
                about=tuple(each["tags"]),
            )
            for each in document["items"]
        ),
    )


READERS = dict(zip(FILES, (atom, rss, json_feed), strict=True))


def feed_of(site: Site, language: str = "en", file: str = "history.atom", **query: Any) -> Feed:  # noqa: ANN401 - a query
    """Ask for a feed, as a reader who has seen everything that has happened."""
    site.tick()
    return READERS[file](site.reader.get(f"/{language}/{file}", params=query))


def _all(element: ET.Element, name: str) -> Iterable[ET.Element]:
    return element.iterfind(f"{ATOM}{name}")


def _text(element: ET.Element, name: str) -> str:
    found = element.find(name)
    assert found is not None, name
    return found.text or ""
