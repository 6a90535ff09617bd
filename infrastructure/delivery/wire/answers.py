"""What comes of an attempt to send something. Nothing that the other side does raises."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

LONGEST_TEXT = 300
"""Characters of an answer that are kept."""
ELLIPSIS = "…"


class WireOutcome(StrEnum):
    """What to do after an attempt."""

    ACCEPTED = "accepted"
    """The other side has it."""
    LATER = "later"
    """Try again: the fault may pass."""
    REFUSED = "refused"
    """The other side does not want it; trying the same again changes nothing."""
    NO_ADDRESS = "no_address"
    """The mailbox does not exist."""
    GONE = "gone"
    """The endpoint asks for no more (HTTP 410)."""


@dataclass(frozen=True, kw_only=True)
class WireAnswer:
    """How the other side answered."""

    outcome: WireOutcome
    text: str = field(default="")
    """One line of at most 300 characters, without control characters."""
    code: int | None = None
    """The status of SMTP or HTTP; None if there was no answer."""
    retry_after: timedelta | None = None
    """How long the other side asks to wait, if it does."""

    def __post_init__(self) -> None:
        """Clean the text: it comes from outside, and goes into logs and pages."""
        object.__setattr__(self, "text", one_line(self.text))


@lru_cache(maxsize=1024)
def one_line(text: str) -> str:
    """Put ``text`` on one line of at most 300 characters; each control or unassigned character becomes a space."""
    # A hostile answer may be long, and only its beginning is read.
    start = text[: 4 * LONGEST_TEXT]
    spaced = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in start)
    line = " ".join(spaced.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1]}{ELLIPSIS}"


def later(text: str, code: int | None = None) -> WireAnswer:
    """Answer that it is to be tried again."""
    return WireAnswer(outcome=WireOutcome.LATER, text=text, code=code)
