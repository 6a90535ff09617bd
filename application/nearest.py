"""The known word that is nearest to one that is not known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 100
"""Characters of a word that are compared; the comparison takes time with the square of them."""
LIKENESS = 0.5


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that ``word`` most likely stands for, without regard to case; None if none is like it.

    Pass only words that the caller may see: the answer names one of them.
    """
    by_fold = {each.casefold(): each for each in sorted(known, reverse=True)}
    found = get_close_matches(word[:LONGEST].casefold(), by_fold, n=1, cutoff=LIKENESS)
    return by_fold[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Write the end of a sentence about a word that is not known: empty, or ``; did you mean order-import?``."""
    found = nearest(word, known)
    return "" if found is None else f"; did you mean {found}?"
