"""The interface of a store: connections that execute the shared SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from eventsourcing.persistence import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

Value = str | int | bytes | bool | None
BulkWork = tuple["BulkStatement", Sequence[Sequence[Value]]]


@dataclass(frozen=True, kw_only=True)
class BulkStatement:
    """What is done with many rows at once: ``sql`` reads them from ``{given}``, as ``column1`` and so on.

    Of one column it can also ask whether a value is ``{among}`` them. ``columns`` are the types of their values. One
    statement for many rows, because each one costs a wait for the interpreter on SQLite and a message on PostgreSQL.
    """

    sql: str
    columns: tuple[str, ...]


def inserting(table: str, columns: Mapping[str, str], *, keys: Sequence[str] = ()) -> BulkStatement:
    """Insert rows (name to type of each column); one that has the same ``keys`` takes the place of the old one."""
    sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM {{given}} WHERE true"
    if keys:
        news = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in keys)
        sql += f" ON CONFLICT ({', '.join(keys)}) DO " + (f"UPDATE SET {news}" if news else "NOTHING")
    return BulkStatement(sql=sql, columns=tuple(columns.values()))


def setting(table: str, column: str, kind: str, keys: Mapping[str, str], *, where: str) -> BulkStatement:
    """Set one column of the rows with these keys (name to type) that fulfill ``where``; each row: keys, then value."""
    found = " AND ".join(f"{table}.{name} = given.column{place}" for place, name in enumerate(keys, 1))
    sql = f"UPDATE {table} SET {column} = given.column{len(keys) + 1} FROM {{given}} WHERE {found} AND {where}"
    return BulkStatement(sql=sql, columns=(*keys.values(), kind))


def deleting(table: str, keys: Mapping[str, str]) -> BulkStatement:
    """Delete the rows with these keys (name to type)."""
    sql = f"DELETE FROM {table} WHERE ({', '.join(keys)}) IN (SELECT * FROM {{given}})"
    return BulkStatement(sql=sql, columns=tuple(keys.values()))


class StoreDown(DatabaseError):
    """The store cannot be reached, is full, or refuses to work."""


IN_USE = "a program has the store open, for example bitacora serve; stop it first"


class StoreBusy(StoreDown):
    """Another program has the store open, or is replacing it."""


class NoStore(StoreDown):
    """There is no store where a setting says."""


class StoreNotRestored(StoreDown):
    """A file is no sound log, or may not take the place of the store."""


class TableUnfit(StoreDown):
    """A table is missing, or has not the columns that it should have; the store is well otherwise."""


class LogDamaged(StoreDown):
    """What is stored of the log is not what the database engine wrote; only a backup helps."""


class ViewsDamaged(StoreDown):
    """What is stored of the views is not what the database engine wrote; they can begin anew."""


class Damage:
    """What readers and writers of one process have found damaged; None where nothing was found.

    What was found of the views counts until they have begun anew, what was found of the log as long as the process
    lives: a log is put back while nobody has it open.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self.log: str | None = None
        self.views: str | None = None

    def found_in_log(self, sentence: str) -> StoreDown:
        """Note that the log cannot be read, and give the error that says so."""
        self.log = sentence
        return LogDamaged(sentence)

    def found_in_views(self, sentence: str) -> StoreDown:
        """Note that the views cannot be read, and give the error that says so."""
        self.views = sentence
        return ViewsDamaged(sentence)


class Connection(Protocol):
    """A connection in autocommit mode; statements have ``:named`` parameters.

    Every method raises ``IntegrityError`` for a violated constraint and ``StoreDown`` for anything that is
    no fault of the statement.
    """

    @property
    def is_current(self) -> bool:
        """Whether it is of what is there now, and not of views that were put aside."""
        ...

    def execute(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[tuple[Value, ...]]:
        """Run one statement and give all its rows."""
        ...

    def run(self, bulk: BulkStatement, rows: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
        """Do the same with many rows at once, whatever their number, and give what is found; see ``committing``."""
        ...

    def run_together(self, works: Sequence[BulkWork]) -> None:
        """Do several insertions into different tables, by one statement where the database has such; see ``run``."""

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of this name."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Let all that is read inside be of one moment, whatever others commit meanwhile; nothing can be written."""
        ...

    def begin(self, sql: str | None = None) -> list[tuple[Value, ...]]:
        """Begin a transaction that writes, so that no other writer of this kind of data runs beside it.

        Returns:
            The rows of ``sql``, the first statement of it, if there is one.
        """
        ...

    def commit(self) -> None:
        """Make the transaction durable."""
        ...

    def committing(self) -> AbstractContextManager[None]:
        """Send what is written inside together with the commit; nothing can be read meanwhile."""
        ...

    def rollback(self) -> None:
        """Undo the transaction, if one is open; never raises."""
        ...

    def close(self) -> None:
        """Close; never raises."""
        ...


class Store(Protocol):
    """A database: the log, and the views that follow it."""

    @property
    def types(self) -> Mapping[str, str]:
        """Name each type of a column in DDL, see ``Table``; ``clustered`` keeps rows in the order of their key."""
        ...

    @property
    def walls(self) -> Mapping[str, str]:
        """Name the triggers that let rows of a ``{table}`` only be added, unless ``{same}`` finds one already.

        Empty where the rights of roles do that.
        """
        ...

    @property
    def for_update(self) -> str:
        """Name the clause that locks selected rows until the end of the transaction."""
        ...

    @property
    def damage(self) -> Damage:
        """Tell what this process found damaged."""
        ...

    @property
    def put_aside(self) -> Sequence[str]:
        """Name what was put aside of damaged views, the oldest first, as long as it is there."""
        ...

    def put_views_aside(self, when: str) -> str | None:
        """Put views that were found damaged aside, so that they can be prepared anew; ``when`` is part of the name.

        Returns:
            What they are called now; None if nothing is kept of them, or if another process has put them aside.
        """
        ...

    @property
    def address(self) -> str:
        """Name the store by a URL, without a password."""
        ...

    @property
    def is_read_only(self) -> bool:
        """Tell whether ``find`` has found a log beside which nothing can be written."""
        ...

    def create(self) -> None:
        """Create what the tables are in, if it is missing.

        Raises:
            StoreDown: if it cannot be created.
        """
        ...

    def find(self) -> None:
        """Make sure that there is a log, and create nothing.

        Raises:
            NoStore: if there is none, naming the likely cause.
            StoreDown: if the store cannot be reached.
        """
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Keep other programs out of the store.

        Raises:
            StoreBusy: if one has it open.
        """
        ...

    def forget_views(self) -> None:
        """Remove what is known about the views, so that each is built anew from the first event."""
        ...

    def connect_log(self) -> Connection:
        """Open a connection for the one writer of the log, which has to be there."""
        ...

    def connect_views(self) -> Connection:
        """Open a connection for the follower that writes the views."""
        ...

    def connect_outbox(self, *, waits_for_disk: bool = True) -> Connection:
        """Write what stands beside the events, and append none; ``waits_for_disk`` makes each commit durable."""
        ...

    def reading_log(self) -> AbstractContextManager[Connection]:
        """Borrow a connection that reads the log."""
        ...

    def reading_views(self) -> AbstractContextManager[Connection]:
        """Borrow a connection that reads the views."""
        ...

    def wait_for_change(self, seconds: float) -> None:
        """Wait until another process may have changed the log, at most ``seconds``."""
        ...

    def end_waiting(self) -> None:
        """Let whoever waits for a change go on at once, for good."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...


@lru_cache(maxsize=16_384)
def instant(moment: datetime) -> str:
    """Write an instant as it is stored: UTC, RFC 3339, always with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment.year >= 1000 else _early(moment)  # noqa: PLR2004 - strftime does not pad years below 1000


def _early(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@lru_cache(maxsize=16_384)
def identity(value: Value | UUID) -> UUID:
    """Read a stored id; PostgreSQL gives it as one."""
    return value if isinstance(value, UUID) else UUID(str(value))


def moment(text: Value) -> datetime:
    """Read a stored instant."""
    return datetime.fromisoformat(str(text))


def optional_text(value: Value) -> str | None:
    """Read a stored text that may be missing."""
    return None if value is None else str(value)
