"""Verifies the log with ``aics-tlog``: the checkpoint with its witnesses, every tile, and proofs made from tiles."""

from __future__ import annotations

from typing import Any

from aics_tlog import (
    HttpTileReader,
    VerifiedTileReader,
    audit_tiles,
    consistency_proof_from_tiles,
    inclusion_proof_from_tiles,
    parse_vkey,
    tree_root_from_tiles,
    verify_checkpoint,
    verify_consistency,
    verify_inclusion,
)
from aics_tlog.checkpoint import checkpoint_from_note


def read(address: str, key: str, witnesses: list[str], old: int) -> dict[str, Any]:
    """Give what was verified; what cannot be is an error."""
    reader = HttpTileReader([f"{address}/log/"])
    checkpoint, note = checkpoint_from_note(reader.read_checkpoint())
    verdict = verify_checkpoint(note, parse_vkey(key), [parse_vkey(each) for each in witnesses], len(witnesses))
    assert verdict.ok, verdict.error
    size, root = checkpoint.size, checkpoint.root
    report = audit_tiles(reader, size, root, entries=False)
    tiles = VerifiedTileReader(reader, size, root)
    for index in range(0, size, 50):
        proof = inclusion_proof_from_tiles(tiles, index, size)
        assert verify_inclusion(tiles.leaf_hash(index), index, size, proof, root)
    older = tree_root_from_tiles(tiles, old)
    assert verify_consistency(old, size, older, root, consistency_proof_from_tiles(tiles, old, size))
    return {"origin": checkpoint.origin, "size": size, "tiles": report.tiles, "witnesses": verdict.witnesses}
