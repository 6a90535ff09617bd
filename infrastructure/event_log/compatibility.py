"""Whether this program can work with a store that another version has migrated, or has written events into.

A migration beside which older programs go on working raises the version of the tables alone. One beside which they
cannot raises the ``FLOOR``, too: the lowest version that a program has to know. An older one stops then.
"""

from __future__ import annotations

from contextlib import closing
from enum import Enum, auto
from typing import TYPE_CHECKING

from application.errors import SchemaMismatch
from infrastructure.event_log import store_facts
from infrastructure.event_log.event_codec import version_prefix
from infrastructure.release import RELEASE
from infrastructure.store.base import BulkStatement
from infrastructure.store.postgres import PostgresStore
from infrastructure.store.postgres_programs import serving_programs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrastructure.store.base import Connection, Store, Value

FLOOR = "schema_floor"
WRITTEN_BY = "schema_written_by"
"""The fact that names the program that has migrated the store last."""
EVENT = "event "
"""How the facts begin that name a type of events in a version; their value is the first program that may record it."""
EVENTS = "SELECT name, value FROM meta WHERE name >= 'event ' AND name < 'event!' ORDER BY name"
NOTE = BulkStatement(
    sql="INSERT INTO meta (name, value) SELECT * FROM {given} WHERE true ON CONFLICT (name) DO NOTHING",
    columns=("key", "text"),
)
RECORDED = "SELECT 1 FROM stored_events WHERE topic = :topic AND substr(state, 1, :length) = :start LIMIT 1"
SHOWN = 3
"""How many types of events are named."""


class Migration(Enum):
    """What becomes of older programs that have a store open while it is migrated, on PostgreSQL."""

    BESIDE = auto()
    """They go on: they do not need what is new, and what they write is right without it."""
    ALONE = auto()
    """They would write what is wrong, or nothing: none may be connected, and one that comes back stops."""


MIGRATIONS: Mapping[int, Migration] = {
    # The first tables.
    1: Migration.ALONE,
    # The index of events, which is filled behind them.
    2: Migration.BESIDE,
    # The tree: events that an older program appends are not in it.
    3: Migration.ALONE,
    # Deliveries: what an older program records is planned by the others.
    4: Migration.BESIDE,
    # Sessions, which an older program does not have.
    5: Migration.BESIDE,
    # The smaller index of handles, in place of the one that an older program reads.
    6: Migration.ALONE,
}
"""What is new in each version of the tables; who adds one says here which kind it is."""
VERSION = max(MIGRATIONS)
"""The version of the tables of this program."""


def floor_of(version: int) -> int:
    """Give the lowest version of the tables that a program must know to work with those of ``version``."""
    return max(each for each, kind in MIGRATIONS.items() if kind is Migration.ALONE and each <= version)


def facts() -> list[store_facts.Fact]:
    """Give what a migration notes of itself."""
    return [("schema", str(VERSION)), (FLOOR, str(floor_of(VERSION))), (WRITTEN_BY, RELEASE)]


def is_too_new(connection: Connection, version: int) -> bool:
    """Tell whether this program cannot work with tables of a version."""
    floor = store_facts.find(connection, FLOOR)
    return version > VERSION and (floor is None or int(floor) > VERSION)


def require_nobody_older(store: Store, connection: Connection, version: int | None) -> None:
    """Refuse a migration from ``version`` beside which older programs could not go on, while any is connected.

    Raises:
        SchemaMismatch: naming them.
    """
    if version is None or version >= floor_of(VERSION) or not isinstance(store, PostgresStore):
        return
    others = serving_programs(connection)
    if others:
        raise SchemaMismatch(
            f"the migration of the tables from {version} to {VERSION} cannot run beside an older version, and one is "
            f"connected: {'; '.join(map(str, others))}; stop every server of it, then run: bitacora migrate"
        )


def too_new(connection: Connection, version: int) -> SchemaMismatch:
    """Say which program has migrated a store beyond this one, and what to do."""
    writer = store_facts.find(connection, WRITTEN_BY) or "a newer version"
    return SchemaMismatch(
        f"the store has schema {version}, newer than this program's {VERSION}: {writer} has migrated it, and this is "
        f"{RELEASE}; install that version, or restore a backup from before"
    )


def require_floor(floor: Value) -> None:
    """Refuse to append to a log that was migrated, while this program had it open, past what it knows.

    Raises:
        SchemaMismatch: if it was.
    """
    if floor is not None and int(floor) > VERSION:
        raise SchemaMismatch(
            f"a newer version of bitacora has migrated the store to tables that this one ({RELEASE}) does not know; "
            "it records nothing more, stop it"
        )


def require_known_events(store: Store, known: Mapping[str, int]) -> None:
    """Refuse a log with events that this program does not know, and note which ones it may record itself.

    ``known`` are the types of events, each with the version in which it is written. What any program may record is
    noted before it does. So the log itself is searched only if a newer one has served.

    Raises:
        SchemaMismatch: naming some of the events, and the program that brought them.
    """
    with store.reading_log() as connection:
        noted = {str(name): str(writer) for name, writer in connection.execute(EVENTS)}
        unknown = [(name, writer) for name, writer in noted.items() if _is_unknown(name, known)]
        found = [(name, writer) for name, writer in unknown if _is_recorded(connection, name)]
    if found:
        names, writers = [name.removeprefix(EVENT) for name, _ in found], sorted({writer for _, writer in found})
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        raise SchemaMismatch(
            f"the log has events that {RELEASE} does not know: {', '.join(names[:SHOWN])}{more}, of "
            f"{', '.join(writers)}; install that version, or restore a backup from before"
        )
    own = [f"{EVENT}{topic} {version}" for topic, version in known.items()]
    if not noted.keys() >= set(own):
        with closing(store.connect_log()) as writing:
            writing.begin()
            writing.run(NOTE, [(name, RELEASE) for name in own])
            writing.commit()


def _is_unknown(name: str, known: Mapping[str, int]) -> bool:
    topic, version = _of(name)
    return version > known.get(topic, 0)


def _is_recorded(connection: Connection, name: str) -> bool:
    topic, version = _of(name)
    start = version_prefix(version)
    values: dict[str, Value] = {"topic": topic, "start": start, "length": len(start)}
    return bool(connection.execute(RECORDED, values))


def _of(name: str) -> tuple[str, int]:
    topic, _, version = name.removeprefix(EVENT).partition(" ")
    return topic, int(version)
