"""Checks what witnesses have signed beneath the checkpoints in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.transparency.notes import COSIGNATURE, BadNote, SignedNote, VerifierKey, parse_signature
from infrastructure.verification.mismatch import LogMismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infrastructure.store.base import Connection, Value

PAGE = 1_000
"""How many are read at once."""
STORED = """
    SELECT origin, size, witness, signature, (
        SELECT max(note) FROM checkpoints AS signed WHERE signed.origin = given.origin AND signed.size = given.size)
    FROM cosignatures AS given WHERE (origin, size, witness) > (:origin, :size, :witness)
    ORDER BY origin, size, witness LIMIT :limit
"""
BEFORE_ALL: tuple[Value, Value, Value] = ("", -(2**63), "")


def other_cosignatures(connection: Connection) -> Iterator[LogMismatch]:
    """Find the first that a witness has not signed, or not beneath a checkpoint of the log."""
    origin, size, witness = BEFORE_ALL
    while True:
        rows = connection.execute(STORED, {"origin": origin, "size": size, "witness": witness, "limit": PAGE})
        for row in rows:
            if not _is_signed(row):
                yield LogMismatch(
                    f"what a witness has signed beneath the checkpoint of {row[1]!r} events was changed, or is beneath "
                    f"none: {row[2]!s}",
                    position=row[1] if isinstance(row[1], int) and row[1] > 0 else None,
                )
                return
        if len(rows) < PAGE:
            return
        origin, size, witness, *_ = rows[-1]


def _is_signed(row: Sequence[Value]) -> bool:
    _, _, witness, signature, note = row
    try:
        key = VerifierKey.parse(str(witness))
        line = parse_signature(str(signature).removesuffix("\n"))
        text = SignedNote.parse(str(note)).text
    except BadNote:
        return False
    is_of_key = key.algorithm == COSIGNATURE and (line.name, line.id) == (key.name, key.id) and str(key) == witness
    return is_of_key and line.line == signature and key.has_signed(text, line.signature)
