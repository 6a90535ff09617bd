"""Makes the tree of the log from its entries with ``pymerkle``, and gives its roots."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from pymerkle import InmemoryTree, verify_consistency


def read(entries: list[str], sizes: list[int]) -> dict[str, Any]:
    """Give the roots of some sizes (base64), and whether each is consistent with the whole."""
    tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry.encode())
    for size in sizes:
        verify_consistency(tree.get_state(size), tree.get_state(), tree.prove_consistency(size, len(entries)))
    return {"roots": [b64encode(tree.get_state(size)).decode() for size in sizes]}
