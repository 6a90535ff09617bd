"""A connection to a database of PostgreSQL."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import psycopg
from eventsourcing.persistence import IntegrityError

from infrastructure.store.base import BulkStatement, StoreDown, TableUnfit, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from infrastructure.store.base import BulkWork

TYPES = {
    "bytes": "bytea",
    "id": "uuid",
    "key": 'text COLLATE "C"',
    "instant": 'text COLLATE "C"',
    "text": "text",
    "document": "text",
    "packed": "bytea",
    "digested": "bytea",
    "micros": "bigint",
    "number": "bigint",
    "flag": "smallint",
    "clustered": "",
}
WRITER_LOCK = 4_271_009_311
"""The advisory lock that whoever appends to the log holds; «LOCK TABLE» would fight with autovacuum."""
CHANNEL = "bitacora_log"
CONFLICT = "conflict with recovery"
"""How a hot standby says that it ended a read for what it replays; the codes are those of other errors as well."""


class ReadCancelled(StoreDown):
    """A hot standby has ended a read, because it stood in the way of what it replays; it can be done again."""


class PostgresConnection:
    """A connection in autocommit mode."""

    def __init__(self, db: psycopg.Connection[Any], *, appends: bool, found: Callable[[str], StoreDown]) -> None:
        """Wrap ``db``; one that appends locks the log as it begins and notifies as it commits.

        ``found`` is told what is damaged, and gives the error.
        """
        self._db = db
        self._found = found
        self._appends = appends

    @property
    def is_current(self) -> bool:
        """Whether it is of the database that is there now: it always is."""
        return True

    def execute(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[tuple[Value, ...]]:
        """Run one statement and give all its rows."""
        with translated(self._found):
            cursor = self._db.execute(_statement(sql), parameters, prepare=parameters is not None)
            return cursor.fetchall() if cursor.description else []

    def run(self, bulk: BulkStatement, rows: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
        """Do the same with many rows by one statement, whatever their number, and give what is found."""
        if not rows:
            return []
        with translated(self._found):
            cursor = self._db.execute(_literal(bulk, is_one=len(rows) == 1), _values(rows), prepare=True)
            return cursor.fetchall() if cursor.description else []

    def run_together(self, works: Sequence[BulkWork]) -> None:
        """Do them by one statement: each further one costs a command a tenth."""
        some = [(bulk, rows) for bulk, rows in works if rows]
        if some:
            statement = _joined(tuple((bulk, len(rows) == 1) for bulk, rows in some))
            values = [value for _, rows in some for value in _values(rows)]
            with translated(self._found):
                self._db.execute(statement, values, prepare=True)

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of this name."""
        return self.execute("SELECT to_regclass(:name) IS NOT NULL", {"name": name}) == [(True,)]

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read what was committed before the first read."""
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self.rollback()

    def begin(self, sql: str | None = None) -> list[tuple[Value, ...]]:
        """Begin a transaction; one that appends waits for its turn."""
        with translated(self._found):
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
        warnings: list[str] = []

        def note(notice: psycopg.errors.Diagnostic) -> None:
            if notice.severity_nonlocalized == "WARNING":
                warnings.append(str(notice.message_primary))

        # Many share a connection one after the other, so that nobody may leave anything with it.
        self._db.add_notice_handler(note)
        try:
            with translated(self._found), self._db.pipeline():
                yield
                if self._appends:
                    self._db.execute(f"NOTIFY {CHANNEL}")
                self._db.execute("COMMIT")
        finally:
            self._db.remove_notice_handler(note)
        if warnings:
            # The one that is known: the wait for a standby was cut off, and it has not got what is committed here.
            raise StoreDown(f"the commit may not be safe: {'; '.join(warnings)}")

    def rollback(self) -> None:
        """Undo the transaction, if one is open."""
        with suppress(psycopg.Error):
            self._db.rollback()

    def close(self) -> None:
        """Close."""
        with suppress(psycopg.Error):
            self._db.close()


def _values(rows: Sequence[Sequence[Value]]) -> Sequence[Value | list[Value]]:
    """Give the parameters of ``_literal``; of one row its values, which takes half as long as arrays of one."""
    return rows[0] if len(rows) == 1 else [list(column) for column in zip(*rows, strict=True)]


@lru_cache(maxsize=1024)
def _joined(parts: tuple[tuple[BulkStatement, bool], ...]) -> Any:  # noqa: ANN401 - as below
    """Write several insertions as one statement; all but the last stand in its WITH clause."""
    *firsts, last = (_literal(bulk, is_one=is_one) for bulk, is_one in parts)
    named = ", ".join(f"part{place} AS ({first})" for place, first in enumerate(firsts))
    return f"WITH {named} {last}" if named else last


@lru_cache(maxsize=1024)
def _literal(bulk: BulkStatement, *, is_one: bool) -> Any:  # noqa: ANN401 - psycopg wants a literal string, and ours are
    """Hand rows over as one binary array for each column; as text, every quote in it would be looked for."""
    kinds = [TYPES[kind].split()[0] for kind in bulk.columns]
    names = ", ".join(f"column{place}" for place in range(1, len(bulk.columns) + 1))
    if is_one:
        values = f"(VALUES ({', '.join(f'%b::{kind}' for kind in kinds)}))"
        return bulk.sql.format(given=f"{values} AS given ({names})", among=f"IN {values}")
    casts = ", ".join(f"%b::{kind}[]" for kind in kinds)
    # Of «= ANY» a plan that was made for an empty table uses the index when it has grown; of a join it does not.
    return bulk.sql.format(given=f"unnest({casts}) AS given ({names})", among=f"= ANY({casts})")


@lru_cache(maxsize=1024)
def _statement(sql: str) -> Any:  # noqa: ANN401 - psycopg wants a literal string, and ours are
    """Turn the ``:named`` parameters of the shared SQL into psycopg's."""
    return re.sub(r"(?<!:):([a-z][a-z_0-9]*)", r"%(\1)s", sql.replace("%", "%%"))


def line_of(error: Exception) -> str:
    """Write what an error says on one line."""
    return " ".join(str(error).split())


@contextmanager
def translated(found: Callable[[str], StoreDown]) -> Iterator[None]:
    """Raise errors of the driver as those of a store; ``found`` is told what is damaged, and gives the error."""
    try:
        yield
    except psycopg.IntegrityError as error:
        raise IntegrityError(line_of(error)) from error
    except (psycopg.errors.DataCorrupted, psycopg.errors.IndexCorrupted) as error:
        raise found(line_of(error)) from error
    except psycopg.DataError:
        # A value that no text can hold is no fault of the store: trying again would never help.
        raise
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise TableUnfit(line_of(error)) from error
    except psycopg.Error as error:
        raise (ReadCancelled if CONFLICT in str(error) else StoreDown)(line_of(error)) from error
