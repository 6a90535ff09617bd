"""What is done most often asks for no more memory than it did: the bytes that it holds at its most are counted.

The bounds leave room for versions of Python, whose objects differ by some percent. Whoever raises one
says what that buys. The least of a few times is counted: a dictionary that the process has had for long may grow
meanwhile, and is copied when it does.
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
READS = 500
TIMES = 3


def test_a_signal_needs_little_memory(program: Program) -> None:
    warm(program)

    assert peak_bytes(lambda time: program.fire(f"f{time}")) <= 28_000


def test_many_signals_keep_little_each(program: Program) -> None:
    def fire_all(time: int) -> None:
        for number in range(SIGNALS):
            program.fire(f"f{time}-{number}")

    warm(program)
    assert peak_bytes(fire_all) <= 160_000


def test_a_batch_of_requests_needs_memory_for_its_requests_alone(program: Program) -> None:
    desk = Desk(program)
    cause = desk.declare(occurred_at=at("10:00"))
    program.clock.show(at("11:00"))
    batches = [[an_order(f"{time}-{number}", cause) for number in range(BATCH)] for time in range(TIMES)]

    assert peak_bytes(lambda time: desk.hand_in(*batches[time])) <= 540_000


def test_a_read_leaves_nothing_with_the_connection_that_it_borrowed(program: Program) -> None:
    def read_often(_: int) -> None:
        for _ in range(READS):
            with program.bitacora.store.reading_log() as connection:
                connection.execute("SELECT 1")

    assert peak_bytes(read_often) <= 40_000


def test_what_is_kept_is_counted() -> None:
    kept: list[bytes] = []

    assert peak_bytes(lambda _: kept.append(bytes(1_000_000))) > 1_000_000


def warm(program: Program) -> None:
    """Begin an incident, and join it: the first event of each type compiles its codec, once for the process."""
    program.fire("warm")
    program.fire("warmer")


def peak_bytes(act: Callable[[int], object]) -> int:
    """Give the most memory that was held while ``act`` ran, beyond what was held before: the least of a few times."""
    return min(_peak_bytes(act, time) for time in range(TIMES))


def _peak_bytes(act: Callable[[int], object], time: int) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        act(time)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def program(database: str) -> Iterator[Program]:
    """A program with a component."""
    with running(database) as program:
        program.register()
        yield program
