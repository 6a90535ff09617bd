"""What can be read on a page: its visible sentences, in their order."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx

INLINE = {"a", "abbr", "b", "bdi", "code", "em", "i", "kbd", "span", "strong", "time", "button", "label"}
HIDDEN = {"script", "style", "title", "template", "svg", "option"}
VOID = {"br", "hr", "img", "input", "link", "meta"}
BLANKS = re.compile(r"\s+")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - of its base
        if tag in HIDDEN:
            self._hidden += 1
        elif tag not in INLINE:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN:
            self._hidden -= 1
        elif tag not in INLINE:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.lines[-1] += data


def sentences(page: httpx.Response) -> list[str]:
    """Give the lines that a reader of a page sees, from its top to its bottom."""
    assert page.headers["Content-Type"] == "text/html; charset=utf-8", page.text
    text = _Text()
    text.feed(page.text)
    return [line for line in (BLANKS.sub(" ", each).strip() for each in text.lines) if line]


def assert_in_order(lines: list[str], *wanted: str) -> None:
    """Hold that a page has these lines, in this order, whatever stands between them."""
    rest = iter(lines)
    for line in wanted:
        assert any(line == each for each in rest), f"{line!r} is not there, or not in this place, in {lines}"
