"""How much of a letter has room in a message of a chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api.notifications.letters.marked_text import shortened
from api.notifications.letters.words import further

if TYPE_CHECKING:
    from api.notifications.letters.text import LetterBlock, LetterSection, LetterWords
    from api.site.kernel.languages import Speech


@dataclass(frozen=True, kw_only=True)
class Room:
    """How many sections, facts, blocks, lines of a block and characters of a text there are."""

    sections: int
    facts: int
    blocks: int
    lines: int
    text: int


ROOMS = (
    Room(sections=5, facts=10, blocks=10, lines=15, text=2_500),
    Room(sections=3, facts=5, blocks=6, lines=8, text=1_200),
    Room(sections=2, facts=5, blocks=3, lines=5, text=400),
    Room(sections=1, facts=2, blocks=0, lines=0, text=0),
)
"""From much to little; the last one always fits."""


def written_within(words: LetterWords, speech: Speech, most: int, write: Callable[[LetterWords, Speech], str]) -> str:
    """Write as much of a letter as ``most`` bytes of UTF-8 have room for."""
    body = ""
    for room in ROOMS:
        body = write(_reduced(words, room, speech), speech)
        if len(body.encode()) <= most:
            break
    return body


def _reduced(words: LetterWords, room: Room, speech: Speech) -> LetterWords:
    sections = [_section(each, room) for each in words.sections[: room.sections]]
    rest = sum(1 + len(each.earlier) for each in words.sections[room.sections :])
    rest += sum(len(each.earlier) for each in words.sections[: room.sections])
    return replace(
        words, sections=sections, more=further(rest + words.more_count, speech), more_count=rest + words.more_count
    )


def _section(section: LetterSection, room: Room) -> LetterSection:
    message, is_cut = shortened(section.message, room.text)
    return replace(
        section,
        message=message,
        is_cut=is_cut or section.is_cut,
        facts=section.facts[: room.facts],
        blocks=[_block(each, room) for each in section.blocks[: room.blocks]],
        earlier=(),
    )


def _block(block: LetterBlock, room: Room) -> LetterBlock:
    texts = [shortened(each, room.text)[0] for each in block.texts[: room.lines]]
    return replace(block, lines=block.lines[: room.lines], texts=texts)
