"""Who is told how far a store has been brought up to this program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _ignore(*_: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, kw_only=True)
class MigrationProgress:
    """What is called while a store is migrated."""

    copied: Callable[[int, int], None] = _ignore
    """Gets how many rows of an older index were copied so far, and of how many."""
    entered: Callable[[int], None] = _ignore
    """Gets the number of events that enter the tree at once."""


UNWATCHED = MigrationProgress()
"""For whoever shows nothing of it."""
