"""Merkle trees: the roots of RFC 6962, and proofs that hold for every size and fail when anything is changed."""

from collections.abc import Callable
from functools import cache

import pytest

from infrastructure.transparency import merkle
from infrastructure.transparency.merkle import BadProof, Frontier
from tests.plain_tree import Untrue, check_consistency

ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The test vectors of Certificate Transparency: the roots of the first 0 to 8 entries."""
MOST = 40


@cache
def leaf(index: int) -> bytes:
    return merkle.leaf_hash(ENTRIES[index] if index < len(ENTRIES) else f"entry {index}".encode())


@cache
def root_by_definition(start: int, end: int) -> bytes:
    """Hash as section 2.1 of RFC 6962 defines it."""
    if end - start < 2:
        return leaf(start) if end > start else merkle.EMPTY_ROOT
    split = 1
    while split * 2 < end - start:
        split *= 2
    return merkle.node_hash(root_by_definition(start, start + split), root_by_definition(start + split, end))


def subtree(level: int, index: int) -> bytes:
    return root_by_definition(index << level, (index + 1) << level)


def changed(hashes: list[bytes]) -> list[list[bytes]]:
    """Change a proof in one place each time."""
    flipped = [[*hashes[:at], bytes([each[0] ^ 1, *each[1:]]), *hashes[at + 1 :]] for at, each in enumerate(hashes)]
    return [*flipped, hashes[:-1], [*hashes, merkle.EMPTY_ROOT]] if hashes else [[merkle.EMPTY_ROOT]]


def refused(check: Callable[..., None], *given: object) -> bool:
    try:
        check(*given)
    except (BadProof, Untrue):
        return True
    return False


class TestRoot:
    @pytest.mark.parametrize("size", range(9))
    def test_is_that_of_the_test_vectors(self, size: int) -> None:
        assert merkle.root(size, subtree).hex() == ROOTS[size]

    def test_is_that_of_the_definition_for_every_size(self) -> None:
        assert [merkle.root(size, subtree) for size in range(MOST)] == [
            root_by_definition(0, size) for size in range(MOST)
        ]

    def test_is_the_same_for_a_tree_that_grows(self) -> None:
        frontier, roots = Frontier(), []
        for index in range(MOST):
            roots.append(frontier.root)
            frontier.append(leaf(index))

        assert roots == [root_by_definition(0, size) for size in range(MOST)]


class TestInclusion:
    def test_is_proved_for_every_leaf_of_every_size(self) -> None:
        for size in range(1, MOST):
            for index in range(size):
                proof = merkle.inclusion_proof(index, size, subtree)
                merkle.require_inclusion(leaf(index), index, size, proof, root_by_definition(0, size))

    def test_is_refused_where_anything_is_changed(self) -> None:
        for size in range(1, 20):
            root = root_by_definition(0, size)
            for index in range(size):
                proof = merkle.inclusion_proof(index, size, subtree)
                for wrong in changed(proof):
                    assert refused(merkle.require_inclusion, leaf(index), index, size, wrong, root)
                assert refused(merkle.require_inclusion, leaf(index + 1), index, size, proof, root)
                if size > 1:
                    assert refused(merkle.require_inclusion, leaf(index), index ^ 1, size, proof, root)

    @pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
    def test_is_refused_outside_of_the_tree(self, index: int, size: int) -> None:
        with pytest.raises(BadProof, match="no leaf"):
            merkle.inclusion_proof(index, size, subtree)
        with pytest.raises(BadProof, match="no leaf"):
            merkle.require_inclusion(leaf(0), index, size, [], leaf(0))


class TestConsistency:
    def test_is_proved_for_every_prefix_of_every_size(self) -> None:
        for size in range(MOST):
            for old in range(size + 1):
                proof = merkle.consistency_proof(old, size, subtree)
                check_consistency(old, root_by_definition(0, old), size, root_by_definition(0, size), proof)

    def test_is_refused_where_anything_is_changed(self) -> None:
        other = merkle.leaf_hash(b"another root")
        for size in range(1, 20):
            root = root_by_definition(0, size)
            for old in range(1, size + 1):
                proof = merkle.consistency_proof(old, size, subtree)
                before = root_by_definition(0, old)
                for wrong in changed(proof):
                    assert refused(check_consistency, old, before, size, root, wrong)
                assert refused(check_consistency, old, other, size, root, proof)
                assert refused(check_consistency, old, before, size, other, proof)

    def test_is_refused_for_a_tree_that_is_smaller(self) -> None:
        with pytest.raises(BadProof, match="no prefix"):
            merkle.consistency_proof(4, 3, subtree)
