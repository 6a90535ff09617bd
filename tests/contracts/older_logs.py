"""Logs that are put back, or damaged, beneath the views that followed them."""

from __future__ import annotations

from collections.abc import Sequence

from infrastructure.store.base import Store, Value
from tests.contracts.tampering import drop_walls

TABLES = {
    "stored_events": ("position", "originator_id", "originator_version", "topic", "state", "recorded_at"),
    "event_leaves": ("position", "salt", "hash"),
    "tree_nodes": ("level", "place", "hash"),
    "handle_entries": ("handle_high", "handle_low", "ranked_at", "aggregate_high", "aggregate_low"),
    "timers": ("aggregate", "kind", "due", "position"),
    "receipts": ("token", "key", "request", "answer", "recorded_at"),
}

Backup = dict[str, Sequence[tuple[Value, ...]]]


def back_up(store: Store) -> Backup:
    """Copy the tables of the log."""
    with store.reading_log() as connection:
        return {
            name: connection.execute(f"SELECT {', '.join(columns)} FROM {name}")  # noqa: S608 - our own names
            for name, columns in TABLES.items()
        }


def put_back(store: Store, backup: Backup) -> None:
    """Let the log be what it was, as «pg_restore» does, and leave the views as they are."""
    connection = store.connect_log()
    try:
        connection.begin()
        drop_walls(connection)
        for name, columns in TABLES.items():
            connection.execute(f"DELETE FROM {name}")  # noqa: S608 - our own names
            marks = ", ".join(f":{column}" for column in columns)
            for row in backup[name]:
                statement = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
                connection.execute(statement, dict(zip(columns, row, strict=True)))
        connection.commit()
    finally:
        connection.rollback()
        connection.close()


def spoil(store: Store, position: int) -> None:
    """Let the event at a position be one that nobody can read."""
    connection = store.connect_log()
    try:
        connection.begin()
        drop_walls(connection)
        statement = "UPDATE stored_events SET state = :state WHERE position = :position"
        connection.execute(statement, {"state": b'{"spoiled":true}', "position": position})
        connection.commit()
    finally:
        connection.rollback()
        connection.close()


def position_of(store: Store, topic: str) -> int:
    """Give the position of the last event of a type."""
    with store.reading_log() as connection:
        rows = connection.execute("SELECT max(position) FROM stored_events WHERE topic = :topic", {"topic": topic})
    return int(rows[0][0] or 0)
