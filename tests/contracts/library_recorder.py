"""Our log behind the interface of the library's recorders, so that the library's own test cases can be run on it.

The program never uses it: its writer groups commands and takes the lock before it loads. What is proved is the table,
the statements and the lock beneath both.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn
from uuid import UUID

from eventsourcing.persistence import AggregateRecorder, ApplicationRecorder, Notification, StoredEvent
from eventsourcing.tests import persistence

from infrastructure.event_log import recorder
from infrastructure.event_log.schema import migrate
from infrastructure.store.base import Connection
from infrastructure.store.factory import open_store
from tests.application.program import at

BEFORE_ALL = -1
"""The library numbers the versions of an aggregate as it likes; its test cases begin at 0 now and then."""
PAGE = 100


class OurRows(AggregateRecorder):
    """The rows of aggregates; each thread appends on a connection of its own."""

    def __init__(self, database: str) -> None:
        """Record in an empty database."""
        self.store = open_store(database)
        migrate(self.store)
        self._local = threading.local()
        self._opened: list[Connection] = []

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:  # noqa: ANN401 - the library's
        """Append them in one transaction, which begins by taking the lock of the writer."""
        self.append(stored_events)
        return None

    def append(self, stored_events: Sequence[StoredEvent]) -> list[int]:
        """Append, and give the positions."""
        connection = self._connection()
        connection.begin()
        try:
            last, _ = recorder.last(connection)
            if stored_events:
                recorder.append(connection, last + 1, [(event, at("10:00")) for event in stored_events])
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        return [last + 1 + offset for offset in range(len(stored_events))]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Give the events of an aggregate."""
        after, until = BEFORE_ALL if gt is None else gt, recorder.FOREVER if lte is None else lte
        with self.store.reading_log() as connection:
            found = recorder.stream(connection, UUID(str(originator_id)), after=after, until=until)
        return (found[::-1] if desc else found)[:limit]

    def close(self) -> None:
        """Close every connection."""
        for connection in self._opened:
            connection.close()
        self.store.close()

    def _connection(self) -> Connection:
        if not hasattr(self._local, "connection"):
            self._local.connection = self.store.connect_log()
            self._opened.append(self._local.connection)
        connection: Connection = self._local.connection
        return connection


class OurLog(OurRows, ApplicationRecorder):
    """The rows in their one order."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:  # noqa: ANN401 - the library's
        """Append them, and give their positions."""
        return self.append(stored_events)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Give events by position."""
        after = 0 if start is None else start - inclusive_of_start
        wanted = (
            event
            for event in self._after(after)
            if (stop is None or event.id <= stop) and (not topics or event.topic in topics)
        )
        return [event for event, _ in zip(wanted, range(limit), strict=False)]

    def max_notification_id(self) -> int | None:
        """Give the last position; None if there is none."""
        with self.store.reading_log() as connection:
            return recorder.last(connection)[0] or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> NoReturn:
        """Refuse: whoever follows this log polls it, and is only woken."""
        raise NotImplementedError

    def _after(self, position: int) -> Iterator[Notification]:
        while True:
            with self.store.reading_log() as connection:
                page = recorder.section(connection, after=position, limit=PAGE)
            yield from page
            if len(page) < PAGE:
                return
            position = page[-1].id


class Rows(persistence.AggregateRecorderTestCase):
    """The library's cases for the rows of aggregates."""

    database: str

    def create_recorder(self) -> OurRows:
        """Record in the empty database of the test."""
        made = OurRows(self.database)
        self.addCleanup(made.close)
        return made


class Log(persistence.ApplicationRecorderTestCase[OurLog]):
    """The library's cases for the one order of all rows."""

    database: str

    def create_recorder(self) -> OurLog:
        """Record in the empty database of the test."""
        before = set(threading.enumerate())
        made = OurLog(self.database)
        self.addCleanup(made.close)
        self.addCleanup(wait_for_readers, before)
        return made


def wait_for_readers(before: set[threading.Thread]) -> None:
    """Wait for the threads that a case has told to stop and left behind, which may be in the middle of a read."""
    for thread in set(threading.enumerate()) - before:
        if not thread.daemon:
            thread.join()
