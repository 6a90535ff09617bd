"""What keeps recorded events from being changed: triggers on SQLite, and the rights of roles on PostgreSQL.

Whoever owns the database can take it down. Then the tree tells what was changed: see ``infrastructure.transparency``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.delivery.tables import NAMES as DELIVERY_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrastructure.store.base import Connection, Store

APPENDED = {
    "stored_events": (("position",), ("originator_id", "originator_version")),
    "event_leaves": (("position",),),
    "tree_nodes": (("level", "place"),),
}
"""The tables whose rows are only added, each with the columns that tell its rows apart."""
WORKING = "SELECT, INSERT, UPDATE, DELETE"
RIGHTS = {
    **dict.fromkeys(APPENDED, "SELECT, INSERT"),
    # The newest of a size takes the place of the one before, signed by another key or later.
    "checkpoints": "SELECT, INSERT, UPDATE (signed_at, note)",
    "cosignatures": "SELECT, INSERT, UPDATE (signature)",
    **dict.fromkeys(("meta", "handle_entries", "timers", "receipts", "event_index", "sessions"), WORKING),
    **dict.fromkeys(DELIVERY_TABLES, WORKING),
}
"""What the role of the service may do with each table of the log, where another role owns them."""
BUILT = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


def build_walls(store: Store, connection: Connection) -> None:
    """Create the triggers that are missing, in a transaction of the one writer; there are none on PostgreSQL."""
    missing = list(_missing(store, connection))
    if not missing:
        return
    connection.begin()
    # Another process may have been quicker.
    for statement in _missing(store, connection):
        connection.execute(statement)
    connection.commit()


def _missing(store: Store, connection: Connection) -> Iterator[str]:
    if not store.walls:
        return
    built = {str(row[0]) for row in connection.execute(BUILT)}
    for table, keys in APPENDED.items():
        same = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{name} = NEW.{name}' for name in key)})"
            for key in keys
        )
        for what, statement in store.walls.items():
            name = f"{table}_{what}"
            if name not in built:
                yield statement.format(name=name, table=table, same=same)
