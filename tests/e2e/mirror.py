"""The log of a store under test, and its views beside those that the same events make from the beginning."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from application.audit.documents import EventDocument
from application.ledger.projection import HELD_REQUESTS
from application.projections.tables import Table
from application.registry import VIEWS
from infrastructure.bootstrap import Bitacora
from infrastructure.clock import SystemClock
from infrastructure.event_log import recorder
from infrastructure.projections.rebuild import Rebuild
from infrastructure.settings import Settings
from infrastructure.store.base import Value
from infrastructure.verification.log_verification import LogComparison, verify_log
from tests.contracts.snapshots import TABLES

SECTION = 2_000
"""The rows of how many positions are read at once."""

Rows = dict[str, Counter[tuple[tuple[Value, ...], str, int, int | None]]]
"""By table, how often there is a row: its key, the digest of its values, the positions between which it held."""


class Mirror:
    """Reads the store under test, and keeps a copy of its log in which views are built without any fault."""

    def __init__(self, original: Bitacora, copy: Bitacora) -> None:
        self._original = original
        self._copy = copy
        self.events: list[EventDocument] = []

    def look(self) -> list[EventDocument]:
        """Read what is new in the log, and give all of it."""
        log = self._original.facade.queries.events
        begins = len(self.events)
        self.events += log.all(begins, log.last()[0])
        self._append(begins)
        return self.events

    def assert_views_rebuilt(self) -> int:
        """Compare each row that the views ever had with a rebuild up to the position of now, and give that position."""
        position = self._position()
        found = _rows(self._original, position)
        assert position <= len(self.look()), "the views are ahead of the log"
        Rebuild(self._copy.store, self._copy.mapper, VIEWS).run(advanced=lambda _count: None)
        expected = _rows(self._copy, position)
        for name, rows in expected.items():
            assert (name, found[name] - rows, rows - found[name]) == (name, Counter(), Counter())
        return position

    def assert_log_verified(self) -> None:
        """Compute the log, its tree and its checkpoints again, as a verifier does, while servers append to it."""
        found = verify_log(
            self._original.store, self._original.mapper, LogComparison(), advanced=lambda _count, _total: None
        )
        assert found.size

    def assert_counts_rebuilt(self) -> None:
        """Compare what is counted of held requests, of each cause and of all, with a rebuild that went as far."""
        position = self._position()
        found, expected = (program.facade.queries.held_requests for program in (self._original, self._copy))
        assert found.totals(position) == expected.totals(position)
        for (cause,) in self._causes():
            id = UUID(str(cause)) if cause else None
            assert Counter(found.counts(position, id)) == Counter(expected.counts(position, id))

    def last(self) -> int:
        """Give the position of the last event."""
        return self._original.facade.queries.events.last()[0]

    def timers(self) -> int:
        """Count the timers that still wait."""
        with self._original.store.reading_log() as connection:
            return int(connection.execute("SELECT count(*) FROM timers")[0][0] or 0)

    def is_followed(self) -> bool:
        """Tell whether the views reflect the whole log."""
        return self._position() == self.last()

    def _position(self) -> int:
        with self._original.store.reading_views() as connection:
            return int(connection.execute("SELECT min(position) FROM views")[0][0] or 0)

    def _causes(self) -> Sequence[tuple[Value, ...]]:
        with self._original.store.reading_views() as connection:
            return connection.execute(f"SELECT DISTINCT cause FROM {HELD_REQUESTS.name}")  # noqa: S608 - our own name

    def _append(self, begins: int) -> None:
        now = SystemClock().now()
        with self._original.store.reading_log() as reading:
            news = recorder.section(reading, after=begins, limit=len(self.events) - begins)
        events = [StoredEvent(new.originator_id, new.originator_version, new.topic, new.state) for new in news]
        writing = self._copy.store.connect_log()
        try:
            writing.begin()
            recorder.append(writing, begins + 1, [(event, now) for event in events])
            writing.commit()
        finally:
            writing.close()


@contextmanager
def mirrored(database: str, folder: Path) -> Iterator[Mirror]:
    """Open the store under test for reading, and an empty copy beside it."""
    original = Bitacora(Settings(database=database))
    copy = Bitacora(Settings(database=f"sqlite:///{folder / 'mirror.sqlite3'}"))
    try:
        copy.migrate()
        yield Mirror(original, copy)
    finally:
        for program in (original, copy):
            program.stop()


def _rows(program: Bitacora, position: int) -> Rows:
    """Give the rows of every table as they were when the views had come to ``position``."""
    return {
        table.name: Counter(
            (_key(table, row), _digest(row), begins, None if ends is not None and ends > position else ends)
            for row, begins, ends in _stored(program, table, position)
        )
        for table in TABLES
    }


def _stored(program: Bitacora, table: Table, position: int) -> Iterator[tuple[tuple[Value, ...], int, int | None]]:
    """Give the rows that began up to a position, some at a time: a long run has too many to read at once."""
    statement = (
        f"SELECT {', '.join(table.columns)}, from_position, to_position FROM {table.name}"  # noqa: S608 - our own names
        " WHERE from_position > :after AND from_position <= :until"
    )
    for after in range(0, position, SECTION):
        with program.store.reading_views() as connection:
            rows = connection.execute(statement, {"after": after, "until": min(after + SECTION, position)})
        for row in rows:
            yield row[:-2], int(row[-2] or 0), None if row[-1] is None else int(row[-1])


def _key(table: Table, row: tuple[Value, ...]) -> tuple[Value, ...]:
    return tuple(value for name, value in zip(table.columns, row, strict=True) if name in table.key)


def _digest(row: tuple[Value, ...]) -> str:
    """Stand for the values of a row, which a long run has too many of to keep."""
    return hashlib.sha256(repr(row).encode()).hexdigest()
