"""A connection to a file of SQLite."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Literal

from eventsourcing.persistence import IntegrityError

from infrastructure.store.base import IN_USE, BulkStatement, LogDamaged, StoreBusy, StoreDown, TableUnfit, Value
from infrastructure.store.lock import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from infrastructure.store.base import BulkWork

AT_ONCE = (256, 64)
"""How many rows one statement writes, or looks for: so many while there are, and of what is left so many at most."""
STATEMENTS = 1_024
"""How many statements stay prepared; there is one for each number of rows that was written or looked for."""
BUSY_SECONDS = 5
AGAIN_SECONDS = 0.02
ALONE_SECONDS = 0.5
"""How long whoever wants a file alone waits for the others."""
CHECKPOINT_PAGES = 8_192
"""After how many written pages, of 4 KiB, they are moved into the file: whoever commits then waits for it."""
CACHE_KIBIBYTES = 16_384
"""What a connection keeps of its file: the ids of signals come in no order, and touch every page of an index."""
COPIED_PAGES = 1_024
"""How many pages are copied before it is said how many."""
MAIN = 0xFF
"""The part of the code of an error that says its kind."""
TAKEN = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
"""What an error says when others have to finish first."""
UNWRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
"""What an error says when nothing can be written."""
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
UNREADABLE = "Could not decode to UTF-8"
"""How Python says that the bytes of a text are none; it has no code."""
Mode = Literal["ro", "rw", "rwc"]


class SQLiteConnection:
    """A connection to one file."""

    def __init__(
        self,
        path: Path,
        *,
        synchronous: str = "FULL",
        mode: Mode = "rw",
        found: Callable[[str], StoreDown] = LogDamaged,
        is_replaceable: bool = False,
    ) -> None:
        """Open the file; with the mode ``rwc`` it is created if it is missing, with ``ro`` nothing is written.

        ``found`` is told what is damaged, and gives the error. One that ``is_replaceable`` can be put aside while it is
        open.
        """
        self._path = path
        self._found = found
        # As it is before it is opened: another process may put it aside meanwhile, and what is there then is whole.
        self._file = file_at(path) if is_replaceable else None
        try:
            if mode == "rwc":
                path.parent.mkdir(parents=True, exist_ok=True)
                create_private(path)
            self._db = sqlite3.connect(
                _uri(path, mode),
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=BUSY_SECONDS,
                cached_statements=STATEMENTS,
            )
            self._begin = "BEGIN" if mode == "ro" else "BEGIN IMMEDIATE"
            if mode == "ro":
                # Nothing was read so far: one of no database fails here.
                self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
            else:
                self._write_ahead()
                self._db.execute(f"PRAGMA synchronous={synchronous}")
            self._db.execute(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
            self._db.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
            self._db.execute("PRAGMA temp_store=MEMORY")
            self._file = file_at(path) if is_replaceable else None
        except (sqlite3.Error, OSError) as error:
            if _is_damage(error) and self.is_current:
                raise found(f"{path} is damaged: {error}") from error
            raise StoreDown(f"cannot open {path}: {error}") from error

    @property
    def is_current(self) -> bool:
        """Whether the file that was opened is the one that is there now, and not one that was put aside or deleted."""
        return self._file is None or self._file == file_at(self._path)

    def _write_ahead(self) -> None:
        """Let readers and the writer of a new file pass each other; SQLite does not wait for others who say so, too."""
        deadline = monotonic() + BUSY_SECONDS
        while True:
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & MAIN not in TAKEN or monotonic() > deadline:
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

    def run_together(self, works: Sequence[BulkWork]) -> None:
        """Do one after the other."""
        for bulk, rows in works:
            self.run(bulk, rows)

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of this name."""
        return bool(self.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name", {"name": name}))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read what a deferred transaction sees from its first read on."""
        self.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            self.rollback()

    def begin(self, sql: str | None = None) -> list[tuple[Value, ...]]:
        """Begin a transaction that writes; a deferred one could fail half-way with «database is locked»."""
        self.execute(self._begin)
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

    def require_writable(self) -> None:
        """Make sure that the file can be written, and not only be read.

        Raises:
            StoreDown: if it cannot.
        """
        try:
            self._db.execute("PRAGMA busy_timeout=0")
            self._db.execute("BEGIN IMMEDIATE")
            # Only a write shows it; this one is undone.
            self._db.execute("PRAGMA user_version=1")
        except sqlite3.OperationalError as error:
            # Who waits for others could write.
            if error.sqlite_errorcode & MAIN not in TAKEN:
                raise StoreDown(str(error)) from error
        self.rollback()

    def copy_to(self, target: Path, *, copied: Callable[[int, int], None]) -> None:
        """Write what a transaction sees into one new file; ``copied`` is told the bytes so far, and of how many.

        Without a transaction, each commit of another process would begin the copy anew.
        """
        create_private(target)
        with self._translated(), closing(sqlite3.connect(target)) as file:
            (size,) = self._db.execute("PRAGMA page_size").fetchone()
            self._db.backup(
                file, pages=COPIED_PAGES, progress=lambda _, left, total: copied((total - left) * size, total * size)
            )
            # The copy takes over how the original is written, and then a second file would lie beside it.
            file.execute("PRAGMA journal_mode=DELETE")

    def put_together(self) -> None:
        """Move all that was written ahead into the file itself.

        Raises:
            StoreBusy: if anybody else has the file open.
        """
        try:
            self._db.execute(f"PRAGMA busy_timeout={round(ALONE_SECONDS * 1_000)}")
            self._db.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & MAIN != sqlite3.SQLITE_BUSY:
                raise StoreDown(str(error)) from error
            raise StoreBusy(IN_USE) from error

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


def create_private(path: Path) -> None:
    """Create an empty file for nobody but its owner, unless there is one; SQLite gives those beside it its mode.

    Raises:
        OSError: if it cannot be created.
    """
    with suppress(FileExistsError):
        os.close(os.open(path.resolve(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))


def file_at(path: Path) -> int | None:
    """Tell one file from another of the same name; None if there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _is_damage(error: Exception) -> bool:
    """Tell whether an error says that a file holds what SQLite never wrote, and not that it cannot be reached."""
    code = getattr(error, "sqlite_errorcode", None)
    return str(error).startswith(UNREADABLE) if code is None else code & MAIN in DAMAGED


def kind_of(error: StoreDown) -> int:
    """Give the kind of the SQLite error that led to this one; 0 if there was none."""
    return int(getattr(error.__cause__, "sqlite_errorcode", 0)) & MAIN


def _uri(path: Path, mode: Mode) -> str:
    """Write the name of a file with the way in which it is opened.

    To read a file that is written ahead, SQLite creates another one beside it, unless it is told that nobody writes.
    """
    quiet = mode == "ro" and not any(Path(f"{path.resolve()}{end}").exists() for end in ("-wal", "-shm"))
    return f"{path.absolute().as_uri()}?mode={mode}{'&immutable=1' if quiet else ''}"


def _pieces(rows: Sequence[Sequence[Value]]) -> Iterator[Sequence[Sequence[Value]]]:
    many, few = AT_ONCE
    whole = len(rows) // many * many
    for start in range(0, whole, many):
        yield rows[start : start + many]
    for start in range(whole, len(rows), few):
        yield rows[start : start + few]
