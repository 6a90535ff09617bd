"""One loss of a panel is open at a time, and what was promised lapses when its time has passed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from domain.components import Component
from domain.components.errors import CauseStillOpen
from domain.errors import Invalid, UnknownMoment
from domain.impact import Status
from domain.panels.errors import RestorationOpen
from domain.panels.restoration import CapabilityState, PanelRestoration
from tests.application.program import LABELS, MINUTE, TICK, FrozenClock, Program, at, running
from tests.application.recovery import CAPABILITIES, LOGIN, ORDERS, PANEL, Lapse, Recovery

DAY = timedelta(days=1)
TOMORROW = date(2025, 3, 5)
MIDNIGHT = at("23:00")
"""When the day of the tests ends in Warsaw."""


@pytest.fixture
def recovery(program: Program) -> Recovery:
    """The panels of a program to which nothing has happened, at ten o'clock."""
    return Recovery(program)


@pytest.fixture
def lost(recovery: Recovery) -> UUID:
    """The restoration of the one panel, which has just been lost."""
    recovery.register()
    return recovery.lose()


class TestRestoration:
    def test_is_the_only_open_one_of_its_panel(self, program: Program, recovery: Recovery, lost: UUID) -> None:
        before = program.recorded()

        with pytest.raises(RestorationOpen, match=str(lost)):
            recovery.lose()

        assert program.recorded() == before
        recovery.restore(lost)
        with pytest.raises(RestorationOpen):
            recovery.lose()
        recovery.complete(lost)
        assert recovery.lose() != lost

    def test_of_another_panel_may_be_open_beside_it(self, recovery: Recovery, lost: UUID) -> None:
        recovery.register("d", date(2021, 3, 11))

        assert recovery.lose("d") != lost

    def test_begins_no_earlier_than_the_one_before_was_completed(self, recovery: Recovery, lost: UUID) -> None:
        recovery.restore(lost)
        recovery.complete(lost)

        with pytest.raises(UnknownMoment, match="it was completed at"):
            recovery.lose(occurred_at=at("09:00"))

    def test_inherits_what_the_one_before_could_do(self, recovery: Recovery, lost: UUID) -> None:
        recovery.add_capability("c", "stock_sync", "Stock sync")
        recovery.say(lost, "stock_sync")
        recovery.restore(lost)
        recovery.complete(lost)

        begun = recovery.restoration(recovery.lose())

        assert {name: spells[-1].condition.state for name, spells in begun.capabilities.items()} == dict.fromkeys(
            (*CAPABILITIES, "stock_sync"), CapabilityState.UNAVAILABLE
        )

    def test_needs_its_panel(self, program: Program, recovery: Recovery) -> None:
        with pytest.raises(Invalid, match="no panel c"):
            recovery.lose()
        assert program.recorded() == []

    def test_affects_components_that_there_are_and_keeps_them(
        self, program: Program, recovery: Recovery, lost: UUID
    ) -> None:
        effect = {LABELS: Status.PARTIAL_OUTAGE}
        before = program.recorded()
        with pytest.raises(Invalid, match="labels"):
            recovery.say(lost, ORDERS, CapabilityState.UNAVAILABLE, components=effect)
        assert program.recorded() == before

        program.register()
        recovery.say(lost, ORDERS, CapabilityState.UNAVAILABLE, components=effect)
        with pytest.raises(CauseStillOpen):
            program.retire()
        recovery.say(lost, ORDERS)
        program.retire()

        assert program.rebuilt(Component, Component.id_of(LABELS)).retired_at is not None


class TestDeadline:
    @pytest.mark.parametrize(
        ("zone", "day", "passes"),
        [
            ("Europe/Warsaw", "2025-03-05", "2025-03-05T23:00"),
            ("Europe/Warsaw", "2025-03-29", "2025-03-29T23:00"),
            ("Europe/Warsaw", "2025-03-30", "2025-03-30T22:00"),
            ("Europe/Warsaw", "2025-10-25", "2025-10-25T22:00"),
            ("Europe/Warsaw", "2025-10-26", "2025-10-26T23:00"),
            # No clock shows this midnight: they go from 23:59 on to 01:00.
            ("America/Santiago", "2025-09-06", "2025-09-07T04:00"),
            # All clocks show 23:00 to 23:59 twice on this day.
            ("America/Santiago", "2025-04-05", "2025-04-06T04:00"),
            # All clocks show midnight twice; the day is over at the first.
            ("Atlantic/Azores", "2025-10-25", "2025-10-26T00:00"),
            ("Pacific/Kiritimati", "2025-03-05", "2025-03-05T10:00"),
        ],
    )
    def test_of_a_day_passes_at_midnight_by_the_clocks_of_the_panel(
        self, program: Program, recovery: Recovery, zone: str, day: str, passes: str
    ) -> None:
        recovery.register(zone=zone)
        lost, due = recovery.lose(), datetime.fromisoformat(f"{passes}+00:00")
        recovery.promise(lost, date.fromisoformat(day))
        recovery.say(lost, ORDERS, CapabilityState.DEGRADED, expected=date.fromisoformat(day))

        program.let_time_pass(due - TICK)
        assert recovery.lapses() == []
        program.let_time_pass(due)

        assert recovery.lapses() == [("promise", "1", due), (ORDERS, day, due)]

    def test_of_an_instant_passes_as_it_comes(self, program: Program, recovery: Recovery, lost: UUID) -> None:
        recovery.promise(lost, at("11:00"))
        program.let_time_pass(at("11:00") - TICK)
        assert recovery.lapses() == []

        program.let_time_pass(at("11:00"))

        assert recovery.lapses() == [("promise", "1", at("11:00"))]

    def test_that_had_passed_when_it_was_told_lapses_at_once(
        self, program: Program, recovery: Recovery, lost: UUID
    ) -> None:
        program.clock.show(at("12:00"))
        recovery.promise(lost, at("11:00"), occurred_at=at("10:30"))

        told, lapsed = program.events()[-2:]
        assert recovery.lapses() == [("promise", "1", at("11:00"))]
        assert (lapsed.provenance.recorded_at, lapsed.provenance.causation) == (at("12:00"), len(program.events()) - 1)
        assert isinstance(told, PanelRestoration.Promised)

    def test_of_a_promise_that_was_kept_or_made_anew_never_lapses(
        self, program: Program, recovery: Recovery, lost: UUID
    ) -> None:
        recovery.promise(lost, at("11:00"))
        recovery.promise(lost, at("12:00"))
        program.let_time_pass(at("11:30"))
        recovery.restore(lost)

        program.let_time_pass(at("13:00"))

        assert (recovery.lapses(), program.count("timers")) == ([], 0)


class TestClock:
    def test_lets_everything_lapse_once_and_in_order_though_nobody_ran(self, database: str) -> None:
        with running(database) as program:
            awaited(Recovery(program))

        with running(database, FrozenClock(at("12:00") + 4 * DAY)) as program:
            look(program)
            look(program)
            program.let_time_pass(at("12:00") + 9 * DAY)

            assert Recovery(program).lapses() == expected()
            lapsed = [event for event in program.events() if event.TOPIC.endswith("_lapsed")]
            assert {event.provenance.recorded_at for event in lapsed} == {at("12:00") + 4 * DAY}
            assert {event.provenance.actor for event in lapsed} == {"clock"}
            assert program.count("timers") == 0

    def test_lets_the_same_lapse_however_time_jumps(self, program: Program, recovery: Recovery) -> None:
        awaited(recovery)
        for _ in range(100):
            program.let_time_pass(program.clock.now() + 61 * MINUTE)

        assert recovery.lapses() == expected()

    def test_lets_everything_lapse_once_where_two_programs_look(self, postgres_url: str) -> None:
        clock = FrozenClock(at("10:00"))
        with running(postgres_url, clock) as one, running(postgres_url, clock) as other:
            for number in range(20):
                recovery = Recovery(one if number % 2 else other)
                recovery.register(f"p{number}", date(2020, 1, 1) + number * DAY, date(2020, 1, 1) + number * DAY)
                restoration = recovery.lose(f"p{number}")
                recovery.promise(restoration, at("11:00") + number * MINUTE)
                recovery.say(restoration, ORDERS, CapabilityState.DEGRADED, expected=at("11:10") + number * MINUTE)
            clock.show(at("13:00"))

            with ThreadPoolExecutor(8) as threads:
                list(threads.map(look, [one, other] * 20))

            lapsed = [event for event in one.events() if event.TOPIC.endswith("_lapsed")]
            moments = [event.provenance.occurred_at for event in lapsed]
            assert moments == sorted(moments)
            assert len(lapsed) == len({(event.originator_id, event.TOPIC) for event in lapsed}) == 40

    def test_of_one_program_keeps_a_promise_that_the_other_renewed(self, postgres_url: str) -> None:
        clock = FrozenClock(at("10:00"))
        with running(postgres_url, clock) as one, running(postgres_url, clock) as other:
            mine, theirs = Recovery(one), Recovery(other)
            mine.register()
            restoration = mine.lose()
            mine.promise(restoration, at("11:00"))
            look(other)
            theirs.promise(restoration, at("12:00"))
            clock.show(at("11:30"))
            look(one)
            assert mine.lapses() == []
            clock.show(at("12:30"))
            look(one)

            assert mine.lapses() == [("promise", "2", at("12:00"))]


def awaited(recovery: Recovery) -> None:
    """Let two panels be lost, of which a promise slips twice and several capabilities are expected."""
    recovery.register()
    recovery.register("d", date(2021, 3, 11))
    lost, other = recovery.lose(), recovery.lose("d")
    recovery.promise(lost, date(2025, 3, 4))
    recovery.promise(other, at("11:00") + DAY)
    recovery.say(lost, ORDERS, CapabilityState.DEGRADED, expected=TOMORROW)
    recovery.say(lost, LOGIN, CapabilityState.UNAVAILABLE, expected=at("10:30") + 2 * DAY)
    recovery.add_capability("d", "archive", "Archive")
    recovery.say(other, "archive", CapabilityState.SUSPENDED, expected=TOMORROW)
    recovery.say(other, LOGIN, CapabilityState.AVAILABLE, expected=TOMORROW)
    assert {PANEL, "d"} == {recovery.restoration(each).panel for each in (lost, other)}


def expected() -> list[Lapse]:
    """Give what lapses then, in order; what falls on one instant, in the order in which it was said."""
    return [
        ("promise", "1", MIDNIGHT),
        ("promise", "1", at("11:00") + DAY),
        (ORDERS, "2025-03-05", MIDNIGHT + DAY),
        ("archive", "2025-03-05", MIDNIGHT + DAY),
        (LOGIN, "2025-03-06T10:30:00Z", at("10:30") + 2 * DAY),
    ]


def look(program: Program) -> None:
    """Let the clock do what is due."""
    program.do(lambda log: log.position)
