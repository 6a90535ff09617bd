"""A store with the index of handles as programs wrote it whose tables had version 5."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from uuid import UUID

from infrastructure.event_log.effects import replayed
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.event_log.handle_index import COLUMNS, handle_numbers
from infrastructure.event_log.recorder import section
from infrastructure.store.base import Connection, Store, Value, inserting, instant
from infrastructure.store.instants import number_of

DIRECTORY = (
    """CREATE TABLE directory (
        handle {key} NOT NULL, aggregate {id} NOT NULL, ranked_at {instant} NOT NULL,
        PRIMARY KEY (handle, aggregate))""",
    "CREATE INDEX directory_ranked ON directory (handle, ranked_at)",
)
INSERT = inserting("directory", {"handle": "key", "aggregate": "id", "ranked_at": "instant"})
Handle = tuple[str, UUID, datetime]
"""A handle, an aggregate and its rank."""


def make_version_5(store: Store, handles: Sequence[Handle]) -> None:
    """Make of a store one that a program of version 5 wrote, with these handles in its index."""
    with closing(store.connect_log()) as connection:
        connection.begin()
        connection.execute("DROP TABLE handle_entries")
        for statement in DIRECTORY:
            connection.execute(statement.format(**store.types))
        connection.run(INSERT, [(handle, str(id), instant(rank)) for handle, id, rank in handles])
        connection.execute("UPDATE meta SET value = '5' WHERE name = 'schema'")
        connection.commit()


def handles_of(store: Store, mapper: TypedMapper) -> list[Handle]:
    """Give the handles of all aggregates, by a replay of the log."""
    with store.reading_log() as connection:
        events = section(connection, after=0, limit=1_000_000)
    streams: dict[UUID | str, list[object]] = {}
    for event in events:
        streams.setdefault(event.originator_id, []).append(event)
    aggregates = [replayed(stream, mapper) for stream in streams.values()]  # type: ignore[arg-type]  # stored events
    return [(handle, each.id, rank) for each in aggregates for handle, rank in each.handles.items()]


def as_entries(handles: Sequence[Handle]) -> set[tuple[Value, ...]]:
    """Give the rows that the index has to have: two numbers of the handle, the rank, and two of the id."""
    return {
        (*handle_numbers(handle), number_of(rank), *(_signed(half) for half in divmod(id.int, 2**64)))
        for handle, id, rank in handles
    }


def entries(connection: Connection) -> list[tuple[Value, ...]]:
    """Read the index."""
    return connection.execute(f"SELECT {', '.join(COLUMNS)} FROM handle_entries")  # noqa: S608 - our own names


def _signed(half: int) -> int:
    return half - 2**64 if half >= 2**63 else half
