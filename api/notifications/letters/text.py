"""What a letter says in one language, before a channel writes it in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class LetterBlock:
    """Something that stands under a heading: short lines, or texts in Markdown."""

    title: str
    lines: Sequence[str] = ()
    texts: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class EarlierNews:
    """Something that was announced before what a section is about."""

    sentence: str
    when: str
    message: str
    """Markdown; empty if nothing was written."""
    is_cut: bool


@dataclass(frozen=True, kw_only=True)
class LetterSection:
    """What is said of one thing."""

    title: str
    state: str
    tone: str
    """The status whose color it has."""
    sentence: str
    """What happened."""
    message: str
    """Markdown; empty if nothing was written."""
    is_cut: bool
    """Whether the message goes on at the page."""
    facts: Sequence[str]
    blocks: Sequence[LetterBlock]
    earlier: Sequence[EarlierNews]
    link: str
    """The address of its page."""


@dataclass(frozen=True, kw_only=True)
class LetterWords:
    """A letter in one language."""

    language: str
    direction: str
    site: str
    site_url: str
    subject: str
    intro: str
    """What a digest says first; empty for other letters."""
    sections: Sequence[LetterSection]
    more: str
    """What is left out; empty if nothing is."""
    more_count: int
    """How many announcements that are."""
    zone: str
    """Which clocks the times are of."""
    thing: str
    """The type and the id of what it is about; empty if of several."""
