"""The views are kept by a process beside the server; without it, by the server itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from application.registry import VIEWS
from application.status.projection import BOARD_VIEW
from infrastructure.bootstrap import Bitacora
from infrastructure.projections import follower_process as apart
from infrastructure.projections.follower_process import FollowerProcess, report_of
from infrastructure.settings import read_settings
from tests.application.program import running
from tests.contracts.faults import eventually, rename

REPORTED_SECONDS = 0.01
"""How exact an age is in a report."""


class TestFollowerApart:
    def test_is_taken_over_by_a_process_that_keeps_every_view(self, database: str) -> None:
        with serving(database) as (bitacora, follower):
            eventually(lambda: follower.is_apart)
            child = follower.process
            assert child is not None

            end = renamed(bitacora, "one")

            eventually(lambda: follower.position >= end)
            assert follower.is_apart
            assert follower.process == child
            assert follower.changed[BOARD_VIEW.name] == end
            assert shown(bitacora) == "one"

    def test_is_given_up_when_the_process_dies_and_taken_over_by_the_next(
        self, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(apart, "FIRST_PAUSE_SECONDS", 0.5)
        with serving(database) as (bitacora, follower):
            eventually(lambda: follower.is_apart)
            first = follower.process
            assert first is not None

            os.kill(first, signal.SIGKILL)
            eventually(lambda: not follower.is_apart)
            end = renamed(bitacora, "meanwhile")

            eventually(lambda: follower.position >= end)
            assert shown(bitacora) == "meanwhile"
            eventually(lambda: follower.is_apart)
            assert follower.process != first
            later = renamed(bitacora, "later")
            eventually(lambda: follower.position >= later)
            assert follower.is_apart
            assert shown(bitacora) == "later"

    def test_does_not_take_a_view_for_current_because_a_process_has_begun_with_it(
        self, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(apart, "FIRST_PAUSE_SECONDS", 0.05)
        with serving(database) as (bitacora, follower):
            eventually(lambda: follower.is_apart)
            connection = bitacora.store.connect_views()
            connection.execute("DROP TABLE components")
            connection.close()
            renamed(bitacora, "never shown")
            eventually(lambda: BOARD_VIEW.name in follower.failed)
            current_until = monotonic() - follower.age(BOARD_VIEW.name)
            first = follower.process
            assert first is not None

            os.kill(first, signal.SIGKILL)
            eventually(lambda: follower.is_apart and follower.process != first)

            eventually(lambda: BOARD_VIEW.name in follower.failed)
            assert monotonic() - follower.age(BOARD_VIEW.name) <= current_until + REPORTED_SECONDS

    def test_begins_a_new_epoch_when_the_process_says_that_a_view_saw_lost_events(self, database: str) -> None:
        with running(database) as program:
            own, store = program.bitacora.follower, program.bitacora.store
            own.catch_up()
            follower = FollowerProcess(store, program.bitacora.mapper, VIEWS, database=database)
            follower._apply(report_of(own, store))  # noqa: SLF001 - as if a process had written it
            before = follower.states[BOARD_VIEW.name].building
            follower._apply(report_of(own, store))  # noqa: SLF001 - again
            assert follower.states[BOARD_VIEW.name].building == before

            own.states[BOARD_VIEW.name].begin_epoch()
            follower._apply(report_of(own, store))  # noqa: SLF001 - now it says so

            assert follower.states[BOARD_VIEW.name].building != before
            follower.stop()

    def test_stops_its_process_when_it_stops(self, database: str) -> None:
        with serving(database) as (_, follower):
            eventually(lambda: follower.is_apart)
            child = follower.process
            assert child is not None

        assert not is_alive(child)

    def test_tells_which_view_has_stopped(self, database: str) -> None:
        with serving(database) as (bitacora, follower):
            eventually(lambda: follower.is_apart)
            connection = bitacora.store.connect_views()
            connection.execute("UPDATE views SET version = version + 1 WHERE name = 'signals'")
            connection.close()

            eventually(lambda: set(follower.failed) == {"signals"})
            end = renamed(bitacora, "beside it")

            eventually(lambda: follower.positions[BOARD_VIEW.name] >= end)
            assert follower.positions["signals"] < end


@contextmanager
def serving(database: str) -> Iterator[tuple[Bitacora, FollowerProcess]]:
    """Start the program as it is served, with one component to rename."""
    with running(database) as program:
        program.register()
    bitacora = Bitacora(read_settings(database=database), follows_apart=True)
    bitacora.start()
    try:
        assert isinstance(bitacora.follower, FollowerProcess)
        yield bitacora, bitacora.follower
    finally:
        bitacora.stop()


def renamed(bitacora: Bitacora, name: str) -> int:
    """Rename the component, and give the position of that."""
    bitacora.writer.call(rename(name))
    return bitacora.writer.call(lambda log: log.position)


def shown(bitacora: Bitacora) -> str:
    """Give the name that the board shows."""
    [row] = bitacora.facade.queries.board.components(bitacora.follower.position)
    return str(row.document["name"]["en"])


def is_alive(process: int) -> bool:
    """Tell whether there is such a process."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
