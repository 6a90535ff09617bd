"""People: which names mean the same person, wherever two are compared."""

from __future__ import annotations

from unicodedata import normalize

from domain.comparison import comparable


def person_key(name: str) -> str:
    """Give what all spellings of the name of one person have in common: what it looks like, without case.

    The name itself is kept as it was written; this is for comparing alone.
    """
    return normalize("NFC", comparable(name).casefold())


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two names mean the same person."""
    return one == other or person_key(one) == person_key(other)
