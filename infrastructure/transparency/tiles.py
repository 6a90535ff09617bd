"""The tiles of a tree, and bundles of its entries: their addresses and bytes (C2SP tlog-tiles)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infrastructure.transparency.tree_tables import HEIGHT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable

INDEX = re.compile(r"((?:x\d{3}/){0,5}\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)
DIGITS = 3
HIGHEST = 63
"""The highest level that an address may name."""


@dataclass(frozen=True)
class TileAddress:
    """Which tile of a level, and how many of its hashes."""

    index: int
    width: int = WIDTH

    @classmethod
    def parse(cls, path: str) -> TileAddress | None:
        """Read ``x001/x234/067``, or ``x001/x234/067.p/112`` for a tile that is not full; None if it is neither."""
        found = INDEX.fullmatch(path)
        if found is None:
            return None
        parts = found[1].replace("x", "").split("/")
        width = int(found[2]) if found[2] else WIDTH
        is_shortest = len(parts) == 1 or int(parts[0]) > 0
        return cls(int("".join(parts)), width) if is_shortest and (width < WIDTH or not found[2]) else None

    def __str__(self) -> str:
        """Write it."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // DIGITS) * DIGITS)
        parts = [digits[start : start + DIGITS] for start in range(0, len(digits), DIGITS)]
        path = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
        return path if self.width == WIDTH else f"{path}.p/{self.width}"

    @property
    def start(self) -> int:
        """The place of the first hash among those of the level."""
        return self.index * WIDTH

    @property
    def end(self) -> int:
        """The place behind the last hash."""
        return self.start + self.width


def places_of(level: int, size: int) -> int:
    """Give how many full subtrees of a level of tiles a tree of ``size`` leaves has; of level 0, leaves."""
    return size >> HEIGHT * level


def to_bundle(entries: Iterable[bytes]) -> bytes:
    """Write entries one after the other, each behind its length."""
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)
