"""Reads the entries of the tree: the rows of the log as they are stored, each with its salt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.event_log import recorder
from infrastructure.store.base import BulkStatement
from infrastructure.transparency.entries import to_entry
from infrastructure.transparency.tree_tables import to_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infrastructure.store.base import Connection, Value

COLUMNS = "e.position, e.originator_id, e.originator_version, e.topic, e.state, e.recorded_at, l.salt"
ROWS = f"SELECT {COLUMNS} FROM stored_events e JOIN event_leaves l ON l.position = e.position WHERE e.position"
RANGE = f"{ROWS} > :start AND e.position <= :end ORDER BY e.position"
AMONG = BulkStatement(sql=f"{ROWS} {{among}}", columns=("number",))


def read_range(connection: Connection, start: int, end: int) -> list[bytes]:
    """Give the entries after one position and up to another, in order, as far as they are in the tree."""
    rows = connection.execute(RANGE, {"start": start, "end": end})
    return [_entry(row) for row in rows]


def read_entries(connection: Connection, positions: Sequence[int]) -> dict[int, str]:
    """Give the entries at some positions, those that are in the tree."""
    rows = connection.run(AMONG, [(position,) for position in positions])
    return {int(row[0] or 0): _entry(row).decode() for row in rows}


def _entry(row: Sequence[Value]) -> bytes:
    *stored, salt = row
    return to_entry(recorder.to_row(stored), to_bytes(salt))
