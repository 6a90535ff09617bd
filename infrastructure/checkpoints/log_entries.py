"""Reads the entries of the tree: the rows of the log as they are stored, each with its salt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.event_log import recorder
from infrastructure.store.base import BulkStatement
from infrastructure.transparency.entries import to_entry
from infrastructure.transparency.tree_tables import to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infrastructure.store.base import Connection, Value
    from infrastructure.transparency.entries import LogRow

SALTS = "SELECT position, salt FROM event_leaves WHERE position"
SALTS_IN_RANGE = f"{SALTS} > :start AND position <= :end ORDER BY position"
SALTS_AMONG = BulkStatement(sql=f"{SALTS} {{among}}", columns=("number",))
ROWS_AMONG = BulkStatement(
    sql="SELECT position, originator_id, originator_version, topic, state, recorded_at FROM stored_events"
    " WHERE position {among}",
    columns=("number",),
)


# Rows and salts are read one after the other: joined, PostgreSQL may go through all leaves for a few of them.
def read_range(connection: Connection, start: int, end: int) -> list[bytes]:
    """Give the entries after one position and up to another, in order, as far as they are in the tree."""
    salts = connection.execute(SALTS_IN_RANGE, {"start": start, "end": end})
    rows = recorder.rows(connection, after=start, limit=end - start)
    return list(_entries(rows, salts).values())


def read_entries(connection: Connection, positions: Sequence[int]) -> dict[int, str]:
    """Give the entries at some positions, those that are in the tree."""
    wanted = [(position,) for position in positions]
    rows = map(recorder.to_row, connection.run(ROWS_AMONG, wanted))
    found = _entries(rows, connection.run(SALTS_AMONG, wanted))
    return {position: entry.decode() for position, entry in found.items()}


def _entries(rows: Iterable[LogRow], salts: Sequence[Sequence[Value]]) -> dict[int, bytes]:
    by_position = {int(position or 0): to_bytes(salt) for position, salt in salts}
    return {row.position: to_entry(row, by_position[row.position]) for row in rows if row.position in by_position}
