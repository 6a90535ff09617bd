"""What a store offers to the code above it: connections that speak the shared SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from eventsourcing.persistence import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

Value = str | int | bytes | bool | None
Parameters = "Mapping[str, Value]"


class StoreDown(DatabaseError):
    """The store cannot be reached, is full, or refuses to work."""


class Connection(Protocol):
    """A connection in autocommit mode; statements have ``:named`` parameters.

    Every method raises ``IntegrityError`` for a violated constraint and ``StoreDown`` for anything that is
    no fault of the statement.
    """

    def execute(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[tuple[Value, ...]]:
        """Run one statement and give all its rows."""
        ...

    def execute_many(self, sql: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Run one statement once for each row."""
        ...

    def insert(self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Value]]) -> None:
        """Insert rows, given in the order of ``columns`` (name to type), at once."""
        ...

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of this name."""
        ...

    def begin(self) -> None:
        """Begin a transaction that writes, so that no other writer of this kind of data runs beside it."""
        ...

    def commit(self) -> None:
        """Make the transaction durable."""
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
        """Name each column type in this store's DDL: bytes, id, key, instant, text, number, flag."""
        ...

    @property
    def for_update(self) -> str:
        """Name the clause that locks selected rows until the end of the transaction."""
        ...

    def connect_log(self) -> Connection:
        """Open a connection for the one writer of the log."""
        ...

    def connect_views(self) -> Connection:
        """Open a connection for the follower that writes the views."""
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

    def close(self) -> None:
        """Close every connection."""
        ...


def instant(moment: datetime) -> str:
    """Write an instant as it is stored: UTC, RFC 3339, always with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment.year >= 1000 else _early(moment)  # noqa: PLR2004 - strftime does not pad years below 1000


def _early(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: Value) -> datetime:
    """Read a stored instant."""
    return datetime.fromisoformat(str(text))
