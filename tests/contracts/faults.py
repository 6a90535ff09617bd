"""What the contracts of the stores are tested with: stores that fail as told, and commands that come at once."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import UUID

import pytest

from application.caller import Caller
from application.log import Log
from application.ports import Transaction
from application.projections.tables import View
from application.registry import VIEWS
from domain.components import Component
from domain.text import Text
from infrastructure import bootstrap
from infrastructure.store.base import BulkStatement, BulkWork, Connection, Store, StoreDown, Value
from infrastructure.store.factory import open_store
from tests.application.program import ANA, Program, in_english
from tests.contracts.snapshots import held, replayed, stored

PATIENCE_SECONDS = 10.0

Fault = Callable[["FaultyConnection"], None]


class Faults:
    """What goes wrong next; nothing does unless a test says so."""

    def __init__(self) -> None:
        """Let everything go well."""
        self.at_commit: deque[Fault] = deque()
        self.is_down = False
        self.asked = threading.Event()


class FaultyConnection:
    """A real connection that can be lost."""

    def __init__(self, real: Connection, faults: Faults) -> None:
        """Lose ``real`` as ``faults`` say."""
        self.real = real
        self.is_lost = False
        self._faults = faults

    @property
    def is_current(self) -> bool:
        """Pass it on."""
        return self.real.is_current

    def execute(self, sql: str, parameters: Mapping[str, Value] | None = None) -> list[tuple[Value, ...]]:
        """Pass it on."""
        return self.real.execute(sql, parameters)

    def run(self, bulk: BulkStatement, rows: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
        """Pass it on."""
        return self.real.run(bulk, rows)

    def run_together(self, works: Sequence[BulkWork]) -> None:
        """Pass it on."""
        self.real.run_together(works)

    def has_table(self, name: str) -> bool:
        """Pass it on."""
        return self.real.has_table(name)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Pass it on."""
        with self.real.snapshot():
            yield

    def begin(self, sql: str | None = None) -> list[tuple[Value, ...]]:
        """Pass it on."""
        self._faults.asked.set()
        return self.real.begin(sql)

    def commit(self) -> None:
        """Pass it on, or fail as the test wants."""
        if self._faults.at_commit:
            self._faults.at_commit.popleft()(self)
        else:
            self.real.commit()

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Commit at the end, or fail as the test wants."""
        yield
        self.commit()

    def rollback(self) -> None:
        """Pass it on, unless the way to the store is lost."""
        if not self.is_lost:
            self.real.rollback()

    def close(self) -> None:
        """Pass it on, unless the way to the store is lost."""
        if not self.is_lost:
            self.real.close()


class FaultyStore:
    """A real store whose connections can be lost."""

    def __init__(self, real: Store, faults: Faults) -> None:
        """Open connections of ``real``."""
        self._real = real
        self._faults = faults
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
        """Open one, unless the store is down."""
        if self._faults.is_down:
            raise StoreDown("nobody answers")
        return FaultyConnection(self._real.connect_log(), self._faults)

    def connect_views(self) -> Connection:
        """Pass it on."""
        return self._real.connect_views()

    def reading_log(self) -> AbstractContextManager[Connection]:
        """Pass it on."""
        return self._real.reading_log()

    def reading_views(self) -> AbstractContextManager[Connection]:
        """Pass it on."""
        return self._real.reading_views()

    def wait_for_change(self, seconds: float) -> None:
        """Pass it on."""
        self._real.wait_for_change(seconds)

    def end_waiting(self) -> None:
        """Pass it on."""
        self._real.end_waiting()

    def close(self) -> None:
        """Pass it on."""
        self._real.close()


def lost_before_commit(connection: FaultyConnection) -> None:
    """Lose the connection before the store hears of the commit."""
    connection.real.close()
    connection.is_lost = True
    raise StoreDown("lost")


def lost_after_commit(connection: FaultyConnection) -> None:
    """Lose the answer of a commit that was carried out."""
    connection.real.commit()
    lost_before_commit(connection)


def committed_late(faults: Faults) -> Fault:
    """Lose the connection to a store that goes on with the commit, until somebody asks what became of it."""

    def lose(connection: FaultyConnection) -> None:
        connection.is_lost = True
        faults.asked.clear()

        def go_on() -> None:
            faults.asked.wait(PATIENCE_SECONDS)
            threading.Event().wait(0.1)
            connection.real.commit()
            connection.real.close()

        threading.Thread(target=go_on, daemon=True).start()
        raise StoreDown("lost")

    return lose


@contextmanager
def faulty(patch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """Let every program that is assembled meanwhile work on a store that fails as told."""
    faults = Faults()
    with patch.context() as inside:
        inside.setattr(bootstrap, "open_store", lambda url: FaultyStore(open_store(url), faults))
        yield faults


def rename(name: str, key: str = "labels", caller: Caller = ANA) -> Callable[[Log], int]:
    """Give the command that renames a component; it tells its position."""

    def command(log: Log) -> int:
        component = log.load(Component, Component.id_of(key))
        component.record(Component.Renamed, name=in_english(name), provenance=caller.says(log))
        return log.save(component)

    return command


def at_once(program: Program, *commands: Callable[[Transaction], Any]) -> list[Any]:
    """Run commands in one group, and give what each returned or raised."""
    gate = threading.Event()

    async def open_gate() -> None:
        gate.set()

    async def run() -> list[Any]:
        first = program.bitacora.writer.run(lambda _log: gate.wait(PATIENCE_SECONDS))
        waiting = [program.bitacora.writer.run(command) for command in commands]
        outcomes = await asyncio.gather(first, *waiting, open_gate(), return_exceptions=True)
        return outcomes[1:-1]

    return asyncio.run(run())


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until other threads have made ``condition`` true."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_SECONDS / 0.005)):
        if condition():
            return
        pause.wait(0.005)
    pytest.fail("it did not become so in time")


def names(program: Program, key: str = "labels") -> list[Text]:
    """Give the names that a component was given, in order."""
    events = program.events()
    return [vars(event)["name"] for event in events if isinstance(event, Component.Renamed) and is_of(event, key)]


def is_of(event: Any, key: str) -> bool:  # noqa: ANN401 - any event
    """Tell whether an event is of a component."""
    id: UUID = event.originator_id
    return id == Component.id_of(key)


def codes(program: Program) -> list[str]:
    """Give the codes of what is not well."""
    return [finding["code"] for finding in program.facade.health.findings()]


def last(program: Program) -> int:
    """Give the last position of the log."""
    return program.facade.queries.events.last()[0]


def assert_replay(program: Program, views: Sequence[View] = VIEWS) -> None:
    """Compare the tables of views, at every position, with a replay."""
    ever = {table.name: stored(program.bitacora.store, table) for view in views for table in view.tables}
    for position, expected in enumerate(replayed(program.events(), views)):
        assert {name: held(rows, position) for name, rows in ever.items()} == expected
