"""Whose turn it is to keep a view."""

from __future__ import annotations

import pytest

from application.status.board import STALE_SECONDS
from infrastructure.projections.yielding import LEAD_SECONDS, REST_SECONDS, Yielding
from tests.application.program import Program, running
from tests.contracts.faults import assert_replay, eventually, last


class Time:
    """Seconds that go on when a test lets them."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    """A time of its own."""
    return Time()


@pytest.fixture
def turns(time: Time) -> Yielding:
    """Turns in which nothing has happened."""
    return Yielding(time)


class TestTurns:
    def test_leave_a_view_to_who_keeps_it_for_half_a_second(self, time: Time, turns: Yielding) -> None:
        turns.led("board")
        assert (turns.resting(), turns.has_led) == ({"board"}, True)

        time.now += LEAD_SECONDS
        assert (turns.resting(), turns.has_led) == (set(), False)

    def test_leave_a_view_that_failed_for_a_second_to_nobody(self, time: Time, turns: Yielding) -> None:
        turns.failed("board")
        time.now += REST_SECONDS / 2
        assert (turns.resting(), turns.has_led) == ({"board"}, False)

        time.now += REST_SECONDS / 2
        assert turns.resting() == set()

    def test_confirm_what_has_come_as_far_as_the_log_had_a_while_ago(self, time: Time, turns: Yielding) -> None:
        turns.led("board")
        turns.confirmed([("board", 10)], end=12)
        time.now += 0.1

        assert turns.confirmed([("board", 11)], end=20) == {}
        assert turns.confirmed([("board", 12)], end=20) == {"board": 100.0}
        assert turns.confirmed([("board", 20)], end=21) == {"board": 100.1}

    def test_confirm_nothing_by_where_the_log_ended_before_another_began(self, time: Time, turns: Yielding) -> None:
        turns.led("board")
        turns.confirmed([("board", 10)], end=12)
        time.now += 10
        turns.resting()
        turns.led("board")

        assert turns.confirmed([("board", 12)], end=20) == {}


class TestTwoPrograms:
    def test_keep_one_view_between_them_whoever_stops(self, database: str) -> None:
        with running(database) as program, running(database) as other:
            program.register()
            program.bitacora.follower.start()
            other.bitacora.follower.start()
            for number in range(40):
                program.fire(f"f{number}")
            eventually(lambda: {reached(program), reached(other)} == {last(program)})

            program.bitacora.follower.stop()
            for number in range(40):
                program.clear(f"f{number}")
            eventually(lambda: reached(other) == last(program))

            assert other.bitacora.follower.age("board") < STALE_SECONDS
            assert other.bitacora.follower.failed == program.bitacora.follower.failed == {}
            assert_replay(program)


def reached(program: Program) -> int:
    """Give the position that all views reflect, as this program knows."""
    return program.bitacora.follower.position
