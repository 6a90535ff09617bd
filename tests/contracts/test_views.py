"""What the views hold is what a plain replay of the log makes of them, at every position there ever was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.projections import fold
from application.projections.tables import Tally
from application.registry import VIEWS
from infrastructure.projections import projector
from infrastructure.projections.tallies import TallyReader
from infrastructure.store.base import Connection
from tests.application.given import Program
from tests.contracts.request_walks import WALKS_OF_REQUESTS, RequestWalker
from tests.contracts.snapshots import TABLES, Rows, held, looked_up, replayed, stored, wipe
from tests.contracts.walks import WALKS, WALKS_OF_RECOVERIES, WALKS_OF_WINDOWS, Step

TALLIES = [tally for view in VIEWS for tally in view.tallies]


class TestViews:
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_equal_a_replay_at_every_position(
        self, data: st.DataObject, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(projector, "BATCH", data.draw(st.sampled_from([1, 2, 3, 7, 500]), "events in a batch"))
        monkeypatch.setattr(fold, "KEPT", data.draw(st.sampled_from([1, 2, 5_000]), "aggregates kept"))
        walk(program, data.draw(WALKS | WALKS_OF_WINDOWS | WALKS_OF_RECOVERIES | WALKS_OF_REQUESTS, "walk"))

        assert_replay(program)


def walk(program: Program, steps: Sequence[Step]) -> None:
    """Begin anew and do all the steps."""
    wipe(program.bitacora.store)
    RequestWalker(program).walk(steps)
    program.let_time_pass(program.clock.now())
    program.bitacora.follower.catch_up()


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
