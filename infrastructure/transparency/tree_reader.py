"""Reads the tree from its tables, tile by tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.store.base import LogDamaged
from infrastructure.transparency import merkle
from infrastructure.transparency.tree_tables import HEIGHT, WIDTH, read_hashes

if TYPE_CHECKING:
    from infrastructure.store.base import Connection


class TreeReader:
    """One reading of the tree; each tile is read once. A tree only grows, so that it may grow meanwhile."""

    def __init__(self, connection: Connection) -> None:
        """Read through ``connection``."""
        self._connection = connection
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def root(self, size: int) -> bytes:
        """Give the root of the first ``size`` events."""
        return merkle.root(size, self.subtree)

    def inclusion_proof(self, position: int, size: int) -> list[bytes]:
        """Give the hashes that connect the event at a position with the root of the first ``size``."""
        return merkle.inclusion_proof(position - 1, size, self.subtree)

    def consistency_proof(self, old: int, size: int) -> list[bytes]:
        """Give the hashes by which the first ``old`` events are seen to be a prefix of the first ``size``."""
        return merkle.consistency_proof(old, size, self.subtree)

    def subtree(self, level: int, index: int) -> bytes:
        """Give the hash of a perfect subtree; see ``merkle.SubtreeHash``.

        Raises:
            LogDamaged: if the tables do not have it.
        """
        height, within = divmod(level, HEIGHT)
        start, count = index << within, 1 << within
        tile, place = divmod(start, WIDTH)
        hashes = self.tile(height, tile)[place : place + count]
        if len(hashes) != count:
            raise LogDamaged(f"the tree has no hash of the events from {(index << level) + 1} to {index + 1 << level}")
        return merkle.perfect_root(hashes)

    def tile(self, level: int, index: int) -> list[bytes]:
        """Give the hashes of a tile, as far as they are there."""
        if (level, index) not in self._tiles:
            start = index * WIDTH
            self._tiles[level, index] = read_hashes(self._connection, level, start, start + WIDTH)
        return self._tiles[level, index]
