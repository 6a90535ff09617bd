"""A page of HTML as a reader sees it: its visible text, and its forms."""

from __future__ import annotations

import re
from html.parser import HTMLParser

HIDDEN = frozenset({"head", "script", "style", "template", "title"})
INLINE = frozenset({"a", "b", "em", "i", "span", "strong", "time", "input", "button"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.values: dict[str, str] = {}
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in HIDDEN:
            self._hidden += 1
        if tag not in INLINE:
            self.parts.append("\n")
        name, kind = named.get("name"), named.get("type")
        if tag == "input" and name and (kind not in {"radio", "checkbox", "hidden"} or "checked" in named):
            self.values[name] = named.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN:
            self._hidden -= 1
        if tag not in INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data.replace("\n", " "))


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def lines_of(html: str) -> list[str]:
    """Give the lines that can be read on a page, in their order, without outer and double blanks."""
    text = "".join(_read(html).parts)
    return [line for part in text.split("\n") if (line := re.sub(r"\s+", " ", part).strip())]


def filled_in(html: str) -> dict[str, str]:
    """Give what stands in the fields of a page, by their names."""
    return _read(html).values
