"""A hot standby of PostgreSQL: it is read like the database that it follows, and never written."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

from infrastructure.store.base import StoreDown
from infrastructure.store.postgres import PostgresStore, taken_from
from infrastructure.store.postgres_connection import PostgresConnection, ReadCancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from queue import SimpleQueue

    from infrastructure.store.base import BulkStatement, Connection, Value

T = TypeVar("T")

TRIES = 3
"""How often a read is tried that the standby ends for what it replays."""
READS_ONLY = {"default_transaction_read_only": "on"}
"""What holds for every connection: one that was promoted would take writes."""


SET_PATH = "SELECT set_config('search_path', %s, false)"
ADD_TO_PATH = "SELECT set_config('search_path', CAST(%s AS text) || ', ' || current_setting('search_path'), false)"


class PostgresStandby(PostgresStore):
    """The standby; it gives no connection before somebody has looked which log it has, and found it to be ours.

    ``require_log`` is asked of every new connection, and raises ``StoreDown`` if it is to another log.
    """

    def __init__(self, url: str) -> None:
        """Name it by a libpq URL."""
        super().__init__(url)
        self.refusal: str | None = "nobody has looked yet which log it has"
        """Why nothing is read from it; None if it is read."""
        self._watching: psycopg.Connection[Any] | None = None
        self.require_log: Callable[[Connection], None] = lambda _: None

    @contextmanager
    def watching(self) -> Iterator[Connection]:
        """Borrow the connection of whoever looks which log it has, though nothing may be read; one does at a time."""
        db = self._watching
        if db is None or db.closed:
            db = self._connect(**READS_ONLY)
            if self.slot.schema:
                # Its versions tell whose views they are that are found here.
                db.execute(ADD_TO_PATH, (self.slot.schema,))
        self._watching = None
        try:
            yield PostgresConnection(db, appends=False, found=self.damage.found_in_log)
        except BaseException:
            db.close()
            raise
        self._watching = db

    def close(self) -> None:
        """Close every connection."""
        super().close()
        if self._watching is not None:
            self._watching.close()

    @contextmanager
    def _borrowed(
        self, found: Callable[[str], StoreDown], idle: SimpleQueue[psycopg.Connection[Any]], schema: str
    ) -> Iterator[Connection]:
        if self.refusal is not None:
            raise StoreDown(f"{self.address} is not read: {self.refusal}")
        connect = partial(self._connect_to_log, schema)
        connection = _StandbyConnection(taken_from(idle) or connect(), found=found, connect=connect)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        idle.put(connection.db)

    def _connect_to_log(self, schema: str) -> psycopg.Connection[Any]:
        db = self._connect(**READS_ONLY)
        try:
            self.require_log(PostgresConnection(db, appends=False, found=self.damage.found_in_log))
            if schema:
                db.execute(SET_PATH, (schema,))
        except BaseException:
            db.close()
            raise
        return db


class _StandbyConnection(PostgresConnection):
    """A connection on which a read that was ended for what is replayed is tried again, outside of transactions.

    Each statement reads what is there when it begins, so that a second try is as good as the first.
    """

    def __init__(
        self,
        db: psycopg.Connection[Any],
        *,
        found: Callable[[str], StoreDown],
        connect: Callable[[], psycopg.Connection[Any]],
    ) -> None:
        super().__init__(db, appends=False, found=found)
        self._connect = connect

    @property
    def db(self) -> psycopg.Connection[Any]:
        """The connection of the driver, which may be another one than at the beginning."""
        return self._db

    def execute(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[tuple[Value, ...]]:
        """Run one statement and give all its rows."""
        return self._again(lambda: super(_StandbyConnection, self).execute(sql, parameters))

    def run(self, bulk: BulkStatement, rows: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
        """Do the same with many rows."""
        return self._again(lambda: super(_StandbyConnection, self).run(bulk, rows))

    def _again(self, read: Callable[[], T]) -> T:
        is_alone = self._db.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
        for _ in range(TRIES - 1):
            try:
                return read()
            except ReadCancelled:
                if not is_alone:
                    raise
                if self._db.closed:
                    self._db = self._connect()
        return read()
