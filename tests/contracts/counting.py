"""A store that counts what it is asked to do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest

from infrastructure import bootstrap
from infrastructure.store.base import BulkStatement, BulkWork, Connection, Store, Value
from infrastructure.store.factory import open_store

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True, kw_only=True)
class Work:
    """How many statements were run, and how many rows, with how many bytes in them, were written."""

    statements: int = 0
    rows: int = 0
    size: int = 0

    def __add__(self, other: Work) -> Work:
        """Do both."""
        return Work(
            statements=self.statements + other.statements, rows=self.rows + other.rows, size=self.size + other.size
        )

    def __le__(self, most: Work) -> bool:
        """Tell whether none of it is more than in ``most``."""
        return self.statements <= most.statements and self.rows <= most.rows and self.size <= most.size


class Counter:
    """The work that was done since it was last looked at."""

    def __init__(self) -> None:
        """Begin with none."""
        self._done: dict[str, Work] = {}

    def add(self, work: Work) -> None:
        """Count it for the thread that does it."""
        thread = threading.current_thread().name
        self._done[thread] = self._done.get(thread, Work()) + work

    def during(self, act: Callable[[], object], *, besides: str = "") -> Work:
        """Give the work of what ``act`` does, and of what is done meanwhile, but not by a thread of this name."""
        self._done = {}
        act()
        return sum((work for thread, work in self._done.items() if thread != besides), Work())


class CountingConnection:
    """A real connection whose work is counted."""

    def __init__(self, real: Connection, counter: Counter) -> None:
        """Count what ``real`` does."""
        self._real = real
        self._counter = counter

    @property
    def is_current(self) -> bool:
        """Pass it on."""
        return self._real.is_current

    def execute(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[tuple[Value, ...]]:
        """Count one statement."""
        self._counter.add(Work(statements=1))
        return self._real.execute(sql, parameters)

    def run(self, bulk: BulkStatement, rows: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
        """Count one statement, and the rows that it writes."""
        writes = bulk.sql.startswith(WRITES)
        size = sum(len(value) for row in rows for value in row if isinstance(value, str | bytes))
        self._counter.add(Work(statements=1, rows=len(rows) if writes else 0, size=size if writes else 0))
        return self._real.run(bulk, rows)

    def run_together(self, works: Sequence[BulkWork]) -> None:
        """Count each, as on a store that does one after the other."""
        for bulk, rows in works:
            self.run(bulk, rows)

    def has_table(self, name: str) -> bool:
        """Count one statement."""
        self._counter.add(Work(statements=1))
        return self._real.has_table(name)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Pass it on."""
        with self._real.snapshot():
            yield

    def begin(self, sql: str | None = None) -> list[tuple[Value, ...]]:
        """Count the beginning, and the statement that goes with it."""
        self._counter.add(Work(statements=2 if sql else 1))
        return self._real.begin(sql)

    def commit(self) -> None:
        """Count one statement."""
        self._counter.add(Work(statements=1))
        self._real.commit()

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Count the commit; what is written inside counts itself."""
        self._counter.add(Work(statements=1))
        with self._real.committing():
            yield

    def rollback(self) -> None:
        """Pass it on; nothing is asked of the store where no transaction is open."""
        self._real.rollback()

    def close(self) -> None:
        """Pass it on."""
        self._real.close()


class CountingStore:
    """A real store whose connections are counted."""

    def __init__(self, real: Store, counter: Counter) -> None:
        """Count what is done with ``real``."""
        self._real = real
        self._counter = counter
        self.types = real.types
        self.walls = real.walls
        self.for_update = real.for_update
        self.damage = real.damage

    @property
    def put_aside(self) -> Sequence[str]:
        """Pass it on."""
        return self._real.put_aside

    def put_views_aside(self, when: str) -> str | None:
        """Pass it on."""
        return self._real.put_views_aside(when)

    def create(self) -> None:
        """Pass it on."""
        self._real.create()

    def connect_log(self) -> Connection:
        """Open one that is counted."""
        return CountingConnection(self._real.connect_log(), self._counter)

    def connect_views(self) -> Connection:
        """Open one that is counted."""
        return CountingConnection(self._real.connect_views(), self._counter)

    def connect_outbox(self, *, waits_for_disk: bool = True) -> Connection:
        """Open one that is counted."""
        return CountingConnection(self._real.connect_outbox(waits_for_disk=waits_for_disk), self._counter)

    def reading_log(self) -> AbstractContextManager[Connection]:
        """Borrow one that is counted."""
        return self._counted(self._real.reading_log())

    def reading_views(self) -> AbstractContextManager[Connection]:
        """Borrow one that is counted."""
        return self._counted(self._real.reading_views())

    def wait_for_change(self, seconds: float) -> None:
        """Pass it on."""
        self._real.wait_for_change(seconds)

    def end_waiting(self) -> None:
        """Pass it on."""
        self._real.end_waiting()

    def close(self) -> None:
        """Pass it on."""
        self._real.close()

    @contextmanager
    def _counted(self, borrowed: AbstractContextManager[Connection]) -> Iterator[Connection]:
        with borrowed as real:
            yield CountingConnection(real, self._counter)


@contextmanager
def counting(patch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """Count the work of every program that is assembled meanwhile."""
    counter = Counter()
    with patch.context() as inside:
        inside.setattr(bootstrap, "open_store", lambda url: CountingStore(open_store(url), counter))
        yield counter
