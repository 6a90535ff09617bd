"""PostgreSQL: the log and the views in one database, for more than one machine."""

from __future__ import annotations

import re
import select
import socket
from contextlib import contextmanager, suppress
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from eventsourcing.persistence import IntegrityError
from psycopg.rows import tuple_row

from infrastructure.store.base import IN_USE, BulkStatement, NoStore, StoreBusy, StoreDown, TableUnfit, Value
from infrastructure.store.postgres_url import without_password

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from infrastructure.store.base import Connection

TYPES = {
    "bytes": "bytea",
    "id": "uuid",
    "key": 'text COLLATE "C"',
    "instant": 'text COLLATE "C"',
    "text": "text",
    "document": "text",
    "number": "bigint",
    "flag": "smallint",
}
WRITER_LOCK = 4_271_009_311
"""The advisory lock that whoever appends to the log holds; «LOCK TABLE» would fight with autovacuum."""
OPEN_LOCK = 4_271_009_312
"""The advisory lock that programs share while they have the store open."""
CHANNEL = "bitacora_log"
MISSING = re.compile(r'database "[^"]*" does not exist')
CONNECT_SECONDS = 5
KEEPALIVES: dict[str, Any] = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""Idle seconds, seconds between probes and number of probes until a silent peer counts as gone."""


class PostgresConnection:
    """A connection in autocommit mode."""

    def __init__(self, db: psycopg.Connection[Any], *, appends: bool) -> None:
        """Wrap ``db``; one that appends locks the log as it begins and notifies as it commits."""
        self._db = db
        self._appends = appends

    def execute(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[tuple[Value, ...]]:
        """Run one statement and give all its rows."""
        with _translated():
            cursor = self._db.execute(_statement(sql), parameters, prepare=parameters is not None)
            return cursor.fetchall() if cursor.description else []

    def run(self, bulk: BulkStatement, rows: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
        """Do the same with many rows by one statement, whatever their number, and give what is found."""
        if not rows:
            return []
        arrays = [list(column) for column in zip(*rows, strict=True)]
        with _translated():
            cursor = self._db.execute(_literal(bulk), arrays, prepare=True)
            return cursor.fetchall() if cursor.description else []

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of this name."""
        return self.execute("SELECT to_regclass(:name) IS NOT NULL", {"name": name}) == [(True,)]

    def begin(self, sql: str | None = None) -> list[tuple[Value, ...]]:
        """Begin a transaction; one that appends waits for its turn."""
        with _translated():
            with self._db.pipeline():
                self._db.execute("BEGIN")
                if self._appends:
                    self._db.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,), prepare=True)
                cursor = self._db.execute(_statement(sql), prepare=True) if sql else None
            return cursor.fetchall() if cursor else []

    def commit(self) -> None:
        """Make the transaction durable and wake the followers of other processes."""
        with self.committing():
            pass

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Wait once, for all that is written inside and for the commit."""
        with _translated(), self._db.pipeline():
            yield
            if self._appends:
                self._db.execute(f"NOTIFY {CHANNEL}")
            self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction, if one is open."""
        with suppress(psycopg.Error):
            self._db.rollback()

    def close(self) -> None:
        """Close."""
        with suppress(psycopg.Error):
            self._db.close()


class PostgresStore:
    """The database."""

    types = TYPES
    for_update = "FOR UPDATE"
    is_read_only = False

    def __init__(self, url: str) -> None:
        """Name the database by a libpq URL."""
        self._url = url
        self._idle: SimpleQueue[psycopg.Connection[Any]] = SimpleQueue()
        self._listener: psycopg.Connection[Any] | None = None
        # The second is closed to end the waiting; whoever waits sees that at the first.
        self._alarm: tuple[socket.socket, socket.socket] | None = None
        self._waiting_ended = False

    @property
    def address(self) -> str:
        """Name the database."""
        return without_password(self._url)

    def create(self) -> None:
        """Create nothing: the database is there."""

    def find(self) -> None:
        """Make sure that the database has a log."""
        try:
            with self.reading_log() as connection:
                if connection.has_table("stored_events"):
                    return
        except StoreDown as error:
            # The driver gives no code for what the server said before there was a connection.
            if MISSING.search(str(error)) is None:
                raise
            raise NoStore(f"there is no store at {self.address}: {error}") from error
        raise NoStore(
            f"there is no store at {self.address}: the database has no log of Bitácora; is it the right one? Create a "
            "store with: bitacora migrate"
        )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep programs that follow the log out."""
        db = self._connect()
        try:
            if not _is_given(db, "pg_try_advisory_lock"):
                raise StoreBusy(IN_USE)
            yield
        finally:
            db.close()

    def forget_views(self) -> None:
        """Remove the positions of the views."""
        with self.reading_views() as connection:
            connection.execute("DROP TABLE IF EXISTS views")

    def connect_log(self) -> PostgresConnection:
        """Open a connection that appends."""
        # A writer that is cut off in the middle must not keep the lock from the others.
        return PostgresConnection(self._connect(idle_in_transaction_session_timeout="60s"), appends=True)

    def connect_views(self) -> PostgresConnection:
        """Open a connection that writes views; rows and position that a crash undoes together follow again."""
        return PostgresConnection(self._connect(synchronous_commit="off"), appends=False)

    @contextmanager
    def reading_log(self) -> Iterator[Connection]:
        """Borrow a connection; there are never more than were needed at once.

        A pool that goes on trying by itself, at growing intervals, finds a server late that was away for long, and
        lets readers wait meanwhile. Here each reader tries, and is told at once.
        """
        db = self._take_idle() or self._connect()
        try:
            yield PostgresConnection(db, appends=False)
        except BaseException:
            db.close()
            raise
        self._idle.put(db)

    reading_views = reading_log

    def wait_for_change(self, seconds: float) -> None:
        """Wait for a notification from whoever appends; it may get lost, so that callers poll as well."""
        with _translated():
            if self._listener is None or self._listener.closed:
                self._listener = self._listening()
            if self._alarm is None:
                self._alarm = socket.socketpair()
            if self._waiting_ended:
                return
            waiting = select.poll()
            waiting.register(self._listener.fileno(), select.POLLIN)
            waiting.register(self._alarm[0].fileno(), select.POLLIN)
            waiting.poll(seconds * 1000)
            for _ in self._listener.notifies(timeout=0, stop_after=1):
                return

    def end_waiting(self) -> None:
        """Let whoever waits for a notification go on."""
        self._waiting_ended = True
        if self._alarm is not None:
            self._alarm[1].close()

    def close(self) -> None:
        """Close every connection."""
        while (db := self._take_idle()) is not None:
            db.close()
        if self._listener is not None:
            self._listener.close()
        self.end_waiting()
        if self._alarm is not None:
            self._alarm[0].close()

    def _listening(self) -> psycopg.Connection[Any]:
        db = self._connect()
        # As long as this connection lasts, nobody replaces the store.
        if not _is_given(db, "pg_try_advisory_lock_shared"):
            db.close()
            raise StoreBusy("the store is being restored")
        db.execute(f"LISTEN {CHANNEL}")
        return db

    def _take_idle(self) -> psycopg.Connection[Any] | None:
        while True:
            try:
                db = self._idle.get_nowait()
            except Empty:
                return None
            if _is_quiet(db):
                return db
            db.close()

    def _connect(self, **settings: str) -> psycopg.Connection[Any]:
        try:
            db = psycopg.connect(
                self._url, autocommit=True, row_factory=tuple_row, connect_timeout=CONNECT_SECONDS, **KEEPALIVES
            )
            for name, value in settings.items():
                db.execute("SELECT set_config(%s, %s, false)", (name, value))
        except psycopg.Error as error:
            raise StoreDown(f"cannot connect to PostgreSQL: {_line(error)}") from error
        return db


@lru_cache(maxsize=1024)
def _literal(bulk: BulkStatement) -> Any:  # noqa: ANN401 - psycopg wants a literal string, and ours are
    """Hand rows over as one binary array for each column; as text, every quote in it would be looked for."""
    casts = ", ".join(f"%b::{TYPES[kind].split()[0]}[]" for kind in bulk.columns)
    names = ", ".join(f"column{place}" for place in range(1, len(bulk.columns) + 1))
    # Of «= ANY» a plan that was made for an empty table uses the index when it has grown; of a join it does not.
    return bulk.sql.format(given=f"unnest({casts}) AS given ({names})", among=f"= ANY({casts})")


@lru_cache(maxsize=1024)
def _statement(sql: str) -> Any:  # noqa: ANN401 - psycopg wants a literal string, and ours are
    """Turn the ``:named`` parameters of the shared SQL into psycopg's."""
    return re.sub(r"(?<!:):([a-z][a-z_0-9]*)", r"%(\1)s", sql.replace("%", "%%"))


def _is_quiet(db: psycopg.Connection[Any]) -> bool:
    """Tell whether the server says nothing to an idle connection; the last thing it says is that it closes it."""
    if db.closed:
        return False
    look = select.poll()
    look.register(db.fileno(), select.POLLIN)
    return not look.poll(0)


def _is_given(db: psycopg.Connection[Any], lock: LiteralString) -> bool:
    with _translated():
        rows = db.execute(f"SELECT {lock}(%s)", (OPEN_LOCK,)).fetchall()
    return bool(rows[0][0])


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg.IntegrityError as error:
        raise IntegrityError(_line(error)) from error
    except psycopg.DataError:
        # A value that no text can hold is no fault of the store: trying again would never help.
        raise
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise TableUnfit(_line(error)) from error
    except psycopg.Error as error:
        raise StoreDown(_line(error)) from error
