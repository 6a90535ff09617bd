"""How a badge is drawn: two fields with texts, in SVG, without a font, a style or a script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import category, east_asian_width, normalize
from xml.sax.saxutils import escape, quoteattr

from api.site.kernel.texts import NOT_IN_XML
from domain.impact import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA = "image/svg+xml; charset=utf-8"
LABEL = "#3b4048"
COLORS: Mapping[Status, str] = {
    Status.OPERATIONAL: "#1a7f45",
    Status.UNDER_MAINTENANCE: "#1d63c4",
    Status.DEGRADED_PERFORMANCE: "#8a6100",
    Status.PARTIAL_OUTAGE: "#b34700",
    Status.MAJOR_OUTAGE: "#b3141d",
    Status.UNKNOWN: "#5c6470",
}
"""Those of the pages; white on each of them has a contrast of 4.5 to 1 at least."""
ROUND = {"flat": 3, "flat-square": 0}
"""The styles, and how round the corners are; the first is the default."""
LONGEST = 40
"""How many characters of a text are drawn; the title has them all."""
HEIGHT, SIZE, BASELINE, EDGE = 20, 11, 14, 6
ADVANCES = {
    character: advance
    for advance, characters in {
        3.3: "'IJijlł ,.’/:;\\|",
        4.2: "-()[]ft!r",
        5.6: '"*_`–s?z',
        6.4: "cLFkvxyPTYao",
        7.0: "0123456789$ESbdeghnpqu{}K",
        7.8: "ABVXZRCU",
        8.5: "NHDG&OQ",
        9.1: "w#+<=>^~M",
        10.8: "%mW@…",
    }.items()
    for character in characters
}
"""How wide characters of the usual fonts are, in pixels; marks on a letter take no room of their own."""
USUAL = 7.4
TAKE_NO_ROOM = frozenset({"Mn", "Me", "Cf"})
"""Marks on a letter, and what joins or turns letters and is not seen itself."""
CONTROL = re.compile("[\x7f-\x9f]")
BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True)
class Badge:
    """What a badge says: ``label`` names a thing, ``message`` says how it is; ``title`` is the whole sentence."""

    language: str
    label: str
    message: str
    title: str
    status: Status


def draw(badge: Badge, style: str) -> bytes:
    """Draw a badge; an unknown ``style`` is the default one."""
    label, message = _cut(_clean(badge.label)), _cut(_clean(badge.message))
    left, right = _width(label) + 2 * EDGE, _width(message) + 2 * EDGE
    title, whole = _clean(badge.title), left + right
    radius = ROUND.get(style, next(iter(ROUND.values())))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" viewBox="0 0 {whole} {HEIGHT}"'
        f' role="img" aria-label={quoteattr(title)} lang="{badge.language}" xml:lang="{badge.language}">'
        f"<title>{escape(title)}</title>"
        f'<rect width="{whole}" height="{HEIGHT}" rx="{radius}" fill="{LABEL}"/>'
        f"{_field(left, right, radius, COLORS[badge.status])}"
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="{SIZE}"'
        f' aria-hidden="true">{_text(label, left / 2)}{_text(message, left + right / 2)}</g></svg>\n'
    ).encode()


def _field(left: int, width: int, radius: int, color: str) -> str:
    """Draw the right field, of which only the outer corners are round."""
    straight = f"M{left} 0h{width - radius}"
    corners = f"q{radius} 0 {radius} {radius}v{HEIGHT - 2 * radius}q0 {radius} -{radius} {radius}"
    return f'<path fill="{color}" d="{straight}{corners if radius else f"v{HEIGHT}"}H{left}z"/>'


def _text(text: str, middle: float) -> str:
    # Each is a text of its own, so that the direction of one says nothing of the other.
    # Letters that hang together, as those of Arabic, would be torn apart if only their spaces were adjusted.
    length = f'textLength="{_width(text)}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{middle:g}" y="{BASELINE}" {length}>{escape(text)}</text>'


def _clean(text: str) -> str:
    return BLANKS.sub(" ", CONTROL.sub("", NOT_IN_XML.sub("", text))).strip() or "?"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _width(text: str) -> int:
    """Give about how many pixels a text takes in the usual fonts; it is drawn in exactly as many."""
    return max(1, round(sum(map(_advance, normalize("NFD", text)))))


def _advance(character: str) -> float:
    if category(character) in TAKE_NO_ROOM:
        return 0
    return SIZE if east_asian_width(character) in {"W", "F"} else ADVANCES.get(character, USUAL)
