"""People: which names mean the same person, wherever two are compared."""

from __future__ import annotations

from unicodedata import category, normalize

INVISIBLE = "Cf"
"""The category of characters that cannot be seen, such as U+200B: whoever reads a name cannot tell it by them."""


def person_key(name: str) -> str:
    """Give what all spellings of the name of one person have in common: without case, outer blanks and invisibles.

    The name itself is kept as it was written; this is for comparing alone.
    """
    if name.isascii():
        return name.strip().casefold()
    folded = normalize("NFC", normalize("NFD", name).casefold())
    return "".join(each for each in folded if category(each) != INVISIBLE).strip()


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two names mean the same person."""
    return one == other or person_key(one) == person_key(other)
