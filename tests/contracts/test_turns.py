"""Whose turn it is to keep a view, and the end of the log that is in memory."""

from __future__ import annotations

from typing import Any

import pytest

from application.board import STALE_SECONDS
from infrastructure.log import tail as tails
from infrastructure.log.tail import Tail
from infrastructure.views.turns import LEAD_SECONDS, REST_SECONDS, Turns
from tests.application.given import Program, running
from tests.contracts.given import assert_replay, eventually, last


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
def turns(time: Time) -> Turns:
    """Turns in which nothing has happened."""
    return Turns(time)


class TestTurns:
    def test_leave_a_view_to_who_keeps_it_for_half_a_second(self, time: Time, turns: Turns) -> None:
        turns.led("board")
        assert (turns.resting(), turns.has_led) == ({"board"}, True)

        time.now += LEAD_SECONDS
        assert (turns.resting(), turns.has_led) == (set(), False)

    def test_leave_a_view_that_failed_for_a_second_to_nobody(self, time: Time, turns: Turns) -> None:
        turns.failed("board")
        time.now += REST_SECONDS / 2
        assert (turns.resting(), turns.has_led) == ({"board"}, False)

        time.now += REST_SECONDS / 2
        assert turns.resting() == set()

    def test_confirm_what_has_come_as_far_as_the_log_had_a_while_ago(self, time: Time, turns: Turns) -> None:
        turns.led("board")
        turns.confirmed([("board", 10)], end=12)
        time.now += 0.1

        assert turns.confirmed([("board", 11)], end=20) == {}
        assert turns.confirmed([("board", 12)], end=20) == {"board": 100.0}
        assert turns.confirmed([("board", 20)], end=21) == {"board": 100.1}


class TestTail:
    def test_gives_what_comes_after_a_position(self) -> None:
        tail = Tail()
        tail.extend(5, named("five", "six"))
        tail.extend(7, named("seven"))

        assert tail.after(4, 2) == [*zip((5, 6), named("five", "six"), strict=True)]
        assert tail.after(6, 9) == [(7, *named("seven"))]
        assert tail.after(7, 9) == tail.after(99, 9) == []

    def test_leaves_to_the_log_what_came_before_it(self) -> None:
        tail = Tail()
        assert tail.after(0, 9) == []

        tail.extend(5, named("five"))

        assert tail.after(3, 9) == []

    def test_begins_anew_where_another_process_has_appended(self) -> None:
        tail = Tail()
        tail.extend(5, named("five"))
        tail.extend(7, named("seven"))

        assert tail.after(4, 9) == []
        assert tail.after(6, 9) == [(7, *named("seven"))]

    def test_forgets_the_oldest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tails, "KEPT", 2)
        tail = Tail()
        tail.extend(1, named("one", "two", "three"))

        assert tail.after(0, 9) == []
        assert tail.after(1, 9) == [*zip((2, 3), named("two", "three"), strict=True)]


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


def named(*names: str) -> list[Any]:
    """Give what stands for events: a tail never looks at them."""
    return list(names)


def reached(program: Program) -> int:
    """Give the position that all views reflect, as this program knows."""
    return program.bitacora.follower.position
