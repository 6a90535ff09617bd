"""SQLite: the log in one file, the views that can be rebuilt in another beside it.

The log is written with ``synchronous=FULL``, so that a committed event survives a loss of power; the file of the
views with ``NORMAL``. Two files, because a follower that writes the file of the log waits behind its writer.
"""

from __future__ import annotations

import glob
import queue
import shutil
import sqlite3
import threading
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from infrastructure.store.base import Damage, NoStore, StoreBusy, StoreDown
from infrastructure.store.lock import FileLock
from infrastructure.store.missing import likely_cause
from infrastructure.store.sqlite_connection import UNWRITABLE, SQLiteConnection, file_at, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from infrastructure.store.base import Connection
    from infrastructure.store.sqlite_connection import Mode

PREFIX = "sqlite:///"
TYPES = {
    "bytes": "BLOB",
    "id": "TEXT",
    "key": "TEXT",
    "instant": "TEXT",
    "text": "TEXT",
    "document": "TEXT",
    "packed": "BLOB",
    "digested": "BLOB",
    "micros": "INTEGER",
    "number": "INTEGER",
    "flag": "INTEGER",
    "clustered": "WITHOUT ROWID",
}
REFUSED = "BEGIN SELECT RAISE(ABORT, 'what was recorded is neither changed nor removed: {table} only grows'); END"
WALLS = {
    "update": f"CREATE TRIGGER {{name}} BEFORE UPDATE ON {{table}} {REFUSED}",
    "delete": f"CREATE TRIGGER {{name}} BEFORE DELETE ON {{table}} {REFUSED}",
    # Of a row that INSERT OR REPLACE removes, SQLite tells no trigger.
    "insert": f"CREATE TRIGGER {{name}} BEFORE INSERT ON {{table}} WHEN {{same}} {REFUSED}",
}
ASIDE = ".damaged-"
KEPT_ASIDE = 3
"""How many damaged files of views are kept; beyond that, the oldest goes."""
PARTS = ("", "-wal", "-shm")
"""What a file has beside it: what was not moved into it yet, and an index of that."""


class SQLiteStore:
    """The two files."""

    types = TYPES
    walls = WALLS
    for_update = ""

    def __init__(self, path: str) -> None:
        """Name the file of the log; those of the views and of the lock have ``-views`` and ``-lock`` at their ends."""
        self.path = Path(path)
        self.views_path = self.path.with_name(f"{self.path.name}-views")
        self.is_read_only = False
        self._readable = self.path
        # Under another name, the file is locked all the same.
        whole = self.path.resolve()
        self._lock = FileLock(whole.with_name(f"{whole.name}-lock"), beside=whole)
        self._apart: TemporaryDirectory[str] | None = None
        self._log_readers: queue.SimpleQueue[SQLiteConnection] = queue.SimpleQueue()
        self._view_readers: queue.SimpleQueue[SQLiteConnection] = queue.SimpleQueue()
        self._waiting_ended = threading.Event()
        self.damage = Damage()
        self._damaged: int | None = None

    @property
    def put_aside(self) -> Sequence[str]:
        """Name the damaged files of views, the oldest first."""
        found = self.views_path.parent.glob(f"{glob.escape(self.views_path.name)}{ASIDE}*")
        return sorted(str(each) for each in found if not each.name.endswith(PARTS[1:]))

    def put_views_aside(self, when: str) -> str | None:
        """Rename the file of the views and what belongs to it, unless another process has done so."""
        if self._damaged is None or self._damaged != file_at(self.views_path):
            return None
        aside = f"{self.views_path}{ASIDE}{when}"
        for part in PARTS:
            with suppress(FileNotFoundError):
                Path(f"{self.views_path}{part}").rename(f"{aside}{part}")
        for old in self.put_aside[:-KEPT_ASIDE]:
            for part in PARTS:
                Path(f"{old}{part}").unlink(missing_ok=True)
        return aside

    @property
    def address(self) -> str:
        """Name the file of the log, wherever the program runs."""
        return f"{PREFIX}{self.path.absolute()}"

    def create(self) -> None:
        """Create the file of the log, if it is missing."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreDown(f"cannot open {self.path}: {error}") from error
        self._connect_log(self.path, "rwc").close()

    def find(self) -> None:
        """Make sure that there is a log; where nothing can be written, the views are built in a temporary folder."""
        if not self.path.is_file():
            raise NoStore(f"there is no store at {self.path.absolute()}: {likely_cause(self.path)}")
        try:
            with closing(self.connect_log()) as connection:
                connection.require_writable()
        except StoreDown as error:
            code = kind_of(error)
            if code == sqlite3.SQLITE_NOTADB:
                raise NoStore(
                    f"{self.path.absolute()} is no database, or is damaged; name another one, or restore a backup"
                ) from error
            if code not in UNWRITABLE:
                raise
            self._work_apart()
        with self.reading_log() as reading:
            if not reading.has_table("stored_events"):
                raise NoStore(f"{self.path.absolute()} has no log of Bitácora; create one with: bitacora migrate")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other programs out, those too that do not know the lock, and move the log into its one file."""
        # What this program itself has open is in nobody's way.
        self._close_readers()
        self._lock.release()
        with self._lock.alone():
            if self.path.is_file():
                self._put_together()
            yield

    def forget_views(self) -> None:
        """Remove the files of the views."""
        for end in PARTS:
            Path(f"{self.views_path}{end}").unlink(missing_ok=True)

    def connect_log(self) -> SQLiteConnection:
        """Open the file of the log, which has to be there."""
        return self._connect_log(self._readable, "ro" if self.is_read_only else "rw")

    def connect_outbox(self, *, waits_for_disk: bool = True) -> SQLiteConnection:  # noqa: ARG002 - it always does
        """Open the file of the log: what stands beside the events is in its backups, too."""
        return self.connect_log()

    def connect_views(self) -> SQLiteConnection:
        """Open the file of the views; it is created if it is missing."""
        self._lock.share()
        return SQLiteConnection(
            self.views_path, synchronous="NORMAL", mode="rwc", found=self._found_in_views, is_replaceable=True
        )

    def _close_readers(self) -> None:
        for readers in (self._log_readers, self._view_readers):
            while not readers.empty():
                readers.get().close()

    def _work_apart(self) -> None:
        """Read the log where it is, and keep everything else in a temporary folder."""
        self.is_read_only = True
        self._apart = TemporaryDirectory(prefix="bitacora-")
        self.views_path = Path(self._apart.name, self.views_path.name)
        try:
            self.connect_log().close()
        except StoreDown as error:
            if kind_of(error) != sqlite3.SQLITE_CANTOPEN:
                raise
            # What was written ahead is read by means of another file, which cannot be created there.
            copied = Path(self._apart.name, self.path.name)
            for end in ("", "-wal"):
                shutil.copyfile(f"{self.path.resolve()}{end}", f"{copied}{end}")
            self._readable = copied

    def _put_together(self) -> None:
        try:
            connection = self.connect_log()
        except StoreDown:
            # It is damaged, so that nobody works with it.
            return
        try:
            connection.put_together()
        except StoreBusy:
            raise
        except StoreDown:
            return
        finally:
            connection.close()

    def _connect_log(self, path: Path, mode: Mode) -> SQLiteConnection:
        self._lock.share()
        return SQLiteConnection(path, mode=mode, found=self.damage.found_in_log)

    def _found_in_views(self, sentence: str) -> StoreDown:
        self._damaged = file_at(self.views_path)
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
        self._close_readers()
        if self._apart is not None:
            self._apart.cleanup()
        self._lock.release()


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
