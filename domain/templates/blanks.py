"""The texts of templates: how they are read, and how their blanks are filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches
from enum import StrEnum

from domain.errors import Invalid
from domain.templates.errors import BadBraces, UnknownBlank
from domain.text import LONGEST_TEXT


class Blank(StrEnum):
    """What a text leaves open until it is used; it is written in braces."""

    COMPONENT = "component"
    MARKET = "market"
    TIME = "time"

    @property
    def as_written(self) -> str:
        """How it stands in a text: ``{component}``."""
        return f"{{{self}}}"


BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
"""Two braces that write one, a blank, or a brace alone."""
QUOTED = 64
"""How many characters of an unknown blank a refusal repeats."""
LIKENESS = 0.5


def read_blanks(text: str, known: Collection[Blank], *, pointer: str) -> frozenset[Blank]:
    """Give the blanks that a text has; ``pointer`` names the text in a refusal.

    Raises:
        BadBraces: if a brace is not closed, or closes nothing.
        UnknownBlank: if a blank is not one of those ``known``, naming the nearest.
    """
    found = set()
    for piece in BRACES.finditer(text):
        match piece[0], piece[1]:
            case (("{{" | "}}"), _):
                continue
            case "{", _:
                raise BadBraces(
                    f"the brace at character {piece.start() + 1} is not closed; write {{{{ for a brace",
                    pointer=pointer,
                    character=piece.start() + 1,
                )
            case "}", _:
                raise BadBraces(
                    f"the brace at character {piece.start() + 1} closes nothing; write }}}} for a brace",
                    pointer=pointer,
                    character=piece.start() + 1,
                )
            case _, name if name not in known:
                nearest = _nearest(name, known)
                meant = f"; did you mean {nearest.as_written}?" if nearest else ""
                there_are = ", ".join(sorted(blank.as_written for blank in known))
                raise UnknownBlank(
                    f"the text has no blank {{{name[:QUOTED]}}}{meant or f'; there are {there_are}'}",
                    pointer=pointer,
                    nearest=nearest,
                )
            case _, name:
                found.add(Blank(name))
    return frozenset(found)


def fill_blanks(text: str, value_of: Callable[[Blank], str]) -> str:
    """Give a text with the values in its blanks; braces in a value stay what they are.

    Raises:
        Invalid: if it would have more characters than a text can have.
    """
    filled, length = [], 0
    for piece in _pieces(text):
        value = value_of(piece) if isinstance(piece, Blank) else piece
        length += len(value)
        # Before it is put together: a long value many times would take all memory.
        if length > LONGEST_TEXT:
            raise Invalid(
                f"with its blanks filled, the text would have more than {LONGEST_TEXT} characters", pointer="/template"
            )
        filled.append(value)
    return "".join(filled)


def _pieces(text: str) -> Iterator[str]:
    at = 0
    for piece in BRACES.finditer(text):
        yield text[at : piece.start()]
        yield piece[0][0] if piece[1] is None else Blank(piece[1])
        at = piece.end()
    yield text[at:]


def _nearest(name: str, known: Collection[Blank]) -> Blank | None:
    # A name is compared up to a length: the comparison takes time with the square of it.
    found = get_close_matches(name.strip()[:QUOTED].casefold(), sorted(known), n=1, cutoff=LIKENESS)
    return Blank(found[0]) if found else None
