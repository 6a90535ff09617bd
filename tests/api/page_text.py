"""What can be read on a page: its visible sentences, in their order, and what stands in its fields."""

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
        self.values: dict[str, str] = {}
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            self._fill(dict(attrs))
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

    def _fill(self, field: dict[str, str | None]) -> None:
        name, is_choice = field.get("name"), field.get("type") in {"radio", "checkbox"}
        if name and field.get("type") != "hidden" and ("checked" in field or not is_choice):
            self.values[name] = field.get("value") or ""


def lines_of(html: str) -> list[str]:
    """Give the lines that a reader of a page sees, from its top to its bottom."""
    text = _Text()
    text.feed(html)
    return [line for line in (BLANKS.sub(" ", each).strip() for each in text.lines) if line]


def filled_in(html: str) -> dict[str, str]:
    """Give what stands in the fields of a page, and what is chosen, by the names of the fields."""
    text = _Text()
    text.feed(html)
    return text.values


def sentences(page: httpx.Response) -> list[str]:
    """Give the lines that a reader of a page sees, from its top to its bottom."""
    assert page.headers["Content-Type"] == "text/html; charset=utf-8", page.text
    return lines_of(page.text)


def assert_in_order(lines: list[str], *wanted: str) -> None:
    """Hold that a page has these lines, in this order, whatever stands between them."""
    rest = iter(lines)
    for line in wanted:
        assert any(line == each for each in rest), f"{line!r} is not there, or not in this place, in {lines}"
