"""The tables of the tree: a leaf for each event, and the roots of its full subtrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.store.base import LogDamaged, inserting

if TYPE_CHECKING:
    from infrastructure.store.base import Connection, Value

WIDTH = 256
"""How many hashes a full tile has (C2SP tlog-tiles)."""
LARGEST = 2**53
"""No log has more events; and numbers beside it can be read by the database, too."""
HEIGHT = 8
"""How many levels of the tree a tile spans."""

TABLES = (
    # Since version 3. The hash of each event in the tree, and the salt that is part of it.
    """CREATE TABLE IF NOT EXISTS event_leaves (
        position {number} PRIMARY KEY, salt {bytes} NOT NULL, hash {bytes} NOT NULL)""",
    # The root of each full subtree of 256 leaves (level 1), of 256 of these (level 2), and so on; places count from 0.
    """CREATE TABLE IF NOT EXISTS tree_nodes (
        level {number} NOT NULL, place {number} NOT NULL, hash {bytes} NOT NULL, PRIMARY KEY (level, place))""",
)

INSERT_LEAVES = inserting("event_leaves", {"position": "number", "salt": "bytes", "hash": "bytes"})
INSERT_NODES = inserting("tree_nodes", {"level": "number", "place": "number", "hash": "bytes"})
SIZE = "SELECT coalesce(max(position), 0) FROM event_leaves"
LEAVES = "SELECT hash FROM event_leaves WHERE position > :start AND position <= :end ORDER BY position"
NODES = "SELECT hash FROM tree_nodes WHERE level = :level AND place >= :start AND place < :end ORDER BY place"


def tree_size(connection: Connection) -> int:
    """Give how many events the tree has.

    Raises:
        LogDamaged: if it has a leaf where none can be.
    """
    size = int(connection.execute(SIZE)[0][0] or 0)
    if size > LARGEST:
        raise LogDamaged(f"the tree has a leaf at position {size}, where none can be")
    return size


def read_hashes(connection: Connection, level: int, start: int, end: int) -> list[bytes]:
    """Read the hashes of a level (0: leaves) from place ``start`` up to ``end``, as far as they are there."""
    if level == 0:
        rows = connection.execute(LEAVES, {"start": start, "end": end})
    else:
        rows = connection.execute(NODES, {"level": level, "start": start, "end": end})
    return [to_bytes(row[0]) for row in rows]


def to_bytes(value: Value) -> bytes:
    """Read stored bytes."""
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
