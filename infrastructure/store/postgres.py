"""PostgreSQL: the log and the views in one database, for more than one machine."""

from __future__ import annotations

import re
import select
import socket
from contextlib import contextmanager
from itertools import chain
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from psycopg.rows import tuple_row

from infrastructure.release import RELEASE
from infrastructure.store.base import IN_USE, Damage, LogDamaged, NoStore, StoreBusy, StoreDown
from infrastructure.store.postgres_connection import CHANNEL, TYPES, PostgresConnection, line_of, translated
from infrastructure.store.postgres_programs import LINGER_SECONDS, OPEN_LOCK, SLOT_LOCKS, SLOTS
from infrastructure.store.postgres_url import without_password

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from infrastructure.store.base import Connection

MISSING = re.compile(r'database "[^"]*" does not exist')
CONNECT_SECONDS = 5
LOCK_SECONDS = 5
"""How long whoever writes the views waits for others, as on SQLite."""
KEEPALIVES: dict[str, Any] = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""Idle seconds, seconds between probes and number of probes until a silent peer counts as gone."""


class ViewSlot:
    """The slot in which a program keeps its views; None before it is chosen, which is that of the log.

    ``is_beside`` says that they were to be built while another version served its own.
    """

    number: int | None = None
    is_beside = False

    @property
    def schema(self) -> str:
        """The schema of the views; empty for that of the log."""
        return SLOTS[self.number or 0]


class PostgresStore:
    """The database."""

    types = TYPES
    walls: Mapping[str, str] = {}
    for_update = "FOR UPDATE"
    is_read_only = False

    def __init__(self, url: str) -> None:
        """Name the database by a libpq URL."""
        self._url = url
        self._idle: SimpleQueue[psycopg.Connection[Any]] = SimpleQueue()
        # Of those that find the views of this program and nothing else, where these have a schema of their own.
        self._idle_in_slot: SimpleQueue[psycopg.Connection[Any]] = SimpleQueue()
        self.slot = ViewSlot()
        self._listens = False
        self._listener: psycopg.Connection[Any] | None = None
        # The second is closed to end the waiting; whoever waits sees that at the first.
        self._alarm: tuple[socket.socket, socket.socket] | None = None
        self._waiting_ended = False
        self.damage = Damage()
        self.put_aside: Sequence[str] = ()

    def put_views_aside(self, when: str) -> None:  # noqa: ARG002 - nothing is kept that needs a name
        """Forget which tables there are: whoever prepares the views drops them, and makes new ones."""
        self.forget_views()

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
        """Keep programs that follow the log out; one that has just ended may be connected for a moment."""
        db = self._connect(lock_timeout=f"{LINGER_SECONDS}s")
        try:
            try:
                db.execute("SELECT pg_advisory_lock(%s)", (OPEN_LOCK,))
            except psycopg.errors.LockNotAvailable as error:
                raise StoreBusy(IN_USE) from error
            except psycopg.Error as error:
                raise StoreDown(line_of(error)) from error
            yield
        finally:
            db.close()

    def forget_views(self) -> None:
        """Remove the positions of the views."""
        # Not on a reader's connection, which would wait for ever for whoever dumps the database.
        connection = self.connect_views()
        try:
            connection.execute("DROP TABLE IF EXISTS views")
        finally:
            connection.close()

    def connect_log(self) -> PostgresConnection:
        """Open a connection that appends."""
        # A writer that is cut off in the middle must not keep the lock from the others.
        db = self._connect(idle_in_transaction_session_timeout="60s")
        return PostgresConnection(db, appends=True, found=self.damage.found_in_log)

    def connect_outbox(self, *, waits_for_disk: bool = True) -> PostgresConnection:
        """Open a connection that does not wait for the lock of the writer."""
        # Of a table that has just been filled the server expects few rows: it would read and sort all that is due for
        # each lease, where the index has the first ones in order.
        db = self._connect(
            idle_in_transaction_session_timeout="60s",
            lock_timeout=f"{LOCK_SECONDS}s",
            enable_bitmapscan="off",
            **({} if waits_for_disk else {"synchronous_commit": "off"}),
        )
        return PostgresConnection(db, appends=False, found=self.damage.found_in_log)

    def connect_views(self) -> PostgresConnection:
        """Open a connection that writes views; rows and position that a crash undoes together follow again."""
        return self.connect_slot(self.slot.number or 0)

    def connect_slot(self, number: int) -> PostgresConnection:
        """Do the same with the views of one slot."""
        # While one waits to swap a table, all its readers wait behind it, and it for whoever dumps the database.
        db = self._connect(synchronous_commit="off", lock_timeout=f"{LOCK_SECONDS}s", **_path(SLOTS[number]))
        return PostgresConnection(db, appends=False, found=self.damage.found_in_views)

    def take_slot(self, number: int, *, is_beside: bool = False) -> None:
        """Keep the views in a slot from now on, and let other programs see that."""
        self.slot.number, self.slot.is_beside = number, is_beside
        with translated(self.damage.found_in_log):
            self._holding()

    @contextmanager
    def reading_log(self) -> Iterator[Connection]:
        """Borrow a connection to the log."""
        with self._borrowed(self.damage.found_in_log, self._idle, "") as connection:
            yield connection

    @contextmanager
    def reading_views(self) -> Iterator[Connection]:
        """Borrow a connection to the views."""
        schema = self.slot.schema
        with self._borrowed(self.damage.found_in_views, self._idle_in_slot if schema else self._idle, schema) as db:
            yield db

    @contextmanager
    def _borrowed(
        self, found: Callable[[str], StoreDown], idle: SimpleQueue[psycopg.Connection[Any]], schema: str
    ) -> Iterator[Connection]:
        """Borrow a connection; there are never more than were needed at once.

        A pool that goes on trying by itself, at growing intervals, finds a server late that was away for long, and
        lets readers wait meanwhile. Here each reader tries, and is told at once.
        """
        db = taken_from(idle) or self._connect(**_path(schema))
        try:
            yield PostgresConnection(db, appends=False, found=found)
        except BaseException:
            db.close()
            raise
        idle.put(db)

    def wait_for_change(self, seconds: float) -> None:
        """Wait for a notification from whoever appends; it may get lost, so that callers poll as well."""
        with translated(self.damage.found_in_log):
            listener = self._listening()
            if self._alarm is None:
                self._alarm = socket.socketpair()
            if self._waiting_ended:
                return
            waiting = select.poll()
            waiting.register(listener.fileno(), select.POLLIN)
            waiting.register(self._alarm[0].fileno(), select.POLLIN)
            waiting.poll(seconds * 1000)
            for _ in listener.notifies(timeout=0, stop_after=1):
                return

    def end_waiting(self) -> None:
        """Let whoever waits for a notification go on."""
        self._waiting_ended = True
        if self._alarm is not None:
            self._alarm[1].close()

    def close(self) -> None:
        """Close every connection."""
        for idle in (self._idle, self._idle_in_slot):
            while (db := taken_from(idle)) is not None:
                db.close()
        if self._listener is not None:
            self._listener.close()
        self.end_waiting()
        if self._alarm is not None:
            self._alarm[0].close()

    def _listening(self) -> psycopg.Connection[Any]:
        db = self._holding()
        if not self._listens:
            # As long as this connection lasts, nobody replaces the store.
            if not _is_given(db, "pg_try_advisory_lock_shared"):
                db.close()
                raise StoreBusy("the store is being restored")
            db.execute(f"LISTEN {CHANNEL}")
            self._listens = True
        return db

    def _holding(self) -> psycopg.Connection[Any]:
        """Give the connection that says in which slot this program keeps its views, as long as it lasts."""
        if self._listener is None or self._listener.closed:
            self._listener, self._listens = self._connect(), False
            self._listener.execute("SELECT pg_advisory_lock_shared(%s)", (SLOT_LOCKS[self.slot.number or 0],))
        return self._listener

    def _connect(self, **settings: str) -> psycopg.Connection[Any]:
        try:
            db = psycopg.connect(
                self._url,
                autocommit=True,
                row_factory=tuple_row,
                connect_timeout=CONNECT_SECONDS,
                fallback_application_name=RELEASE,
                **KEEPALIVES,
            )
            if settings:
                calls = ", ".join(["set_config(%s, %s, false)"] * len(settings))
                db.execute(f"SELECT {calls}", list(chain.from_iterable(settings.items())))
        except psycopg.Error as error:
            raise StoreDown(f"cannot connect to PostgreSQL: {line_of(error)}") from error
        return db


def _path(schema: str) -> dict[str, str]:
    """Let a connection find the tables of one schema and no others, where it is not that of the log."""
    return {"search_path": schema} if schema else {}


def taken_from(idle: SimpleQueue[psycopg.Connection[Any]]) -> psycopg.Connection[Any] | None:
    """Take a connection from those that nobody uses; None if there is none that the server has kept."""
    while True:
        try:
            db = idle.get_nowait()
        except Empty:
            return None
        if _is_quiet(db):
            return db
        db.close()


def _is_quiet(db: psycopg.Connection[Any]) -> bool:
    """Tell whether the server says nothing to an idle connection; the last thing it says is that it closes it."""
    if db.closed:
        return False
    look = select.poll()
    look.register(db.fileno(), select.POLLIN)
    return not look.poll(0)


def _is_given(db: psycopg.Connection[Any], lock: LiteralString) -> bool:
    with translated(LogDamaged):
        rows = db.execute(f"SELECT {lock}(%s)", (OPEN_LOCK,)).fetchall()
    return bool(rows[0][0])
