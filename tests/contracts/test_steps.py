"""What the views do with an update takes as many steps of the interpreter on a long timeline as on a short one.

Steps are counted, and never time. What C does with a whole timeline at once, as where it is copied, is not seen here:
for 500 entries, it is some microseconds.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from application.projections.fold import Fold
from application.registry import VIEWS
from domain.aggregate import Aggregate
from tests.domain.builders import TICK, a_declared_incident, at
from tests.domain.builders import update as update_incident
from tests.domain.window_builders import a_window_in_progress
from tests.domain.window_builders import update as update_window

FEW, MANY = 5, 500
MOST = 1.02
"""How many times the steps there may be: longer numbers are written, and digests of other digits are made."""


def an_incident(entries: int) -> Aggregate:
    incident = a_declared_incident(since=at("10:00"))
    for number in range(1, entries):
        update_incident(incident, at("10:00") + number * TICK, internal=number % 3 == 0)
    return incident


def a_private_incident(entries: int) -> Aggregate:
    incident = a_declared_incident(since=at("10:00"), public=False)
    for number in range(1, entries):
        update_incident(incident, at("10:00") + number * TICK)
    return incident


def a_window(entries: int) -> Aggregate:
    window = a_window_in_progress()
    for number in range(1, entries):
        update_window(window, at("02:00") + number * TICK, internal=number % 3 == 0)
    return window


@pytest.mark.parametrize("make", [an_incident, a_private_incident, a_window])
def test_an_update_takes_no_more_steps_on_a_long_timeline(make: Callable[[int], Aggregate]) -> None:
    # The second time, nothing is left to do that is done once.
    few, many = (min(steps_of_the_last(make(entries)) for _ in range(2)) for entries in (FEW, MANY))

    assert few <= many * MOST
    assert many <= few * MOST


def test_a_walk_is_counted() -> None:
    with counting() as few:
        sum(number for number in range(FEW))
    with counting() as many:
        sum(number for number in range(MANY))

    assert len(many) > len(few) * 10


def steps_of_the_last(aggregate: Aggregate) -> int:
    """Count the steps that the views take for the last event of an aggregate."""
    fold = Fold(VIEWS, never)
    *before, last = aggregate.collect_events()
    for position, event in enumerate(before, 1):
        list(fold.apply(event, position))
    with counting() as steps:
        list(fold.apply(last, len(before) + 1))
    return len(steps)


def never(*_: object) -> Aggregate:
    """Give no aggregate: each is in memory."""
    raise AssertionError


@contextmanager
def counting() -> Iterator[list[None]]:
    """Count the steps of the interpreter that this thread takes inside."""
    steps: list[None] = []

    def trace(frame: FrameType, event: str, _: Any) -> Any:  # noqa: ANN401 - as the interpreter wants it
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            steps.append(None)
        return trace

    before = sys.gettrace()
    # The collector would end what other tests have left in the midst of it.
    gc.collect()
    gc.disable()
    sys.settrace(trace)
    try:
        yield steps
    finally:
        sys.settrace(before)
        gc.enable()
