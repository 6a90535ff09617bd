"""Markdown as lines of marked words, from which channels that show no HTML write their own marks."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from api.feeds.words import TURNING
from api.site.kernel.texts import NOT_IN_XML, SCHEMES, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""What ends or hides a line somewhere; tabs and line feeds stay."""
CUT = "…"
LONGEST_ADDRESS = 2_000
STEP = 2
"""By how many columns a list within a list is indented."""


@dataclass(frozen=True, kw_only=True)
class MarkedSpan:
    """Words that are marked in one way; ``link`` is the address that they lead to."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    link: str | None = None


@dataclass(frozen=True, kw_only=True)
class MarkedLine:
    """A line; ``bullet`` stands before it (``- ``, ``3. ``), ``begins`` says that a paragraph begins with it."""

    spans: tuple[MarkedSpan, ...]
    bullet: str = ""
    depth: int = 0
    """How many lists it is in."""
    quoted: bool = False
    code: bool = False
    begins: bool = True

    @property
    def text(self) -> str:
        """Its words, without marks."""
        return "".join(span.text for span in self.spans)


def tidy(text: str) -> str:
    """Leave out what cannot be written everywhere, and what turns the direction of what follows; lines stay."""
    ended = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    # Nothing that goes can be printed. To see that there is none takes a twentieth of the time of looking for each.
    if ended.replace("\n", " ").replace("\t", " ").isprintable():
        return ended
    return TURNING.sub("", CONTROL.sub(" ", NOT_IN_XML.sub("", ended)))


def one_line(text: str) -> str:
    """Make a text one line that nothing in it hides or turns."""
    return " ".join(tidy(text).split())


def marked_lines(text: str, page: str) -> list[MarkedLine]:
    """Read Markdown as pages do: nothing of HTML, no pictures, no headings, only links that lead somewhere safe.

    Links that begin at the address ``page`` become whole.
    """
    return list(_Reader(page).read(parsed(tidy(text))))


def shortened(text: str, longest: int) -> tuple[str, bool]:
    """Cut Markdown after a paragraph, else between words, and tell whether it was cut."""
    if len(text) <= longest:
        return text, False
    head = text[:longest]
    for end in ("\n\n", "\n", " "):
        place = head.rfind(end)
        if place > longest // 2:
            return head[:place].rstrip(), True
    return head, True


class _Reader:
    """Walks the tokens of a text once."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._lists: list[int | None] = []
        """The number of the next item of each list that it is in, None for one without numbers."""
        self._bullet = ""
        self._quotes = 0

    def read(self, tokens: Sequence[Token]) -> Iterator[MarkedLine]:
        for token in tokens:
            match token.type:
                case "bullet_list_open":
                    self._lists.append(None)
                case "ordered_list_open":
                    self._lists.append(_start(token))
                case "bullet_list_close" | "ordered_list_close":
                    self._lists.pop()
                case "list_item_open":
                    self._bullet = self._next_bullet()
                case "blockquote_open":
                    self._quotes += 1
                case "blockquote_close":
                    self._quotes -= 1
                case "inline":
                    yield from self._lines(token.children or ())
                case "fence" | "code_block":
                    yield from self._code(token.content)
                case "hr":
                    yield self._line((MarkedSpan(text="———"),), begins=True)

    def _next_bullet(self) -> str:
        number = self._lists[-1]
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _lines(self, tokens: Sequence[Token]) -> Iterator[MarkedLine]:
        spans: list[MarkedSpan] = []
        begins = True
        for span in _spans(tokens, self._page):
            if span is not None:
                spans.append(span)
                continue
            yield self._line(tuple(spans), begins=begins)
            spans, begins = [], False
        yield self._line(tuple(spans), begins=begins)

    def _code(self, content: str) -> Iterator[MarkedLine]:
        for number, line in enumerate(content.rstrip("\n").split("\n")):
            yield replace(self._line((MarkedSpan(text=line, code=True),), begins=number == 0), code=True)

    def _line(self, spans: tuple[MarkedSpan, ...], *, begins: bool) -> MarkedLine:
        bullet, self._bullet = self._bullet, ""
        return MarkedLine(spans=spans, bullet=bullet, depth=len(self._lists), quoted=self._quotes > 0, begins=begins)


def _spans(tokens: Sequence[Token], page: str) -> Iterator[MarkedSpan | None]:
    """Give the words of a paragraph, None where a line of it ends."""
    mark = MarkedSpan(text="")
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                mark = replace(mark, strong=token.nesting > 0)
            case "em_open" | "em_close":
                mark = replace(mark, emphasis=token.nesting > 0)
            case "link_open":
                mark = replace(mark, link=_whole(str(token.attrGet("href") or ""), page))
            case "link_close":
                mark = replace(mark, link=None)
            case "code_inline":
                yield replace(mark, text=token.content, code=True)
            case "softbreak" | "hardbreak":
                yield None
            case _:
                if token.content:
                    yield replace(mark, text=token.content)


def _start(token: Token) -> int:
    start = token.attrGet("start")
    return 1 if start is None else int(start)


def _whole(address: str, page: str) -> str | None:
    """Give the whole of an address, None for what is none or leads nowhere safe."""
    try:
        whole = urljoin(page, address)
        scheme = urlsplit(whole).scheme.lower()
    except ValueError:
        return None
    return whole if scheme in SCHEMES and len(whole) <= LONGEST_ADDRESS else None
