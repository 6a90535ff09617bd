"""Compares every table and every count with a replay, at every position."""

from __future__ import annotations

from collections import Counter

from application.projections.tables import Tally
from application.registry import VIEWS
from infrastructure.projections.tallies import TallyReader
from infrastructure.store.base import Connection
from tests.application.program import Program
from tests.contracts.snapshots import TABLES, Rows, held, looked_up, replayed, stored

TALLIES = [tally for view in VIEWS for tally in view.tallies]


def assert_replay(program: Program) -> None:
    """Compare every table at every position with a replay."""
    store = program.bitacora.store
    assert program.bitacora.follower.failed == {}
    ever = {table.name: stored(store, table) for table in TABLES}
    with store.reading_views() as connection:
        for position, expected in enumerate(replayed(program.events())):
            for table in TABLES:
                assert held(ever[table.name], position) == expected[table.name], (table.name, position)
                assert looked_up(connection, table, position) == expected[table.name], (table.name, position)
            for tally in TALLIES:
                assert tallied(connection, tally, position) == counted(expected, tally), (tally.name, position)


def tallied(connection: Connection, tally: Tally, position: int) -> Counter[tuple[str, ...]]:
    """Give how many rows there are of each group, as readers ask for it."""
    return Counter(dict(TallyReader(tally, tally.by).read(connection, position, {})))


def counted(rows: dict[str, Rows], tally: Tally) -> Counter[tuple[str, ...]]:
    """Count the rows of each group."""
    places = [list(tally.of.columns).index(name) for name in tally.by]
    found: Counter[tuple[str, ...]] = Counter()
    for row, count in rows[tally.of.name].items():
        found[tuple(str(row[place]) for place in places)] += count
    return found
