"""SQLite: the log in one file, the views that can be rebuilt in another beside it.

The log is written with ``synchronous=FULL``, so that a committed event survives a loss of power; the file of the
views with ``NORMAL``. Two files, because a follower that writes the file of the log waits behind its writer.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from eventsourcing.persistence import IntegrityError

from infrastructure.store.base import BulkStatement, StoreDown, TableUnfit, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from infrastructure.store.base import Connection

TYPES = {
    "bytes": "BLOB",
    "id": "TEXT",
    "key": "TEXT",
    "instant": "TEXT",
    "text": "TEXT",
    "document": "TEXT",
    "number": "INTEGER",
    "flag": "INTEGER",
}
AT_ONCE = (256, 64)
"""How many rows one statement writes, or looks for: so many while there are, and of what is left so many at most."""
STATEMENTS = 1_024
"""How many statements stay prepared; there is one for each number of rows that was written or looked for."""
BUSY_SECONDS = 5
AGAIN_SECONDS = 0.02
CHECKPOINT_PAGES = 8_192
"""After how many written pages, of 4 KiB, they are moved into the file: whoever commits then waits for it."""
CACHE_KIBIBYTES = 16_384
"""What a connection keeps of its file: the ids of signals come in no order, and touch every page of an index."""


class SQLiteConnection:
    """A connection to one file."""

    def __init__(self, path: Path, *, synchronous: str) -> None:
        """Open the file; it is made if it is not there."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS, cached_statements=STATEMENTS
            )
            self._write_ahead()
            self._db.execute(f"PRAGMA synchronous={synchronous}")
            self._db.execute(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
            self._db.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
            self._db.execute("PRAGMA temp_store=MEMORY")
        except (sqlite3.Error, OSError) as error:
            raise StoreDown(f"cannot open {path}: {error}") from error

    def _write_ahead(self) -> None:
        """Let readers and the writer of a new file pass each other; SQLite does not wait for others who say so, too."""
        deadline = monotonic() + BUSY_SECONDS
        while True:
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError:
                if monotonic() > deadline:
                    raise
                threading.Event().wait(AGAIN_SECONDS)
            else:
                return

    def execute(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[tuple[Value, ...]]:
        """Run one statement and give all its rows."""
        with _translated():
            return self._db.execute(sql, parameters or {}).fetchall()

    def run(self, bulk: BulkStatement, rows: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
        """Do the same with many rows, some at a time, and give what is found."""
        found: list[tuple[Value, ...]] = []
        marks = f"({', '.join('?' * len(bulk.columns))})"
        with _translated():
            for some in _pieces(rows):
                values = f"(VALUES {', '.join([marks] * len(some))})"
                found += self._db.execute(
                    bulk.sql.format(given=f"{values} AS given", among=f"IN {values}"),
                    [value for row in some for value in row],
                )
        return found

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of this name."""
        return bool(self.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name", {"name": name}))

    def begin(self, sql: str | None = None) -> list[tuple[Value, ...]]:
        """Begin a transaction that writes; a deferred one could fail half-way with «database is locked»."""
        self.execute("BEGIN IMMEDIATE")
        return self.execute(sql) if sql else []

    def commit(self) -> None:
        """Make the transaction durable."""
        self.execute("COMMIT")

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Commit at the end."""
        yield
        self.commit()

    def rollback(self) -> None:
        """Undo the transaction, if one is open."""
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        except sqlite3.Error:
            self.close()

    def close(self) -> None:
        """Close."""
        try:
            self._db.close()
        except sqlite3.Error:
            return


class SQLiteStore:
    """The two files."""

    types = TYPES
    for_update = ""

    def __init__(self, path: str) -> None:
        """Name the file of the log; that of the views has ``-views`` at its end."""
        self.path = Path(path)
        self._views_path = self.path.with_name(f"{self.path.name}-views")
        self._log_readers: queue.SimpleQueue[SQLiteConnection] = queue.SimpleQueue()
        self._view_readers: queue.SimpleQueue[SQLiteConnection] = queue.SimpleQueue()
        self._waiting_ended = threading.Event()

    def connect_log(self) -> SQLiteConnection:
        """Open the file of the log."""
        return SQLiteConnection(self.path, synchronous="FULL")

    def connect_views(self) -> SQLiteConnection:
        """Open the file of the views."""
        return SQLiteConnection(self._views_path, synchronous="NORMAL")

    @contextmanager
    def reading_log(self) -> Iterator[Connection]:
        """Borrow a connection to the log."""
        with _borrowed(self._log_readers, self.connect_log) as connection:
            yield connection

    @contextmanager
    def reading_views(self) -> Iterator[Connection]:
        """Borrow a connection to the views."""
        with _borrowed(self._view_readers, self.connect_views) as connection:
            yield connection

    def wait_for_change(self, seconds: float) -> None:
        """Wait; SQLite tells nobody of changes, so that polling has to do."""
        self._waiting_ended.wait(seconds)

    def end_waiting(self) -> None:
        """Let whoever waits for a change go on."""
        self._waiting_ended.set()

    def close(self) -> None:
        """Close what was borrowed, and end the waiting."""
        self.end_waiting()
        for readers in (self._log_readers, self._view_readers):
            while not readers.empty():
                readers.get().close()


def _pieces(rows: Sequence[Sequence[Value]]) -> Iterator[Sequence[Sequence[Value]]]:
    many, few = AT_ONCE
    whole = len(rows) // many * many
    for start in range(0, whole, many):
        yield rows[start : start + many]
    for start in range(whole, len(rows), few):
        yield rows[start : start + few]


@contextmanager
def _borrowed(
    idle: queue.SimpleQueue[SQLiteConnection], connect: Callable[[], SQLiteConnection]
) -> Iterator[SQLiteConnection]:
    try:
        connection = idle.get_nowait()
    except queue.Empty:
        connection = connect()
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    idle.put(connection)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise IntegrityError(str(error)) from error
    except sqlite3.Error as error:
        # What is wrong with the statement itself has no code of its own; ours are right if their tables are.
        is_unfit = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
        raise (TableUnfit if is_unfit else StoreDown)(str(error)) from error
