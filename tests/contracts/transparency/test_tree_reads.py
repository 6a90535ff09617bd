"""How much of a tree a proof reads grows with its height, not with its size."""

from collections.abc import Callable

import pytest

from infrastructure.transparency.merkle import SubtreeHash, consistency_proof, inclusion_proof
from infrastructure.transparency.tiles import places_of
from infrastructure.transparency.tree_tables import HEIGHT, WIDTH

SHORT, LONG = 1_000, 1_000_000
TIMES = 3


class CountedTree:
    """A tree of which nothing is known but how many hashes the tiles have that a reader needs."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._tiles: set[tuple[int, int]] = set()

    def subtree(self, level: int, index: int) -> bytes:
        """Note the tile with the hash of a subtree."""
        height, within = divmod(level, HEIGHT)
        self._tiles.add((height, (index << within) // WIDTH))
        return bytes(32)

    @property
    def rows(self) -> int:
        """How many hashes were read."""
        return sum(min(WIDTH, places_of(height, self.size) - tile * WIDTH) for height, tile in self._tiles)


def most_rows(size: int, prove: Callable[[int, int, SubtreeHash], object]) -> int:
    """Give the most hashes that a proof reads, of an event or from an older size."""
    counts = []
    for place in range(1, size, size // 500 + 1):
        tree = CountedTree(size)
        prove(place, size, tree.subtree)
        counts.append(tree.rows)
    return max(counts)


class TestProof:
    @pytest.mark.parametrize("prove", [inclusion_proof, consistency_proof])
    def test_in_a_log_of_a_million_events_reads_three_times_as_much_as_in_one_of_a_thousand(
        self, prove: Callable[[int, int, SubtreeHash], object]
    ) -> None:
        assert most_rows(LONG, prove) <= TIMES * most_rows(SHORT, prove)
