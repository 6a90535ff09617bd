"""What the views hold is what a plain replay of the log makes of them, at every position there ever was."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.projections import fold
from infrastructure.views import follower
from tests.application.given import Program
from tests.contracts.snapshots import TABLES, held, looked_up, replayed, stored, wipe
from tests.contracts.walks import WALKS, WALKS_OF_RECOVERIES, WALKS_OF_WINDOWS, Step, Walker


class TestViews:
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_equal_a_replay_at_every_position(
        self, data: st.DataObject, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(follower, "BATCH", data.draw(st.sampled_from([1, 2, 3, 7, 500]), "events in a batch"))
        monkeypatch.setattr(fold, "KEPT", data.draw(st.sampled_from([1, 2, 5_000]), "aggregates kept"))
        walk(program, data.draw(WALKS | WALKS_OF_WINDOWS | WALKS_OF_RECOVERIES, "walk"))

        assert_replay(program)


def walk(program: Program, steps: Sequence[Step]) -> None:
    """Begin anew and do all the steps."""
    wipe(program.bitacora.store)
    Walker(program).walk(steps)
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
