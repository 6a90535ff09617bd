"""The rows of the views as they are stored, and as a plain replay of the log makes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, cast
from uuid import UUID

from application.projections.tables import Row, Table, View
from application.registry import VIEWS
from domain.aggregate import Aggregate, Event
from infrastructure.event_log.schema import log_identity
from infrastructure.projections import row_batch as batch
from infrastructure.projections.temporal_tables import holding
from infrastructure.store.base import Connection, Store, Value
from tests.contracts.tampering import drop_walls

TABLES = tuple(table for view in VIEWS for table in view.tables)
EMPTIED = (
    *("stored_events", "event_leaves", "tree_nodes", "checkpoints", "cosignatures"),
    *("event_index", "handle_entries", "timers", "receipts"),
)
"""The tables of the log that hold what happened."""
Rows = Counter[tuple[Value, ...]]


def replayed(events: Sequence[Event], views: Sequence[View] = VIEWS) -> Iterator[dict[str, Rows]]:
    """Give the rows of each table at each position, from 0 on, by a replay from the first event.

    The rows of an aggregate depend on that aggregate alone, so that an event changes those of its own.
    """
    aggregates: dict[UUID, Aggregate] = {}
    own: dict[UUID, dict[str, Rows]] = {}
    rows: dict[str, Rows] = {table.name: Counter() for view in views for table in view.tables}
    yield rows
    for event in events:
        id = event.originator_id
        aggregates[id] = cast("Any", event).mutate(aggregates.get(id))
        before, after = own.get(id, {}), _rows_by_table(aggregates[id], views)
        own[id] = after
        # What was given before stays as it was.
        rows = rows | {name: rows[name] - before.get(name, Counter()) for name in before}
        rows = rows | {name: rows[name] + after[name] for name in after}
        yield rows


def _rows_by_table(aggregate: Aggregate, views: Sequence[View]) -> dict[str, Rows]:
    rows: dict[str, Rows] = {}
    for row in (row for view in views for row in view.all_rows(aggregate)):
        rows.setdefault(row.TABLE.name, Counter())[values(row)] += 1
    return rows


def replayed_rows(events: Sequence[Event], view: View) -> list[Row]:
    """Give the rows of a view after the last of the events, by a replay from the first."""
    aggregates: dict[UUID, Aggregate] = {}
    for event in events:
        aggregates[event.originator_id] = cast("Any", event).mutate(aggregates.get(event.originator_id))
    return [row for aggregate in aggregates.values() for row in view.all_rows(aggregate)]


def values(row: Row) -> tuple[Value, ...]:
    """Give the values of a row as they are stored."""
    return tuple(batch.values(row, batch.columns_of(row.TABLE, row.TABLE.columns)))


def stored(store: Store, table: Table) -> list[tuple[tuple[Value, ...], int, int | None]]:
    """Give every row that a table ever had, with the positions between which it held."""
    with store.reading_views() as connection:
        rows = connection.execute(f"SELECT {', '.join(table.columns)}, from_position, to_position FROM {table.name}")  # noqa: S608
    return [(row[:-2], int(row[-2] or 0), None if row[-1] is None else int(row[-1])) for row in rows]


def held(rows: Sequence[tuple[tuple[Value, ...], int, int | None]], position: int) -> Rows:
    """Give the rows that hold at a position, by the plain condition."""
    return Counter(row for row, begins, ends in rows if begins <= position and (ends is None or ends > position))


def looked_up(connection: Connection, table: Table, position: int) -> Rows:
    """Give the rows that hold at a position, as readers ask for them."""
    return Counter(connection.execute(holding(table, ", ".join(table.columns)), {"at": position}))


EMPTIED = (
    *("stored_events", "event_leaves", "tree_nodes", "checkpoints", "cosignatures"),
    *("event_index", "handle_entries", "timers", "receipts"),
)
"""The tables of the log, but for what is noted of the store."""


def wipe(store: Store, views: Sequence[View] = VIEWS) -> None:
    """Empty the log and the views, as if nothing had ever happened."""
    log, connection = store.connect_log(), store.connect_views()
    try:
        # Behind the writer's lock: one that was about to do what is due must find all of it there, or nothing.
        log.begin()
        drop_walls(log)
        for table in EMPTIED:
            log.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        log.execute("DELETE FROM meta WHERE name = 'indexed'")
        log.commit()
        for view in views:
            for emptied in (*view.tables, *(tally.table for tally in view.tallies)):
                connection.execute(f"DELETE FROM {emptied.name}")  # noqa: S608 - our own names
        connection.execute("DELETE FROM views WHERE name LIKE '% past'")
        connection.execute("UPDATE views SET position = 0, last_event = '', complete_at = 0")
    finally:
        log.close()
        connection.close()


def identity(store: Store) -> str:
    """Give the identity of the log."""
    with store.reading_log() as connection:
        return log_identity(connection)
