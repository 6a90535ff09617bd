"""Writes a letter as a message of Microsoft Teams: an Adaptive Card, as a Workflows address takes it.

What people wrote stands in runs of text, in which Teams looks for no Markdown.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, NotRequired

from typing_extensions import TypedDict

from api.notifications.letters.mail import READ_ON, SEE_PAGE
from api.notifications.letters.marked_text import MarkedLine, MarkedSpan, marked_lines
from api.notifications.letters.room import written_within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from api.notifications.letters.text import LetterBlock, LetterSection, LetterWords
    from api.site.kernel.languages import Speech

MOST_BYTES = 25_000
"""Teams refuses what is larger than 28 KB with what it adds itself."""
CARD = "application/vnd.microsoft.card.adaptive"
Color = Literal["default", "good", "accent", "warning", "attention"]
COLORS: dict[str, Color] = {
    "operational": "good",
    "under_maintenance": "accent",
    "degraded_performance": "warning",
    "partial_outage": "warning",
    "major_outage": "attention",
}


class OpenPage(TypedDict):
    """Opens a page."""

    type: Literal["Action.OpenUrl"]
    title: NotRequired[str]
    url: str


class CardRun(TypedDict):
    """Words that are marked in one way."""

    type: Literal["TextRun"]
    text: str
    weight: NotRequired[Literal["bolder"]]
    italic: NotRequired[bool]
    fontType: NotRequired[Literal["monospace"]]
    size: NotRequired[Literal["large"]]
    color: NotRequired[Color]
    isSubtle: NotRequired[bool]
    selectAction: NotRequired[OpenPage]


class CardLine(TypedDict):
    """A line."""

    type: Literal["RichTextBlock"]
    inlines: list[CardRun]
    spacing: NotRequired[Literal["none", "small", "medium", "large"]]
    separator: NotRequired[bool]


class TeamsCard(TypedDict):
    """An Adaptive Card of version 1.4, which every client of Teams shows."""

    type: Literal["AdaptiveCard"]
    version: Literal["1.4"]
    fallbackText: str
    body: list[CardLine]
    actions: list[OpenPage]


class TeamsAttachment(TypedDict):
    """What a message brings."""

    contentType: str
    contentUrl: None
    content: TeamsCard


class TeamsMessage(TypedDict):
    """A message with one card."""

    type: Literal["message"]
    attachments: list[TeamsAttachment]


def write_teams(words: LetterWords, speech: Speech) -> str:
    """Write a message of 25,000 bytes at most."""
    return written_within(words, speech, MOST_BYTES, _write)


def _write(words: LetterWords, speech: Speech) -> str:
    body: list[CardLine] = []
    if words.intro:
        body.append(_line([_run(words.intro)]))
    for number, section in enumerate(words.sections):
        lines = list(_section(section))
        lines[0]["separator"] = number > 0
        body += lines
    if words.more:
        body.append(_line([{**_run(words.more), "selectAction": _open(words.site_url)}]))
    card: TeamsCard = {
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": _plain(words.subject),
        "body": body,
        "actions": [_action(section, speech, alone=len(words.sections) == 1) for section in words.sections],
    }
    message: TeamsMessage = {
        "type": "message",
        "attachments": [{"contentType": CARD, "contentUrl": None, "content": card}],
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _action(section: LetterSection, speech: Speech, *, alone: bool) -> OpenPage:
    title = speech.text(READ_ON if section.is_cut else SEE_PAGE) if alone else section.title
    return {"type": "Action.OpenUrl", "title": _plain(title), "url": section.link}


def _section(section: LetterSection) -> Iterator[CardLine]:
    yield _line([{**_run(section.state), "weight": "bolder", "color": COLORS.get(section.tone, "default")}])
    yield _line([{**_run(section.title), "weight": "bolder", "size": "large"}], "none")
    yield _line([_run(section.sentence)], "small")
    yield from _lines(marked_lines(section.message, section.link))
    for number, fact in enumerate(section.facts):
        yield _line([_run(fact)], "none" if number else "medium")
    for block in section.blocks:
        yield from _block(block, section.link)


def _block(block: LetterBlock, page: str) -> Iterator[CardLine]:
    yield _line([{**_run(block.title), "weight": "bolder"}], "medium")
    for each in block.lines:
        yield _line([_run(f"• {each}")], "none")
    for text in block.texts:
        for number, line in enumerate(each for each in marked_lines(text, page) if each.text):
            start = "" if number or line.bullet else "• "
            yield _line([_run(start), *_marked(line)] if start else _marked(line), "none")


def _lines(lines: Sequence[MarkedLine]) -> Iterator[CardLine]:
    for line in lines:
        if line.text:
            yield _line(_marked(line), "medium" if line.begins and not line.depth else "none")


def _marked(line: MarkedLine) -> list[CardRun]:
    indent = "\u2003" * (max(0, line.depth - (1 if line.bullet else 0)) + line.quoted)
    start = f"{indent}{'• ' if line.bullet == '- ' else line.bullet}"
    return [*([_run(start)] if start else []), *(_span(each) for each in line.spans if each.text)]


def _span(span: MarkedSpan) -> CardRun:
    found = _run(span.text)
    if span.strong:
        found["weight"] = "bolder"
    if span.emphasis:
        found["italic"] = True
    if span.code:
        found["fontType"] = "monospace"
    if span.link is not None:
        found["color"] = "accent"
        found["selectAction"] = _open(span.link)
    return found


def _run(text: str) -> CardRun:
    return {"type": "TextRun", "text": _plain(text)}


def _open(address: str) -> OpenPage:
    return {"type": "Action.OpenUrl", "url": address}


def _line(runs: list[CardRun], spacing: Literal["none", "small", "medium", "large"] | None = None) -> CardLine:
    line: CardLine = {"type": "RichTextBlock", "inlines": runs}
    if spacing is not None:
        line["spacing"] = spacing
    return line


def _plain(text: str) -> str:
    """Keep cards from computing a date of what somebody wrote (``{{DATE(…)}}``)."""
    return text.replace("{{", "{\u2060{")
