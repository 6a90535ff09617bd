"""Merkle trees and their proofs: hashing by RFC 6962, section 2.1, and checking by RFC 9162, section 2.1.

Everything here is a function of hashes; where the hashes come from is the business of the caller. A leaf has an index
from 0, a hash 32 bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256().digest()
"""The root of a tree without leaves."""

SubtreeHash = Callable[[int, int], bytes]
"""Gives the hash of the perfect subtree of a level and an index: of ``2**level`` leaves from leaf
``index * 2**level`` on."""


class BadProof(ValueError):
    """A proof does not fit the hashes that it is to connect."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbors into the node above them."""
    return sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Give the root of a perfect subtree from its lowest hashes, whose number is a power of two."""
    while len(hashes) > 1:
        # Not by ``node_hash``, whose calls are a third of what it costs to hash a log.
        hashes = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=True)
        ]
    return hashes[0]


def root(size: int, subtree: SubtreeHash) -> bytes:
    """Give the root of the first ``size`` leaves."""
    if size == 0:
        return EMPTY_ROOT
    return _range_hash(0, size, subtree)


def inclusion_proof(index: int, size: int, subtree: SubtreeHash) -> list[bytes]:
    """Give the hashes that connect a leaf with the root of the first ``size`` leaves, from the leaf's sibling up.

    Raises:
        BadProof: if the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise BadProof(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(_range_hash(start, middle, subtree))
            start = middle
    return path[::-1]


def consistency_proof(old: int, size: int, subtree: SubtreeHash) -> list[bytes]:
    """Give the hashes by which the tree of the first ``old`` leaves is seen to be a prefix of that of ``size``.

    Raises:
        BadProof: if the old tree is the larger one.
    """
    if not 0 <= old <= size:
        raise BadProof(f"a tree of {size} leaves has no prefix of {old}")
    if old in {0, size}:
        return []
    path: list[bytes] = []
    start, end = 0, size
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(_range_hash(start, middle, subtree))
            start = middle
    # The old tree itself is known to whoever asks, unless it is only the right edge of a larger one.
    if start > 0:
        path.append(_range_hash(start, end, subtree))
    return path[::-1]


def require_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """Check an inclusion proof (RFC 9162, section 2.1.3.2).

    Raises:
        BadProof: if it does not lead from the leaf to the expected root.
    """
    if not 0 <= index < size:
        raise BadProof(f"a tree of {size} leaves has no leaf {index}")
    place, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadProof("the proof has too many hashes")
        if place & 1 or place == last:
            result = node_hash(sibling, result)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise BadProof("the proof has too few hashes")
    if result != expected:
        raise BadProof("the proof does not lead to the root of the tree")


class Frontier:
    """The root of a tree that grows leaf by leaf, in memory that grows with the logarithm of its size."""

    def __init__(self) -> None:
        """Begin with no leaf."""
        self.size = 0
        self._edge: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf, by its hash."""
        size, edge = self.size, self._edge
        while size & 1:
            leaf = node_hash(edge.pop(), leaf)
            size >>= 1
        edge.append(leaf)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root of all leaves so far."""
        return self.root_before(None)

    def root_before(self, rest: bytes | None) -> bytes:
        """Give the root of all leaves so far, and of fewer ones behind them, whose root is ``rest``."""
        edge = self._edge if rest is None else [*self._edge, rest]
        if not edge:
            return EMPTY_ROOT
        result = edge[-1]
        for left in reversed(edge[:-1]):
            result = node_hash(left, result)
        return result


def _split(count: int) -> int:
    """Give the largest power of two that is smaller than a number above 1."""
    return 1 << (count - 1).bit_length() - 1


def _range_hash(start: int, end: int, subtree: SubtreeHash) -> bytes:
    """Hash the leaves from ``start`` to ``end``, which a split of the tree has produced."""
    parts = list(_perfect_parts(start, end))
    result = subtree(*parts[-1])
    for level, index in reversed(parts[:-1]):
        result = node_hash(subtree(level, index), result)
    return result


def _perfect_parts(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Split a range into perfect subtrees (level, index), the largest first."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level
