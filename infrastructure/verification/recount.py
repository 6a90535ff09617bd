"""The tree of a log, computed again from its leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from infrastructure.transparency import merkle
from infrastructure.transparency.merkle import Frontier, perfect_root
from infrastructure.transparency.tree_tables import WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class TreeNode(NamedTuple):
    """The root of a full subtree, as it is stored."""

    level: int
    place: int
    hash: bytes


class TreeRecount:
    """Grows by leaves, in memory that grows with the height of the tree."""

    def __init__(self) -> None:
        """Begin with no leaf."""
        self.size = 0
        self._full = Frontier()
        self._rest: list[bytes] = []
        self._edges: list[list[bytes]] = []

    def add(self, leaves: Sequence[bytes]) -> Iterator[TreeNode]:
        """Add leaves, and give the nodes of the subtrees that they fill; to be iterated to its end."""
        self.size += len(leaves)
        self._rest += leaves
        while len(self._rest) >= WIDTH:
            node = perfect_root(self._rest[:WIDTH])
            del self._rest[:WIDTH]
            self._full.append(node)
            yield from self._enter(node)

    @property
    def root(self) -> bytes:
        """The root of all leaves so far."""
        rest = self._rest
        if not rest:
            return self._full.root
        subtree = lambda level, index: perfect_root(rest[index << level : index + 1 << level])  # noqa: E731
        return self._full.root_before(merkle.root(len(rest), subtree))

    def counts(self) -> dict[int, int]:
        """Give how many nodes there are on each level."""
        found, level, count = {}, 1, self.size // WIDTH
        while count:
            found[level] = count
            level, count = level + 1, count // WIDTH
        return found

    def _enter(self, node: bytes) -> Iterator[TreeNode]:
        level, place = 1, self._full.size - 1
        while True:
            yield TreeNode(level, place, node)
            if level > len(self._edges):
                self._edges.append([])
            edge = self._edges[level - 1]
            edge.append(node)
            if len(edge) < WIDTH:
                return
            node = perfect_root(edge)
            edge.clear()
            level, place = level + 1, place // WIDTH
