"""The panels on the board are, at any position and of any moment, those of a plain look at the log."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import strategies as st

from application.status.board import PRIVATE, PUBLIC, board
from application.status.documents import Board
from domain.panels.restoration import CapabilityState
from tests.application.program import TICK, Program
from tests.application.recovery import Recovery
from tests.contracts.board_model import panels_on_board
from tests.contracts.examples import tried
from tests.contracts.faults import last
from tests.contracts.panel_model import known
from tests.contracts.snapshots import wipe
from tests.contracts.strategies import WALKS_OF_PANELS, Step, Walker


class TestPanels:
    @tried(30, steps=WALKS_OF_PANELS, data=st.data())
    def test_are_those_of_a_plain_look_at_every_position(
        self, program: Program, steps: list[Step], data: st.DataObject
    ) -> None:
        wipe(program.bitacora.store)
        Walker(program).walk(steps)
        program.bitacora.follower.catch_up()
        events, now = program.events(), program.clock.now()
        for position in range(len(events) + 1):
            found = known(events[:position])
            edges = [edge + shift for edge in found.edges() for shift in (-TICK, TICK * 0, TICK)]
            moments = data.draw(st.lists(st.sampled_from(edges), max_size=4), "moments") if edges else []
            for moment in (None, *moments):
                expected = panels_on_board(found, moment, max([now, *edges]))
                for side in (PUBLIC, PRIVATE):
                    assert read(program, position, moment, public=side.public)["panels"] == expected

    def test_make_the_indicator_as_bad_as_components_do(self, program: Program) -> None:
        recovery = Recovery(program)
        for letter, day in (("a", date(2020, 1, 1)), ("b", date(2021, 1, 1))):
            recovery.register(letter, day, capabilities=("login", "orders"))
        program.register()
        seen = [read(program)["indicator"]]

        restoration = recovery.lose("a")
        seen.append(read(program)["indicator"])
        recovery.restore(restoration)
        seen.append(read(program)["indicator"])
        recovery.say(restoration, "login", CapabilityState.SUSPENDED)
        recovery.say(restoration, "orders", CapabilityState.AVAILABLE)
        seen.append(read(program)["indicator"])
        recovery.complete(restoration, given_up=("login",))
        seen.append(read(program)["indicator"])

        assert seen == ["none", "critical", "major", "minor", "none"]


def read(
    program: Program, position: int | None = None, moment: datetime | None = None, *, public: bool = True
) -> Board:
    """Read the board of now, or as known at a position, or of a moment."""
    program.bitacora.follower.catch_up()
    position, now = last(program) if position is None else position, program.clock.now()
    rows = program.facade.queries.board.read(position, moment, now=now)
    return board(*rows, side=PUBLIC if public else PRIVATE, at=moment, now=now)
