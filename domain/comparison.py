"""How names that people or machines wrote are compared: what looks the same is the same."""

from __future__ import annotations

import re
from unicodedata import name, normalize

UNSEEN = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""What is never seen: marks of direction, joining and variation, soft hyphens, and letters that are blank."""
BLANK = re.compile("[\\s\u2800]")


def comparable(text: str) -> str:
    """Give the text by which another one is the same: in NFC, without what is never seen and without outer blanks.

    Every other blank counts as a plain one.
    """
    if text.isascii():
        return text.strip()
    return BLANK.sub(" ", normalize("NFC", UNSEEN.sub("", text))).strip()


def invisible_in(*texts: str) -> list[str]:
    """Name the characters of texts that nobody sees, each once (``U+200B ZERO WIDTH SPACE``).

    A plain blank is seen unless it is the first or the last character.
    """
    found = [each for text in texts if text != comparable(text) for each in _unseen(text)]
    return [f"U+{ord(each):04X} {name(each, '')}".strip() for each in dict.fromkeys(found)]


def _unseen(text: str) -> list[str]:
    seen = [place for place, each in enumerate(text) if not UNSEEN.match(each) and not BLANK.match(each)]
    inner = range(seen[0], seen[-1]) if seen else range(0)
    return [
        each
        for place, each in enumerate(text)
        if UNSEEN.match(each) or (BLANK.match(each) and (each != " " or place not in inner))
    ]
