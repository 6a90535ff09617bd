"""The tree follows the log in the same transaction, on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent

from infrastructure.event_log import recorder
from infrastructure.event_log.schema import migrate
from infrastructure.event_log.tree_keeper import BATCH, TreeKeeper, fill_tree
from infrastructure.store.base import Connection, LogDamaged, Store
from infrastructure.store.factory import open_store
from infrastructure.transparency.entries import to_entry
from infrastructure.transparency.merkle import Frontier, leaf_hash, require_inclusion
from infrastructure.transparency.tree_reader import TreeReader
from infrastructure.transparency.tree_tables import WIDTH, to_bytes, tree_size
from tests.application.program import running
from tests.contracts.faults import at_once, rename
from tests.contracts.tampering import drop_walls
from tests.plain_tree import check_consistency

START = datetime(2025, 3, 4, tzinfo=UTC)


def an_event(number: int) -> tuple[StoredEvent, datetime]:
    event = StoredEvent(UUID(int=number), 1, "component.heard", f'{{"number":{number}}}'.encode())
    return event, START + timedelta(seconds=number)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A store with the tables of the log, and nothing in them."""
    opened = open_store(database)
    migrate(opened)
    yield opened
    opened.close()


@contextmanager
def appending(store: Store) -> Iterator[Connection]:
    connection = store.connect_log()
    try:
        yield connection
    finally:
        connection.close()


def append(connection: Connection, keeper: TreeKeeper, first: int, count: int) -> None:
    """Append events as the writer does."""
    connection.begin()
    keeper.catch_up(connection, first - 1)
    with connection.committing():
        rows = recorder.append(connection, first, [an_event(number) for number in range(first, first + count)])
        keeper.append(connection, rows)


def without_tree(connection: Connection, first: int, count: int) -> None:
    """Append events as a program before the tree did."""
    connection.begin()
    recorder.append(connection, first, [an_event(number) for number in range(first, first + count)])
    connection.commit()


def recomputed(connection: Connection) -> list[bytes]:
    """Hash every row of the log with its salt, and give the roots of all sizes, that of none first."""
    frontier = Frontier()
    roots = [frontier.root]
    salts = connection.execute("SELECT salt FROM event_leaves ORDER BY position")
    for row, (salt,) in zip(recorder.rows(connection, after=0, limit=10**9), salts, strict=True):
        frontier.append(leaf_hash(to_entry(row, to_bytes(salt))))
        roots.append(frontier.root)
    return roots


class TestTree:
    def test_has_the_root_of_the_rows_as_they_are_stored(self, database: str) -> None:
        with running(database) as program:
            program.register()
            at_once(program, *[rename(f"Labels {number}") for number in range(40)])
            program.do(rename("Printing"))
            with program.bitacora.store.reading_log() as connection:
                roots = recomputed(connection)

                assert tree_size(connection) == 42
                assert [TreeReader(connection).root(size) for size in range(43)] == roots

    def test_goes_on_where_another_program_stopped(self, database: str) -> None:
        for name in ("Labels", "Printing"):
            with running(database) as program:
                if name == "Labels":
                    program.register()
                program.do(rename(name))
                with program.bitacora.store.reading_log() as connection:
                    size = tree_size(connection)
                    assert TreeReader(connection).root(size) == recomputed(connection)[-1]

    def test_keeps_the_roots_of_full_subtrees(self, store: Store) -> None:
        keeper = TreeKeeper()
        # Batches that end before, at and behind the borders of tiles; the second level needs 65,536 events.
        counts = [1, 254, 1, 1, 255, 1_000, 24_000, 40_020, 10]
        with appending(store) as connection:
            first = 1
            for count in counts:
                append(connection, keeper, first, count)
                first += count
            size = first - 1
            roots = recomputed(connection)
            reader = TreeReader(connection)
            nodes = connection.execute("SELECT level, count(*) FROM tree_nodes GROUP BY level ORDER BY level")

            assert nodes == [(1, size // WIDTH), (2, size // WIDTH**2)]
            for old in (1, 255, 256, 257, 511, 512, 1_511, 25_512, 65_535, 65_536, 65_537, size):
                assert reader.root(old) == roots[old]
                check_consistency(old, roots[old], size, roots[size], reader.consistency_proof(old, size))
                leaf = reader.tile(0, (old - 1) // WIDTH)[(old - 1) % WIDTH]
                require_inclusion(leaf, old - 1, size, reader.inclusion_proof(old, size), roots[size])

    def test_takes_in_what_an_older_program_appended_beside_it(self, store: Store) -> None:
        keeper = TreeKeeper()
        with appending(store) as connection:
            append(connection, keeper, 1, 3)
            without_tree(connection, 4, 2)
            append(connection, keeper, 6, 1)

            assert tree_size(connection) == 6
            assert TreeReader(connection).root(6) == recomputed(connection)[-1]

    def test_of_an_older_log_is_filled_in_steps(self, store: Store) -> None:
        steps: list[int] = []
        with appending(store) as connection:
            without_tree(connection, 1, BATCH + 300)

            fill_tree(store, advanced=steps.append)
            fill_tree(store, advanced=steps.append)

            assert steps == [BATCH, 300]
            assert TreeReader(connection).root(BATCH + 300) == recomputed(connection)[-1]

    def test_goes_on_filling_where_it_was_interrupted(self, store: Store) -> None:
        def interrupt(_: int) -> None:
            raise KeyboardInterrupt

        with appending(store) as connection:
            without_tree(connection, 1, BATCH + 300)
            with pytest.raises(KeyboardInterrupt):
                fill_tree(store, advanced=interrupt)
            filled = tree_size(connection)
            fill_tree(store, advanced=lambda _: None)

            assert filled == BATCH
            assert TreeReader(connection).root(BATCH + 300) == recomputed(connection)[-1]

    def test_is_not_written_without_its_events(self, store: Store) -> None:
        keeper = TreeKeeper()
        with appending(store) as connection:
            append(connection, keeper, 1, 3)
            connection.begin()
            keeper.append(connection, recorder.append(connection, 4, [an_event(4)]))
            connection.rollback()
            keeper.forget()
            append(connection, keeper, 4, 2)

            assert TreeReader(connection).root(5) == recomputed(connection)[-1]

    def test_of_a_log_whose_end_was_removed_takes_nothing_more(self, store: Store) -> None:
        with appending(store) as connection:
            append(connection, TreeKeeper(), 1, 5)
            append(connection, TreeKeeper(), 6, 3)
            drop_walls(connection)
            connection.execute("DELETE FROM event_leaves WHERE position > 7")
            connection.begin()
            with pytest.raises(LogDamaged, match="ends at position 5, and had 7 events"):
                TreeKeeper().catch_up(connection, 5)
            connection.rollback()

    def test_of_an_older_log_with_a_gap_names_it(self, store: Store) -> None:
        with appending(store) as connection:
            without_tree(connection, 1, 3)
            without_tree(connection, 5, 2)

            with pytest.raises(LogDamaged, match="position 4 of the log is missing"):
                fill_tree(store, advanced=lambda _: None)
