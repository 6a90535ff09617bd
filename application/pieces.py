"""Pieces of lists, as views are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

Item = TypeVar("Item")


class Piece(list[Item]):
    """Some items of a list.

    Reading the past looks at a bounded number of things, and may find less than was asked for: ``goes_on`` is the place
    after which the list goes on then. It is None if there was enough, or nothing is left.
    """

    def __init__(self, items: Iterable[Item], goes_on: str | None = None) -> None:
        """Hold ``items``."""
        super().__init__(items)
        self.goes_on = goes_on
