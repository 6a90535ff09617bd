"""Ids as Statuspage has them: twelve small letters and digits, derived from ours, so that they never change."""

from __future__ import annotations

from hashlib import sha256

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LENGTH = 12


def code(kind: str, *parts: object) -> str:
    """Give the id of a thing; ``parts`` are what tells it from others of its kind, as its key or its own id."""
    number = int.from_bytes(sha256("/".join((kind, *map(str, parts))).encode()).digest()[:16], "big")
    digits = []
    for _ in range(LENGTH):
        number, rest = divmod(number, len(DIGITS))
        digits.append(DIGITS[rest])
    return "".join(digits)


PAGE = code("page")
"""The same on every site: nothing but its address tells one site from another before anything happened there."""
PANELS = code("panels")
"""The group that the panels are in."""
