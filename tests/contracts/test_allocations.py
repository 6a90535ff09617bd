"""What is done most often asks for no more memory than it did: the bytes that it holds at its most are counted.

The bounds leave room for versions of Python, whose objects differ by some percent. Whoever raises one
says what that buys.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from tests.application.held_requests import Desk, an_order
from tests.application.program import Program, at, running

SIGNALS = 50
BATCH = 100


def test_a_signal_needs_little_memory(program: Program) -> None:
    warm(program)

    assert peak_bytes(lambda: program.fire("f1")) <= 28_000


def test_many_signals_keep_little_each(program: Program) -> None:
    def fire_all() -> None:
        for number in range(SIGNALS):
            program.fire(f"f{number}")

    warm(program)
    assert peak_bytes(fire_all) <= 160_000


def test_a_batch_of_requests_needs_memory_for_its_requests_alone(program: Program) -> None:
    desk = Desk(program)
    cause = desk.declare(occurred_at=at("10:00"))
    program.clock.show(at("11:00"))
    entries = [an_order(f"{number}", cause) for number in range(BATCH)]

    assert peak_bytes(lambda: desk.hand_in(*entries)) <= 550_000


def test_what_is_kept_is_counted() -> None:
    kept: list[bytes] = []

    assert peak_bytes(lambda: kept.append(bytes(1_000_000))) > 1_000_000


def warm(program: Program) -> None:
    """Begin an incident, and join it: the first event of each type compiles its codec, once for the process."""
    program.fire("warm")
    program.fire("warmer")


def peak_bytes(act: Callable[[], object]) -> int:
    """Give the most memory that was held while ``act`` ran, beyond what was held before."""
    gc.collect()
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def program(database: str) -> Iterator[Program]:
    """A program with a component."""
    with running(database) as program:
        program.register()
        yield program
