"""What a feed says in one language: as HTML that is safe to show anywhere, and as plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from markupsafe import Markup, escape

from api.site.kernel.texts import NOT_IN_XML, excerpt, markdown, plain
from api.site.kernel.wording import STATUS_WORDS
from application.texts import translatable
from domain.impact import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.site.kernel.view import PageView

TURNING = re.compile("[\\u202a-\\u202e\\u2066-\\u2069]")
"""What turns the direction of all that follows, also of what a reader shows behind a title."""
HREF = re.compile(r'<a href="([^"]*)"')
SUMMARY = 300
"""How many characters a summary has."""
MOST_NAMES = 20
"""Of how many components an entry has the names, which programs show beside its title."""
LATE = timedelta(minutes=1)
"""What is told later than this after it was true says when that was."""
NAME = translatable("%(site)s: incidents and maintenance")
FILTERED = translatable("%(site)s: incidents and maintenance – %(names)s")
HAPPENED = translatable("It happened on %(time)s.")
EXPECTED = translatable("We expect to solve it by %(time)s.")
EVERYTHING = translatable("Everything is affected.")


@dataclass(frozen=True, kw_only=True)
class FeedItem:
    """An entry of a feed in one language."""

    id: str
    title: str
    html: str
    text: str
    """The same without marks."""
    summary: str
    link: str
    published: datetime
    updated: datetime
    about: Sequence[str]
    """The names of the components, or of the panel, that it is about."""


@dataclass(frozen=True, kw_only=True)
class FeedText:
    """A feed in one language."""

    id: str
    title: str
    language: str
    updated: datetime
    items: Sequence[FeedItem]


def feed_title(view: PageView, names: Sequence[str]) -> str:
    """Name a feed, with what it is narrowed down to."""
    speech = view.speech
    if not names:
        return line(speech.text(NAME, site=view.site.name))
    return line(speech.text(FILTERED, site=view.site.name, names=speech.several(names)))


def feed_item(entry: Mapping[str, Any], names: Mapping[str, str], view: PageView) -> FeedItem:
    """Put an entry, whose texts are in the language of ``view``, into words; ``names`` are those of components."""
    message, facts = clean(entry["message"] or ""), _facts(entry, names, view)
    title = line(entry["title"]).removesuffix(".")
    link = view.absolute(entry["page"])
    body = with_whole_links(markdown(message), link) if message else escape(line(entry["title"]))
    html = Markup('<div dir="auto">{}</div>').format(body)
    if facts:
        items = Markup("").join(Markup("<li>{}</li>").format(fact) for fact in facts)
        html += Markup("<ul>{}</ul>").format(items)
    text = plain(message) or line(entry["title"])
    return FeedItem(
        id=f"urn:uuid:{entry['id']}",
        title=title,
        html=clean(html),
        text=line("\n".join([text, *facts]), blanks=False),
        summary=line(excerpt(text, SUMMARY)),
        link=link,
        published=datetime.fromisoformat(entry["published"]),
        updated=datetime.fromisoformat(entry["updated"]),
        about=[line(name) for name in _about(entry, names)],
    )


def clean(text: str) -> str:
    """Leave out what XML cannot write; lines end as everywhere."""
    return NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str, *, blanks: bool = True) -> str:
    """Make a text plain: nothing in it turns what stands behind it, and with ``blanks`` it is one line."""
    found = TURNING.sub("", clean(text))
    return " ".join(found.split()) if blanks else found


def with_whole_links(html: Markup, page: str) -> Markup:
    """Let links that begin at the page of an entry lead there from anywhere."""

    def whole(found: re.Match[str]) -> str:
        try:
            return str(Markup('<a href="{}"').format(urljoin(page, unescape(found[1]))))
        except ValueError:
            # It is no address, and leads nowhere.
            return "<a"

    return Markup(HREF.sub(whole, html))  # noqa: S704 - it was clean before, and what it leads to is escaped


def _about(entry: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    if entry["panel"]:
        return [entry["panel"]]
    return [names[key] for key in entry["affected"] if names.get(key)][:MOST_NAMES]


def _facts(entry: Mapping[str, Any], names: Mapping[str, str], view: PageView) -> list[str]:
    speech, facts = view.speech, list[str]()
    if entry["starts_at"]:
        start, end = (datetime.fromisoformat(entry[name]) for name in ("starts_at", "ends_at"))
        facts.append(" – ".join(speech.span(start, end)))
    if entry["all"]:
        facts.append(f"{speech.text(EVERYTHING)} {speech.text(STATUS_WORDS[Status(entry['all'])])}")
    for key, status in entry["statuses"].items():
        if names.get(key):
            facts.append(f"{names[key]}: {speech.text(STATUS_WORDS[Status(status)])}")
    if entry["expected_at"]:
        facts.append(speech.text(EXPECTED, time=speech.moment(datetime.fromisoformat(entry["expected_at"]))))
    occurred = datetime.fromisoformat(entry["occurred_at"])
    if abs(datetime.fromisoformat(entry["published"]) - occurred) > LATE:
        facts.append(speech.text(HAPPENED, time=speech.moment(occurred)))
    return [line(fact) for fact in facts]
