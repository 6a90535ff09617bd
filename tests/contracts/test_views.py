"""What the views hold is what a plain replay of the log makes of them, at every position there ever was."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import strategies as st

from application.projections import fold
from infrastructure.projections import projector
from tests.application.program import Program
from tests.application.recovery import Recovery
from tests.contracts.examples import tried
from tests.contracts.replay import assert_replay
from tests.contracts.request_strategies import WALKS_OF_REQUESTS, RequestWalker
from tests.contracts.snapshots import wipe
from tests.contracts.strategies import WALKS, WALKS_OF_RECOVERIES, WALKS_OF_TEMPLATES, WALKS_OF_WINDOWS, Step


class TestViews:
    @tried(40, data=st.data())
    def test_equal_a_replay_at_every_position(
        self, data: st.DataObject, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(projector, "BATCH", data.draw(st.sampled_from([1, 2, 3, 7, 500]), "events in a batch"))
        monkeypatch.setattr(fold, "KEPT", data.draw(st.sampled_from([1, 2, 5_000]), "aggregates kept"))
        walks = WALKS | WALKS_OF_WINDOWS | WALKS_OF_RECOVERIES | WALKS_OF_REQUESTS | WALKS_OF_TEMPLATES
        walk(program, data.draw(walks, "walk"))

        assert_replay(program)

    def test_tell_losses_apart_that_begin_at_one_moment(self, program: Program) -> None:
        recovery, begun = Recovery(program), program.clock.now()
        recovery.register("a")
        lost = recovery.lose("a", occurred_at=begun)
        recovery.restore(lost, occurred_at=begun)
        recovery.lose_again(lost, occurred_at=begun)
        program.bitacora.follower.catch_up()

        assert_replay(program)


def walk(program: Program, steps: Sequence[Step]) -> None:
    """Begin anew and do all the steps."""
    wipe(program.bitacora.store)
    RequestWalker(program).walk(steps)
    program.let_time_pass(program.clock.now())
    program.bitacora.follower.catch_up()
