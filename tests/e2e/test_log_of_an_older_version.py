"""A log from before there was a tree gets one, though the program is killed in between."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from infrastructure.bootstrap import Bitacora
from infrastructure.event_log import recorder
from infrastructure.event_log.tree_keeper import entered
from infrastructure.settings import Settings
from infrastructure.transparency.entries import to_entry
from infrastructure.transparency.merkle import Frontier, leaf_hash
from infrastructure.transparency.tree_reader import TreeReader
from infrastructure.transparency.tree_tables import to_bytes
from tests.application.program import at
from tests.databases import migrate
from tests.e2e.forked import ForkedProgram
from tests.e2e.server import bitacora, eventually

EVENTS = 55_000
LEAVES = "SELECT salt, hash FROM event_leaves ORDER BY position"


class TestLogOfAnOlderVersion:
    def test_enters_the_tree_once_however_often_the_program_is_killed(self, database: str, tmp_path: Path) -> None:
        migrate(database)
        append(database)
        for _ in range(2):
            before = tree_size(database)
            process = ForkedProgram(["migrate", "--database", database], tmp_path / "out", tmp_path / "err")
            eventually(lambda: tree_size(database) > before)  # noqa: B023 - within this round
            process.send_signal(signal.SIGKILL)
            process.wait(60)
            assert tree_size(database) < EVENTS

        last = bitacora("migrate", "--database", database)

        assert last.returncode == 0, last.stderr
        assert "log_enters_the_tree" in last.stderr
        with opened(database) as program, program.store.reading_log() as connection:
            rows = recorder.rows(connection, after=0, limit=EVENTS + 1)
            leaves = [(to_bytes(salt), to_bytes(leaf)) for salt, leaf in connection.execute(LEAVES)]
            frontier = Frontier()
            for row, (salt, leaf) in zip(rows, leaves, strict=True):
                assert leaf_hash(to_entry(row, salt)) == leaf
                frontier.append(leaf)
            assert TreeReader(connection).root(EVENTS) == frontier.root


def append(database: str) -> None:
    """Record events as a program did that knew no tree."""
    with opened(database) as program:
        connection = program.store.connect_log()
        connection.begin()
        for start in range(1, EVENTS + 1, 5_000):
            events = [
                (StoredEvent(UUID(int=place), 1, "component.registered", b"{}"), at("10:00"))
                for place in range(start, start + 5_000)
            ]
            recorder.append(connection, start, events)
        connection.commit()
        connection.close()


def tree_size(database: str) -> int:
    """Count the events that are in the tree."""
    with opened(database) as program:
        return entered(program.store)


@contextmanager
def opened(database: str) -> Iterator[Bitacora]:
    """Assemble the program."""
    program = Bitacora(Settings(database=database))
    try:
        yield program
    finally:
        program.stop()
