"""Nothing is said of a window that has not happened yet; clocks may differ by five seconds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.errors import InTheFuture
from domain.maintenance import MaintenanceWindow, WindowOutcome
from domain.provenance import Provenance
from tests.domain.assertions import refused
from tests.domain.builders import TICK, ana, at, in_english
from tests.domain.window_builders import Given, a_timetable, a_window, a_window_in_progress, hold

NOW = at("01:30")
WORDS = in_english("We say so.")
Act = Callable[[MaintenanceWindow, Provenance], None]


def an_unannounced_window() -> MaintenanceWindow:
    return a_window(announced=False)


def a_held_window() -> MaintenanceWindow:
    window = a_window()
    hold(window, at("01:00"))
    return window


def announce(window: MaintenanceWindow, provenance: Provenance) -> None:
    window.announce(message=WORDS, reason=None, provenance=provenance)


def revise(window: MaintenanceWindow, provenance: Provenance) -> None:
    plan = replace(window.plan, title=WORDS)
    window.revise(plan=plan, timetable=window.timetable, reason=None, provenance=provenance)


def reschedule(window: MaintenanceWindow, provenance: Provenance) -> None:
    window.reschedule(timetable=a_timetable("03:00", "05:00"), message=WORDS, reason=None, provenance=provenance)


def start(window: MaintenanceWindow, provenance: Provenance) -> None:
    window.start(message=WORDS, reason=None, provenance=provenance)


def update(window: MaintenanceWindow, provenance: Provenance) -> None:
    window.update(message=WORDS, components={}, expected_at=None, internal=False, provenance=provenance)


def extend(window: MaintenanceWindow, provenance: Provenance) -> None:
    window.extend(timetable=a_timetable("02:00", "05:00"), message=WORDS, reason=None, provenance=provenance)


def keep(window: MaintenanceWindow, provenance: Provenance) -> None:
    window.hold(reason=None, provenance=provenance)


def release(window: MaintenanceWindow, provenance: Provenance) -> None:
    window.release(reason=None, provenance=provenance)


def complete(window: MaintenanceWindow, provenance: Provenance) -> None:
    window.complete(outcome=WindowOutcome.DONE, message=WORDS, reason=None, provenance=provenance)


def cancel(window: MaintenanceWindow, provenance: Provenance) -> None:
    window.cancel(message=WORDS, reason=None, provenance=provenance)


COMMANDS: list[tuple[Given, Act]] = [
    (an_unannounced_window, announce),
    (a_window, revise),
    (a_window, reschedule),
    (a_window, start),
    (a_window, update),
    (a_window_in_progress, extend),
    (a_window, keep),
    (a_held_window, release),
    (a_window_in_progress, complete),
    (a_window, cancel),
]


class TestCommand:
    @pytest.mark.parametrize(("given", "act"), COMMANDS)
    def test_is_refused_if_it_is_of_more_than_five_seconds_from_now(self, given: Given, act: Act) -> None:
        window = given()
        now = later_than(window)

        with refused(window, InTheFuture):
            act(window, ana(now + timedelta(seconds=5) + TICK, now))

        act(window, ana(now + timedelta(seconds=5), now))
        assert window.pending_events[-1].timestamp == now


def later_than(window: MaintenanceWindow) -> datetime:
    """Give a time at which a window that has begun goes on, and one that has not can still begin early."""
    return NOW if window.started_at is None else at("02:30")
