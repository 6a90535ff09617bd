"""The tables of the log, and what is kept in the transaction of the events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import uuid4

from application.errors import SchemaMismatch
from infrastructure.delivery.cursor import BEGIN_AT_END
from infrastructure.delivery.identifiers import store_secret
from infrastructure.delivery.tables import TABLES as DELIVERY_TABLES
from infrastructure.event_log import handle_index, handle_upgrade, store_facts
from infrastructure.event_log.compatibility import VERSION, facts, is_too_new, require_nobody_older, too_new
from infrastructure.event_log.migration_progress import UNWATCHED
from infrastructure.event_log.walls import build_walls
from infrastructure.store.base import LogDamaged
from infrastructure.transparency.checkpoint_tables import TABLES as CHECKPOINT_TABLES
from infrastructure.transparency.tree_tables import TABLES as TREE_TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrastructure.store.base import Connection, Store

NUMBER = re.compile(r"[0-9]{1,9}")
IDENTITY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

EVENT_COLUMNS = {
    "position": "number",
    "originator_id": "id",
    "originator_version": "number",
    "topic": "text",
    "state": "bytes",
    "recorded_at": "instant",
}

TABLES = (
    "CREATE TABLE IF NOT EXISTS meta (name {key} PRIMARY KEY, value {text} NOT NULL)",
    # The position is set by the writer, under its lock: gap-free, and known before the commit.
    """CREATE TABLE IF NOT EXISTS stored_events (
        position {number} PRIMARY KEY, originator_id {id} NOT NULL, originator_version {number} NOT NULL,
        topic {text} NOT NULL, state {bytes} NOT NULL, recorded_at {instant} NOT NULL,
        UNIQUE (originator_id, originator_version))""",
    # Since version 6, before that as texts. Where a command finds an aggregate by something else than its id.
    handle_index.TABLE,
    # When an aggregate is due; the position is that of the event that led to it.
    """CREATE TABLE IF NOT EXISTS timers (
        aggregate {id} PRIMARY KEY, kind {key} NOT NULL, due {instant} NOT NULL, position {number} NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS timers_due ON timers (due)",
    # The answers to requests with an idempotency key.
    """CREATE TABLE IF NOT EXISTS receipts (
        token {key} NOT NULL, key {key} NOT NULL, request {text} NOT NULL, answer {text} NOT NULL,
        recorded_at {instant} NOT NULL, PRIMARY KEY (token, key))""",
    "CREATE INDEX IF NOT EXISTS receipts_age ON receipts (recorded_at)",
    # Since version 2. Which events of a section of a stream are of a type, by an actor, or both; see ``event_index``.
    # It follows from the events, and is filled behind them, so that a long log is served while it is indexed.
    """CREATE TABLE IF NOT EXISTS event_index (
        stream {key} NOT NULL, type {key} NOT NULL, actor {key} NOT NULL, section {number} NOT NULL,
        places {text} NOT NULL, PRIMARY KEY (stream, type, actor, section))""",
    # Since version 5. By which secret a session is found, when it was used last, and what its person has chosen.
    """CREATE TABLE IF NOT EXISTS sessions (
        session {id} PRIMARY KEY, digest {key} NOT NULL UNIQUE, last_used_at {instant} NOT NULL, zone {text})""",
)


def migrate(store: Store, *, copied: Callable[[int, int], None] = UNWATCHED.copied, creates: bool = True) -> None:
    """Create the tables and walls that are missing, and note the version; safe to run from many processes at once.

    Without ``creates`` they have to be there. ``copied`` is told how many rows of an older store were copied, of how
    many; see ``handle_upgrade``.

    Raises:
        SchemaMismatch: if a newer program wrote the store, an older one is connected that could not go on, or another
            role has to create what is missing.
    """
    if not creates:
        with store.reading_log() as reading:
            require_present(reading)
        return
    store.create()
    connection = store.connect_log()
    try:
        version = _version(connection)
        if version is None or version < VERSION:
            _create(store, connection)
        handle_upgrade.copy_rest(connection, copied)
        build_walls(store, connection)
    finally:
        connection.rollback()
        connection.close()


def _create(store: Store, connection: Connection) -> None:
    # The lock of the writer keeps two processes from creating the same table at once.
    connection.begin()
    require_nobody_older(store, connection, _version(connection))
    handle_upgrade.put_aside(connection)
    for statement in (*TABLES, *TREE_TABLES, *CHECKPOINT_TABLES, *DELIVERY_TABLES):
        connection.execute(statement.format(**store.types))
    store_facts.write(connection, facts())
    connection.execute(
        "INSERT INTO meta (name, value) VALUES ('log', :log) ON CONFLICT (name) DO NOTHING", {"log": str(uuid4())}
    )
    # Nothing that was announced before is sent: who begins to follow a log begins at its end.
    connection.execute(BEGIN_AT_END)
    store_secret(connection)
    connection.commit()
    _version(connection)


def require_present(connection: Connection) -> None:
    """Refuse to work on tables that are missing, or of a version that this program cannot work with.

    Raises:
        SchemaMismatch: if they are.
    """
    version = _version(connection)
    if version is None or version < VERSION:
        raise SchemaMismatch("the store has not been migrated; run: bitacora migrate")
    if handle_upgrade.is_waiting(connection):
        raise SchemaMismatch("the migration of the store was interrupted; to finish it, run: bitacora migrate")


def require_log(connection: Connection) -> None:
    """Refuse to read what is no log, or that of a newer program.

    Raises:
        SchemaMismatch: if it is.
    """
    if _version(connection) is None:
        raise SchemaMismatch("there is no log of Bitácora in it")


def mark_demo(store: Store, day: str) -> None:
    """Write into the store that its data are examples, those of ``day``."""
    connection = store.connect_log()
    try:
        connection.begin()
        connection.execute(
            "INSERT INTO meta (name, value) VALUES ('demo', :day) ON CONFLICT (name) DO NOTHING", {"day": day}
        )
        connection.commit()
    finally:
        connection.rollback()
        connection.close()


def is_demo(connection: Connection) -> bool:
    """Tell whether the data of the store are examples."""
    return bool(connection.execute("SELECT 1 FROM meta WHERE name = 'demo'"))


def log_identity(connection: Connection) -> str:
    """Give the identity of the log, by which views know that they follow this one and no other.

    Raises:
        LogDamaged: if the store notes none.
    """
    noted = store_facts.find(connection, "log") or ""
    # It is part of the name of a file.
    if not IDENTITY.fullmatch(noted):
        raise LogDamaged(f"the store notes {noted!r} as the identity of its log, and that is none")
    return noted


def _version(connection: Connection) -> int | None:
    """Read the version of the tables; None if there are none.

    Raises:
        SchemaMismatch: if it is too new for this program, or no number.
    """
    if not connection.has_table("meta"):
        return None
    rows = connection.execute("SELECT value FROM meta WHERE name = 'schema'")
    noted = str(rows[0][0]) if rows else None
    if noted is not None and not NUMBER.fullmatch(noted):
        raise SchemaMismatch(f"the store notes {noted!r} as the version of its tables, and that is no number")
    version = None if noted is None else int(noted)
    if version is not None and is_too_new(connection, version):
        raise too_new(connection, version)
    return version
