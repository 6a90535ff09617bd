"""The log is what the library takes for a recorder, and whoever follows it misses no position.

Of the library's cases two do not apply: ``optional_test_insert_subscribe``, because nobody subscribes to this log (it
is polled; a subscription does not work on SQLite), and those for tracking and process recorders, because the views keep
positions of their own (see ``test_follower``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from infrastructure.event_log import recorder
from infrastructure.store.base import Connection
from tests.application.program import at
from tests.contracts import library_recorder as library
from tests.contracts.library_recorder import OurLog

WRITERS = 4
COMMITS = 40
PATIENCE_SECONDS = 20


class OnSQLite:
    """A recorder on an SQLite file."""

    @pytest.fixture(autouse=True)
    def _database(self, empty_sqlite_url: str) -> None:
        self.database = empty_sqlite_url


class OnPostgreSQL:
    """A recorder on a PostgreSQL database."""

    @pytest.fixture(autouse=True)
    def _database(self, empty_postgres_url: str) -> None:
        self.database = empty_postgres_url


class TestRowsOnSQLite(OnSQLite, library.Rows): ...


class TestRowsOnPostgreSQL(OnPostgreSQL, library.Rows): ...


class TestLogOnSQLite(OnSQLite, library.Log): ...


class TestLogOnPostgreSQL(OnPostgreSQL, library.Log): ...


@pytest.fixture
def log(database: str) -> Iterator[OurLog]:
    """A log in an empty database."""
    made = OurLog(database)
    yield made
    made.close()


class TestWriters:
    def test_at_once_let_nobody_who_follows_miss_a_position(self, log: OurLog) -> None:
        with ThreadPoolExecutor(WRITERS + 2) as threads:
            followers = [threads.submit(follow, log) for _ in range(2)]
            writers = [threads.submit(write, log, number) for number in range(WRITERS)]
            written = sum(writer.result(PATIENCE_SECONDS) for writer in writers)
            log.append([StoredEvent(UUID(int=0), 1, END, b"")])

            assert [follower.result(PATIENCE_SECONDS) for follower in followers] == [written + 1] * 2

    def test_wait_for_one_another_before_they_take_a_position(self, log: OurLog) -> None:
        first, second = log.store.connect_log(), log.store.connect_log()
        first.begin()
        recorder.append(first, next_position(first), [(a_row(1), at("10:00"))])
        with ThreadPoolExecutor(1) as threads:
            begun = threading.Event()

            def overtake() -> None:
                second.begin()
                begun.set()
                recorder.append(second, next_position(second), [(a_row(2), at("10:00"))])
                second.commit()

            overtaking = threads.submit(overtake)
            assert not begun.wait(0.2)
            assert log.select_notifications(None, 10) == []
            first.commit()
            overtaking.result(PATIENCE_SECONDS)

        assert [event.originator_id for event in log.select_notifications(None, 10)] == [UUID(int=1), UUID(int=2)]
        first.close()
        second.close()

    def test_that_did_not_wait_would_be_seen_by_this_test(self, postgres_url: str) -> None:
        log = OurLog(postgres_url)
        # What writes the views takes no lock of the log.
        first, second = log.store.connect_views(), log.store.connect_views()
        for position, connection in enumerate((first, second), 1):
            connection.begin()
            recorder.append(connection, position, [(a_row(position), at("10:00"))])
        second.commit()

        with pytest.raises(AssertionError, match="2 after 0"):
            follow(log)
        first.rollback()
        first.close()
        second.close()
        log.close()

    def test_of_the_same_version_are_told_so_and_leave_no_gap(self, log: OurLog) -> None:
        log.append([a_row(1)])
        for rows in ([a_row(1)], [a_row(2), a_row(1)], [a_row(3), a_row(3)]):
            with pytest.raises(IntegrityError):
                log.append(rows)

        assert log.append([a_row(2), a_row(3)]) == [2, 3]


END = "end"
"""The type of the event after which nobody follows any further."""


def write(log: OurLog, number: int) -> int:
    """Append one to five rows at a time, give up now and then, and tell how many were recorded."""
    random, written = Random(number), 0
    for commit in range(1, COMMITS + 1):
        rows = [
            StoredEvent(UUID(int=1_000 * number + commit), version, "fact", b"{}")
            for version in range(1, random.randint(2, 6))
        ]
        if random.random() < 0.2:
            with pytest.raises(IntegrityError):
                log.append([*rows, rows[0]])
        else:
            written += len(log.append(rows))
    return written


def follow(log: OurLog) -> int:
    """Follow to the end without ever looking back, and tell the last position."""
    position = 0
    while True:
        with log.store.reading_log() as connection:
            found = recorder.section(connection, after=position, limit=7)
        for event in found:
            assert event.id == position + 1, f"{event.id} after {position}"
            position = event.id
            if event.topic == END:
                return position


def next_position(connection: Connection) -> int:
    """Give the position that comes next."""
    return recorder.last(connection)[0] + 1


def a_row(number: int) -> StoredEvent:
    """Give the first row of an aggregate of its own."""
    return StoredEvent(UUID(int=number), 1, "fact", b"{}")
