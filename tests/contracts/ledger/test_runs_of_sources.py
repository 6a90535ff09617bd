"""Which runs are for a source at a position, whatever came before and after it."""

from __future__ import annotations

import pytest

from domain.ledger.reprocessing import Selection
from infrastructure.projections import projector
from tests.application.held_requests import SHOP, Desk, an_order
from tests.application.program import Program, at
from tests.contracts.faults import last


@pytest.mark.parametrize("batch", [1, 500])
def test_a_run_of_all_sources_is_for_one_while_its_cause_holds_up_a_request_of_this(
    program: Program, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "BATCH", batch)
    program.register()
    program.clock.show(at("11:00"))
    desk = Desk(program)
    cause = desk.declare(occurred_at=at("10:00"))
    run = desk.start_run(Selection(cause=cause, kind=None, source=None))
    desk.hand_in(an_order("1", None))
    [request] = desk.requests()
    positions = [last(program)]
    for _ in range(2):
        desk.assign(request, cause)
        positions.append(last(program))
        desk.undo(request)
        positions.append(last(program))
    program.bitacora.follower.catch_up()

    queue, found = program.facade.queries.held_requests, list[list[str]]()
    for position in positions:
        found.append([id for id, _ in queue.page_of_runs(position, None, None, 9, [SHOP])])
        assert queue.find_run(position, run) is not None
        assert (queue.find_run(position, run, [SHOP]) is not None) == bool(found[-1])
        assert list(queue.page_of_runs(position, None, None, 9, ["nobody"])) == []

    assert found == [[], [str(run)], [], [str(run)], []]
