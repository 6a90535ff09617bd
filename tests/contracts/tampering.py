"""Changes a store as somebody does who has the database, and puts it back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID

import psycopg

from infrastructure.store.base import Store, Value, inserting
from infrastructure.store.sqlite_connection import SQLiteConnection

COLUMNS = {
    "stored_events": {
        "position": "number",
        "originator_id": "id",
        "originator_version": "number",
        "topic": "text",
        "state": "bytes",
        "recorded_at": "instant",
    },
    "event_leaves": {"position": "number", "salt": "bytes", "hash": "bytes"},
    "tree_nodes": {"level": "number", "place": "number", "hash": "bytes"},
    "checkpoints": {"origin": "key", "size": "number", "for_readers": "flag", "signed_at": "instant", "note": "text"},
    "cosignatures": {"origin": "key", "size": "number", "witness": "key", "signature": "text"},
    "meta": {"name": "key", "value": "text"},
}
"""The tables that prove something, with the types of their columns."""
SQLITE = "sqlite:///"
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


def edit(url: str, *statements: Any) -> None:  # noqa: ANN401 - texts, which psycopg wants to be literal
    """Run statements on a store, each of which may change what was recorded."""
    if url.startswith(SQLITE):
        with closing(sqlite3.connect(url.removeprefix(SQLITE), timeout=10, isolation_level=None)) as file:
            drop_walls(file)
            for statement in statements:
                file.execute(statement)
        return
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def drop_walls(connection: object) -> None:
    """Drop the triggers that keep what was recorded; PostgreSQL has none."""
    if isinstance(connection, (sqlite3.Connection, SQLiteConnection)):
        for (name,) in list(connection.execute(TRIGGERS)):
            connection.execute(f"DROP TRIGGER {name}")


def tamper(store: Store, *statements: str, **values: Value) -> None:
    """Run statements in one transaction, whatever the database does to keep people from it."""
    connection = store.connect_log()
    try:
        connection.begin()
        drop_walls(connection)
        for statement in statements:
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(statement, named)
        connection.commit()
    finally:
        connection.rollback()
        connection.close()


@contextmanager
def put_back_afterwards(store: Store) -> Iterator[None]:
    """Let everything be as it was at the end."""
    before = {table: rows_of(store, table) for table in COLUMNS}
    try:
        yield
    finally:
        connection = store.connect_log()
        connection.begin()
        # A program that was started meanwhile has put them up again.
        drop_walls(connection)
        for table, columns in COLUMNS.items():
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            connection.run(inserting(table, columns), before[table])
        connection.commit()
        connection.close()


def rows_of(store: Store, table: str) -> Sequence[tuple[Value, ...]]:
    """Read a whole table, in the order of its first columns; ids as texts."""
    statement = f"SELECT {', '.join(COLUMNS[table])} FROM {table} ORDER BY 1, 2"  # noqa: S608 - our own names
    with store.reading_log() as connection:
        rows = connection.execute(statement)
    return [tuple(_plain(value) for value in row) for row in rows]


def _plain(value: object) -> Any:  # noqa: ANN401 - a value of a row
    # PostgreSQL gives ids as such.
    return str(value) if isinstance(value, UUID) else value


def set_column(store: Store, table: str, column: str, row: Mapping[str, Value], value: Value) -> None:
    """Give a column of the row with these keys another value; without keys, of each row."""
    where = " AND ".join(f"{name} = :{name}" for name in row)
    tamper(
        store,
        f"UPDATE {table} SET {column} = :new WHERE {where or 'true'}",  # noqa: S608 - our own names
        new=value,
        **row,
    )


def swap_states(store: Store, one: int, other: int) -> None:
    """Let two events have each other's state."""
    states = {int(row[0] or 0): row[4] for row in rows_of(store, "stored_events")}
    for position, state in ((one, states[other]), (other, states[one])):
        tamper(
            store, "UPDATE stored_events SET state = :state WHERE position = :position", state=state, position=position
        )


def move_rows(store: Store, first: int, by: int) -> None:
    """Move the rows from a position on."""
    away = 1_000_000
    tamper(
        store,
        "UPDATE stored_events SET position = position + :away WHERE position >= :first",
        "UPDATE stored_events SET position = position - :back WHERE position >= :away",
        away=away,
        first=first,
        back=away - by,
    )


def insert_copy(store: Store, source: int, position: int) -> None:
    """Insert an event like another one, of an aggregate of its own."""
    tamper(
        store,
        "INSERT INTO stored_events (position, originator_id, originator_version, topic, state, recorded_at)"
        " SELECT :position, CAST(:id AS {id}), 1, topic, state, recorded_at FROM stored_events"
        " WHERE position = :source".replace("{id}", store.types["id"]),
        position=position,
        id="01890a5d-ac96-774b-bcce-b302099a8057",
        source=source,
    )


def delete(store: Store, position: int) -> None:
    """Delete an event."""
    tamper(store, "DELETE FROM stored_events WHERE position = :position", position=position)


def cut(store: Store, size: int) -> None:
    """Cut the log off behind so many events, with all of the tree that tells of more."""
    tamper(
        store,
        "DELETE FROM stored_events WHERE position > :size",
        "DELETE FROM event_leaves WHERE position > :size",
        "DELETE FROM tree_nodes WHERE (place + 1) * 256 > :size",
        size=size,
    )
