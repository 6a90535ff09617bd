"""SQLite: the log in one file, the views that can be rebuilt in another beside it.

The log is written with ``synchronous=FULL``, so that a committed event survives a loss of power; the file of the
views with ``NORMAL``. Two files, because a follower that writes the file of the log waits behind its writer.
"""

from __future__ import annotations

import glob
import queue
import sqlite3
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from eventsourcing.persistence import IntegrityError

from infrastructure.store.base import BulkStatement, Damage, StoreDown, TableUnfit, Value

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
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
UNREADABLE = "Could not decode to UTF-8"
"""How Python says that the bytes of a text are none; it has no code."""
ASIDE = ".damaged-"
KEPT_ASIDE = 3
"""How many damaged files of views are kept; beyond that, the oldest goes."""
PARTS = ("", "-wal", "-shm")
"""What a file has beside it: what was not moved into it yet, and an index of that."""


class SQLiteConnection:
    """A connection to one file."""

    def __init__(
        self, path: Path, *, synchronous: str, found: Callable[[str], StoreDown], is_replaceable: bool = False
    ) -> None:
        """Open the file; it is made if it is not there. ``found`` is told what is damaged, and gives the error.

        One that ``is_replaceable`` can be put aside while it is open.
        """
        self._path = path
        self._found = found
        self._file: int | None = None
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
            self._file = _file_at(path) if is_replaceable else None
        except (sqlite3.Error, OSError) as error:
            if _is_damage(error):
                raise found(f"{path} is damaged: {error}") from error
            raise StoreDown(f"cannot open {path}: {error}") from error

    @property
    def is_current(self) -> bool:
        """Whether the file that was opened is the one that is there now, and not one that was put aside or deleted."""
        return self._file is None or self._file == _file_at(self._path)

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
        with self._translated():
            return self._db.execute(sql, parameters or {}).fetchall()

    def run(self, bulk: BulkStatement, rows: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
        """Do the same with many rows, some at a time, and give what is found."""
        found: list[tuple[Value, ...]] = []
        marks = f"({', '.join('?' * len(bulk.columns))})"
        with self._translated():
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

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise IntegrityError(str(error)) from error
        except sqlite3.Error as error:
            if not self.is_current:
                raise StoreDown(f"{self._path} is another file than the one that was opened: {error}") from error
            if _is_damage(error):
                raise self._found(f"{self._path} is damaged: {error}") from error
            # What is wrong with the statement itself has no code of its own; ours are right if their tables are.
            is_unfit = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
            raise (TableUnfit if is_unfit else StoreDown)(str(error)) from error


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
        self.damage = Damage()
        self._damaged: int | None = None

    @property
    def put_aside(self) -> Sequence[str]:
        """Name the damaged files of views, the oldest first."""
        found = self.path.parent.glob(f"{glob.escape(self._views_path.name)}{ASIDE}*")
        return sorted(str(each) for each in found if not each.name.endswith(PARTS[1:]))

    def put_views_aside(self, when: str) -> str | None:
        """Rename the file of the views and what belongs to it, unless another process has done so."""
        if self._damaged is None or self._damaged != _file_at(self._views_path):
            return None
        aside = f"{self._views_path}{ASIDE}{when}"
        for part in PARTS:
            with suppress(FileNotFoundError):
                Path(f"{self._views_path}{part}").rename(f"{aside}{part}")
        for old in self.put_aside[:-KEPT_ASIDE]:
            for part in PARTS:
                Path(f"{old}{part}").unlink(missing_ok=True)
        return aside

    def connect_log(self) -> SQLiteConnection:
        """Open the file of the log."""
        return SQLiteConnection(self.path, synchronous="FULL", found=self.damage.found_in_log)

    def connect_views(self) -> SQLiteConnection:
        """Open the file of the views."""
        return SQLiteConnection(self._views_path, synchronous="NORMAL", found=self._found_in_views, is_replaceable=True)

    def _found_in_views(self, sentence: str) -> StoreDown:
        self._damaged = _file_at(self._views_path)
        return self.damage.found_in_views(sentence)

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


def _idle_one(idle: queue.SimpleQueue[SQLiteConnection]) -> SQLiteConnection | None:
    while not idle.empty():
        with suppress(queue.Empty):
            connection = idle.get_nowait()
            if connection.is_current:
                return connection
            connection.close()
    return None


@contextmanager
def _borrowed(
    idle: queue.SimpleQueue[SQLiteConnection], connect: Callable[[], SQLiteConnection]
) -> Iterator[SQLiteConnection]:
    connection = _idle_one(idle) or connect()
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    idle.put(connection)


def _file_at(path: Path) -> int | None:
    """Tell one file from another of the same name; None if there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _is_damage(error: Exception) -> bool:
    """Tell whether an error says that a file holds what SQLite never wrote, and not that it cannot be reached."""
    code = getattr(error, "sqlite_errorcode", None)
    return str(error).startswith(UNREADABLE) if code is None else code & 0xFF in DAMAGED
