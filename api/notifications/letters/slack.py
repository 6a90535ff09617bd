"""Writes a letter as a message of Slack (Block Kit).

What people wrote stands in blocks of rich text and of plain text, in which Slack looks for no marks: nothing in it is a
mention, a link or an emoji. In `mrkdwn` some marks cannot be escaped.
"""

from __future__ import annotations

import json
import re
from itertools import groupby
from typing import TYPE_CHECKING, Literal, NotRequired

from typing_extensions import TypedDict

from api.notifications.letters.mail import READ_ON, SEE_PAGE
from api.notifications.letters.marked_text import MarkedLine, MarkedSpan, marked_lines
from api.notifications.letters.room import written_within
from api.notifications.letters.words import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from api.notifications.letters.text import LetterBlock, LetterSection, LetterWords
    from api.site.kernel.languages import Speech

MOST_BYTES = 20_000
LONGEST_HEADER, LONGEST_SECTION = 150, 3_000
DEEPEST = 8
"""How deep Slack indents lists."""
MENTION = re.compile(r"@(?=channel|here|everyone)", re.IGNORECASE)


class SlackStyle(TypedDict):
    """How words are marked."""

    bold: NotRequired[bool]
    italic: NotRequired[bool]
    code: NotRequired[bool]


class SlackSpan(TypedDict):
    """Words, or a link."""

    type: Literal["text", "link"]
    text: str
    url: NotRequired[str]
    style: NotRequired[SlackStyle]


class SlackParagraph(TypedDict):
    """Lines of one kind."""

    type: Literal["rich_text_section", "rich_text_quote", "rich_text_preformatted"]
    elements: list[SlackSpan]


class SlackList(TypedDict):
    """Items of a list that are equally deep."""

    type: Literal["rich_text_list"]
    style: Literal["bullet", "ordered"]
    indent: int
    offset: NotRequired[int]
    """How many items stand before the first one."""
    elements: list[SlackParagraph]


class SlackRichText(TypedDict):
    """Text with marks."""

    type: Literal["rich_text"]
    elements: list[SlackParagraph | SlackList]


class SlackPlainText(TypedDict):
    """Text in which nothing is a mark."""

    type: Literal["plain_text"]
    text: str
    emoji: Literal[False]


class SlackTextBlock(TypedDict):
    """A heading, or a sentence."""

    type: Literal["header", "section"]
    text: SlackPlainText


class SlackMessage(TypedDict):
    """A message, as an incoming webhook of Slack takes it."""

    text: str
    """What notifications show."""
    mrkdwn: Literal[False]
    unfurl_links: Literal[False]
    unfurl_media: Literal[False]
    blocks: list[SlackTextBlock | SlackRichText]


def write_slack(words: LetterWords, speech: Speech) -> str:
    """Write a message of 20,000 bytes at most."""
    return written_within(words, speech, MOST_BYTES, _write)


def _write(words: LetterWords, speech: Speech) -> str:
    blocks: list[SlackTextBlock | SlackRichText] = []
    if words.intro:
        blocks.append(_plain("section", words.intro, LONGEST_SECTION))
    for section in words.sections:
        blocks += _section(section, speech)
    if words.more:
        blocks.append(_rich([_paragraph([_link(words.more, words.site_url)])]))
    message: SlackMessage = {
        "text": _escaped(words.subject),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": blocks,
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _section(section: LetterSection, speech: Speech) -> Iterator[SlackTextBlock | SlackRichText]:
    tail = f": {section.state}"
    yield _plain("header", f"{cut(section.title, LONGEST_HEADER - len(tail))}{tail}", LONGEST_HEADER)
    yield _plain("section", section.sentence, LONGEST_SECTION)
    message = _paragraphs(marked_lines(section.message, section.link))
    if message:
        yield _rich(message)
    found: list[SlackParagraph | SlackList] = []
    if section.facts:
        found.append(_paragraph([_words("\n".join(section.facts))]))
    for block in section.blocks:
        found += _block(block, section.link)
    found.append(_paragraph([_link(speech.text(READ_ON if section.is_cut else SEE_PAGE), section.link)]))
    yield _rich(found)


def _block(block: LetterBlock, page: str) -> Iterator[SlackParagraph | SlackList]:
    yield _paragraph([{"type": "text", "text": block.title, "style": {"bold": True}}])
    if block.lines:
        yield _list([_paragraph([_words(each)]) for each in block.lines])
    for each in block.texts:
        lines = marked_lines(each, page)
        first = [line for line in lines if line.text]
        if len(first) == 1:
            yield _list([_paragraph(_spans(first[0]))])
        else:
            yield from _paragraphs(lines)


def _paragraphs(lines: Sequence[MarkedLine]) -> list[SlackParagraph | SlackList]:
    found: list[SlackParagraph | SlackList] = []
    for kind, group in groupby([line for line in lines if line.text], key=_kind):
        same = list(group)
        match kind:
            case "code":
                found.append(_paragraph([_words("\n".join(line.text for line in same))], "rich_text_preformatted"))
            case "quote":
                found.append(_paragraph(_joined(same), "rich_text_quote"))
            case "list":
                found += _lists(same)
            case _:
                found.append(_paragraph(_joined(same)))
    return found


def _kind(line: MarkedLine) -> str:
    if line.code:
        return "code"
    if line.quoted:
        return "quote"
    return "list" if line.depth else "text"


def _lists(lines: Iterable[MarkedLine]) -> Iterator[SlackList]:
    current: SlackList | None = None
    for line in lines:
        if current is not None and not line.bullet:
            current["elements"][-1]["elements"] += [_words("\n"), *_spans(line)]
            continue
        made = _list([_paragraph(_spans(line))], line)
        if current is not None and (current["style"], current["indent"]) == (made["style"], made["indent"]):
            current["elements"] += made["elements"]
            continue
        if current is not None:
            yield current
        current = made
    if current is not None:
        yield current


def _list(items: list[SlackParagraph], line: MarkedLine | None = None) -> SlackList:
    number = line.bullet.removesuffix(". ") if line else ""
    indent = min(max(0, line.depth - 1), DEEPEST) if line else 0
    if not number.isdigit():
        return {"type": "rich_text_list", "style": "bullet", "indent": indent, "elements": items}
    offset = max(0, int(number) - 1)
    return {"type": "rich_text_list", "style": "ordered", "indent": indent, "offset": offset, "elements": items}


def _joined(lines: Sequence[MarkedLine]) -> list[SlackSpan]:
    found: list[SlackSpan] = []
    for line in lines:
        if found:
            found.append(_words("\n\n" if line.begins else "\n"))
        found += _spans(line)
    return found


def _spans(line: MarkedLine) -> list[SlackSpan]:
    return [_span(each) for each in line.spans if each.text] or [_words(" ")]


def _span(span: MarkedSpan) -> SlackSpan:
    found: SlackSpan = _words(span.text) if span.link is None else _link(span.text, span.link)
    style: SlackStyle = {}
    if span.strong:
        style["bold"] = True
    if span.emphasis:
        style["italic"] = True
    if span.code:
        style["code"] = True
    if style:
        found["style"] = style
    return found


def _words(text: str) -> SlackSpan:
    return {"type": "text", "text": text}


def _link(text: str, address: str) -> SlackSpan:
    return {"type": "link", "text": text, "url": address}


def _paragraph(
    spans: list[SlackSpan],
    kind: Literal["rich_text_section", "rich_text_quote", "rich_text_preformatted"] = "rich_text_section",
) -> SlackParagraph:
    return {"type": kind, "elements": spans}


def _rich(elements: list[SlackParagraph | SlackList]) -> SlackRichText:
    return {"type": "rich_text", "elements": elements}


def _plain(kind: Literal["header", "section"], text: str, longest: int) -> SlackTextBlock:
    return {"type": kind, "text": {"type": "plain_text", "text": cut(text, longest), "emoji": False}}


def _escaped(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A word joiner, which nobody sees, keeps it from calling everybody.
    return MENTION.sub("@\u2060", escaped)
