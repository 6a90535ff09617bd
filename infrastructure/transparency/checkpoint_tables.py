"""The checkpoints that were signed, and what witnesses signed beneath them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.store.base import inserting, moment
from infrastructure.transparency.notes import is_signature

if TYPE_CHECKING:
    from datetime import datetime

    from infrastructure.store.base import Connection

TABLES = (
    # Since version 3. One that is for readers has a size of whole tiles.
    """CREATE TABLE IF NOT EXISTS checkpoints (
        origin {key} NOT NULL, size {number} NOT NULL, for_readers {flag} NOT NULL, signed_at {instant} NOT NULL,
        note {text} NOT NULL, PRIMARY KEY (origin, size, for_readers))""",
    """CREATE TABLE IF NOT EXISTS cosignatures (
        origin {key} NOT NULL, size {number} NOT NULL, witness {key} NOT NULL, signature {text} NOT NULL,
        PRIMARY KEY (origin, size, witness))""",
)

KEYS = ("origin", "size", "for_readers")
KEEP = inserting(
    "checkpoints",
    {"origin": "key", "size": "number", "for_readers": "flag", "signed_at": "instant", "note": "text"},
    keys=KEYS,
)
NEWEST = """
    SELECT size, signed_at, note FROM checkpoints WHERE origin = :origin AND for_readers = :for_readers
    ORDER BY size DESC LIMIT 1
"""
OF_SIZE = "SELECT note FROM checkpoints WHERE origin = :origin AND size = :size LIMIT 1"
KEEP_COSIGNATURE = inserting(
    "cosignatures",
    {"origin": "key", "size": "number", "witness": "key", "signature": "text"},
    keys=("origin", "size", "witness"),
)
COSIGNED = "SELECT coalesce(max(size), 0) FROM cosignatures WHERE origin = :origin AND witness = :witness"
COSIGNATURES = "SELECT signature FROM cosignatures WHERE origin = :origin AND size = :size ORDER BY witness"


def newest(connection: Connection, origin: str, *, for_readers: bool) -> tuple[int, str, str] | None:
    """Give size, time and note of the largest checkpoint of a tree that was signed; None if there is none."""
    rows = connection.execute(NEWEST, {"origin": origin, "for_readers": int(for_readers)})
    return (int(rows[0][0] or 0), str(rows[0][1]), str(rows[0][2])) if rows else None


def signing_time(signed_at: str) -> datetime | None:
    """Read when a checkpoint was signed; None if somebody has written something else there, which nobody signs."""
    try:
        return moment(signed_at)
    except ValueError:
        return None


def cosignatures(connection: Connection, origin: str, size: int) -> str:
    """Give the lines that witnesses have signed beneath a checkpoint; what is none would spoil the note."""
    lines = (str(row[0]) for row in connection.execute(COSIGNATURES, {"origin": origin, "size": size}))
    return "".join(line for line in lines if is_signature(line))


def find_note(connection: Connection, origin: str, size: int) -> str | None:
    """Give the checkpoint of exactly this size that was signed; None if there is none."""
    rows = connection.execute(OF_SIZE, {"origin": origin, "size": size})
    return str(rows[0][0]) if rows else None


def cosigned_size(connection: Connection, origin: str, witness: str) -> int:
    """Give the largest size of a tree beneath which a witness (its public key) has signed; 0 if there is none."""
    return int(connection.execute(COSIGNED, {"origin": origin, "witness": witness})[0][0] or 0)
