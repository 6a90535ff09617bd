"""Boards replayed from the log alone are those that were read from the views, step by step."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from application.errors import CorruptEvent
from application.status.board import PRIVATE, PUBLIC, Viewer, board
from application.status.documents import Board
from application.status.projection import BOARD_VIEW
from application.status.replay import BoardReplay, BoardStep
from infrastructure.projections import projector
from infrastructure.projections.replayed_view import replayed
from infrastructure.queries.status import SqlBoardQueries
from tests.application.program import Program, at
from tests.contracts.examples import tried
from tests.contracts.following import a_day, tables
from tests.contracts.older_logs import position_of, spoil
from tests.contracts.request_strategies import RequestWalker
from tests.contracts.snapshots import wipe
from tests.contracts.strategies import WALKS, WALKS_OF_RECOVERIES, WALKS_OF_WINDOWS


def kept(program: Program, position: int, side: Viewer) -> Board:
    """Read the board as of a position from the views."""
    queries = program.bitacora.facade.queries
    now = queries.events.time_of(position) or program.clock.now()
    return board(*queries.board.read(position, None, now=now), side=side, at=None, now=now)


def steps(program: Program, until: int, side: Viewer = PUBLIC, *, start: int = 0) -> list[BoardStep]:
    """Replay the boards up to a position, the last of which is that of the end."""
    bitacora = program.bitacora
    events = bitacora.facade.queries.events
    now = program.clock.now()
    with replayed(bitacora.store, bitacora.mapper, BOARD_VIEW) as view:
        boards = BoardReplay(SqlBoardQueries(view.store), events, side)
        assert all(position <= start for positions in view.follow(start) for position in positions)
        boards.go_to(start, events.time_of(start) or at("00:00"))
        found = [step for positions in view.follow(until) for step in boards.steps(positions)]
        return [*found, *boards.end(until, events.time_of(until) or now)]


class TestBoardReplay:
    @tried(20, data=st.data())
    def test_gives_each_board_that_there_was(self, data: st.DataObject, program: Program) -> None:
        wipe(program.bitacora.store)
        RequestWalker(program).walk(data.draw(WALKS | WALKS_OF_WINDOWS | WALKS_OF_RECOVERIES, "walk"))
        program.bitacora.follower.catch_up()
        last, _ = program.bitacora.facade.queries.events.last()
        start, side = data.draw(st.integers(0, last), "start"), data.draw(st.sampled_from([PUBLIC, PRIVATE]), "side")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(projector, "BATCH", 7)
            found = {step.position: step for step in steps(program, last, side, start=start)}

        shown = kept(program, start, side)
        for position in range(start + 1, last + 1):
            now = kept(program, position, side)
            assert (position in found) is (now != shown)
            if position in found:
                step = found[position]
                assert (step.before, step.board) == (shown, now)
                assert step.event is not None
                assert step.event["position"] == position
            shown = now

    def test_takes_a_day_from_which_a_component_is_vouched_for_as_a_step_of_its_own(self, program: Program) -> None:
        program.register(since=date(2025, 3, 5))
        program.clock.show(at("23:00"))
        program.register("later")
        until = program.bitacora.facade.queries.events.last()[0]
        bitacora = program.bitacora
        with replayed(bitacora.store, bitacora.mapper, BOARD_VIEW) as view:
            boards = BoardReplay(SqlBoardQueries(view.store), bitacora.facade.queries.events, PUBLIC)
            for positions in view.follow(until):
                assert [step.position for step in boards.steps(positions)] == list(positions)

            (step,) = boards.end(until, at("10:00") + timedelta(days=1))

        assert (step.event, step.position) == (None, until)
        assert [each["status"] for each in step.before["components"]] == ["unknown", "operational"]
        assert [each["status"] for each in step.board["components"]] == ["operational", "operational"]

    def test_changes_nothing_in_the_store(self, program: Program) -> None:
        a_day(program)
        program.bitacora.follower.catch_up()
        before, last = tables(program), program.bitacora.facade.queries.events.last()

        found = steps(program, last[0], PRIVATE)

        assert all(earlier.board == later.before for earlier, later in pairwise(found))
        assert tables(program) == before
        assert program.bitacora.facade.queries.events.last() == last

    def test_names_the_first_event_that_cannot_be_read(self, program: Program) -> None:
        a_day(program)
        last, _ = program.bitacora.facade.queries.events.last()
        position = position_of(program.bitacora.store, "incident.updated")
        spoil(program.bitacora.store, position)

        with pytest.raises(CorruptEvent, match=f"at position {position}"):
            steps(program, last)
