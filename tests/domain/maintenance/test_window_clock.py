"""The clock reminds, begins and ends a window: each once, in order, at the due moment and at no other."""

from datetime import datetime, timedelta

import pytest

from domain.errors import AlreadyCompleted, DomainError, InTheFuture
from domain.impact import Status
from domain.maintenance import MaintenanceWindow, What, WindowOutcome, WindowState
from domain.maintenance.errors import AlreadyBegun, Cancelled
from domain.maintenance.values import Reminder, Transition
from tests.domain.assertions import happened, recorded, refused
from tests.domain.builders import CARRIER, IMPORT, TICK, ana, at, span
from tests.domain.window_builders import (
    A_DAY_BEFORE,
    AN_HOUR_BEFORE,
    BEGUN_OR_OVER,
    PLANNED_AT,
    Given,
    a_cancelled_window,
    a_completed_window,
    a_plan,
    a_window,
    a_window_in_progress,
    cancel,
    handle_due,
    hold,
    let_time_pass,
    start,
)

NIGHT = [
    ("maintenance_window.planned", PLANNED_AT),
    ("maintenance_window.reminded", A_DAY_BEFORE),
    ("maintenance_window.reminded", AN_HOUR_BEFORE),
    ("maintenance_window.started", at("02:00")),
    ("maintenance_window.completed", at("04:00")),
]


def story(window: MaintenanceWindow) -> list[tuple[str, datetime]]:
    """Give what happened, and when it was true."""
    return [(event.TOPIC, event.provenance.occurred_at) for event in happened(window)]


class TestNight:
    def test_goes_through_reminders_start_and_end(self) -> None:
        window = a_window()

        for number, (_, moment) in enumerate(NIGHT[1:], start=1):
            let_time_pass(window, until=moment - TICK)
            assert story(window) == NIGHT[:number]
            let_time_pass(window, until=moment)

        assert story(window) == NIGHT
        assert window.next_due is None

    def test_happens_in_order_though_the_clock_comes_late(self) -> None:
        window = a_window()

        let_time_pass(window, until=at("09:00"))

        assert story(window) == NIGHT
        assert {event.provenance.recorded_at for event in happened(window)[1:]} == {at("09:00")}

    @pytest.mark.parametrize("moment", [moment for _, moment in NIGHT[1:]])
    def test_happens_once(self, moment: datetime) -> None:
        window = a_window()
        let_time_pass(window, until=moment)
        before = story(window)

        handle_due(window, moment)

        assert story(window) == before

    @pytest.mark.parametrize("visited", [AN_HOUR_BEFORE, at("02:00"), at("04:00"), A_DAY_BEFORE + TICK, PLANNED_AT])
    def test_happens_at_no_moment_whose_turn_has_not_come(self, visited: datetime) -> None:
        window = a_window()

        handle_due(window, visited, recorded=at("09:00"))

        assert story(window) == NIGHT[:1]

    def test_keeps_which_reminders_were_given(self) -> None:
        window = a_window()

        let_time_pass(window, until=at("01:30"))

        assert window.reminders == ()
        assert window.reminded == (
            Reminder(before=timedelta(days=1), due=A_DAY_BEFORE, recorded_at=at("01:30")),
            Reminder(before=timedelta(hours=1), due=AN_HOUR_BEFORE, recorded_at=at("01:30")),
        )

    def test_is_told_in_transitions(self) -> None:
        assert a_completed_window().transitions == (
            Transition(state=WindowState.IN_PROGRESS, since=at("02:00")),
            Transition(state=WindowState.COMPLETED, since=at("04:00")),
        )

    def test_is_told_in_the_timeline_as_done_by_the_clock(self) -> None:
        entries = a_completed_window().timeline

        assert [(entry.what, entry.by_clock, entry.state) for entry in entries] == [
            (What.PLANNED, False, WindowState.SCHEDULED),
            (What.STARTED, True, WindowState.IN_PROGRESS),
            (What.COMPLETED, True, WindowState.COMPLETED),
        ]

    def test_lets_components_carry_the_plan_from_start_to_end(self) -> None:
        window = a_window(plan=a_plan(components={CARRIER: Status.UNDER_MAINTENANCE, IMPORT: Status.MAJOR_OUTAGE}))
        let_time_pass(window, until=at("02:00") - TICK)
        assert window.statuses == {}

        let_time_pass(window, until=at("02:00"))
        assert window.statuses == {CARRIER: Status.UNDER_MAINTENANCE, IMPORT: Status.MAJOR_OUTAGE}

        let_time_pass(window, until=at("04:00"))
        assert window.statuses == {}
        assert window.impact == {
            CARRIER: (span(Status.UNDER_MAINTENANCE, "02:00", "04:00"),),
            IMPORT: (span(Status.MAJOR_OUTAGE, "02:00", "04:00"),),
        }
        assert window.outcome is WindowOutcome.DONE


class TestStart:
    """By hand, before the clock does it."""

    def test_comes_early_and_leaves_the_end(self) -> None:
        window = a_window()

        start(window, at("01:30"))

        started = happened(window)[-1]
        assert isinstance(started, MaintenanceWindow.Started)
        assert not started.by_clock
        assert (window.state, window.started_at) == (WindowState.IN_PROGRESS, at("01:30"))
        assert (window.next_due, window.timetable.starts_at) == (at("04:00"), at("02:00"))

    def test_takes_reminders_and_the_planned_start_away(self) -> None:
        window = a_window()
        start(window, at("00:30"))
        before = recorded(window)
        assert window.reminders == ()

        for moment in (A_DAY_BEFORE, AN_HOUR_BEFORE, at("02:00")):
            handle_due(window, moment)

        assert recorded(window) == before

    def test_may_be_told_of_afterwards(self) -> None:
        window = a_window()

        start(window, at("01:30"), recorded=at("01:50"))

        assert window.impact == {CARRIER: (span(Status.UNDER_MAINTENANCE, "01:30"),)}

    @pytest.mark.parametrize(("given", "refusal"), BEGUN_OR_OVER)
    def test_is_refused_a_second_time(self, given: Given, refusal: type[DomainError]) -> None:
        window = given()

        with refused(window, refusal):
            start(window, at("05:00"))

    def test_is_refused_in_the_future(self) -> None:
        window = a_window()

        with refused(window, InTheFuture):
            start(window, at("01:00:05.000001"), recorded=at("01:00"))


class TestCancellation:
    def test_keeps_the_window_from_beginning(self) -> None:
        window = a_window()

        cancel(window, at("00:30"))
        handle_due(window, at("02:00"))

        assert recorded(window)[-1] == "maintenance_window.cancelled"
        assert window.state is WindowState.CANCELLED
        assert (window.ended_at, window.outcome, window.next_due) == (at("00:30"), None, None)
        assert (window.impact, window.handles, window.reminders) == ({}, {}, ())

    def test_is_possible_for_one_that_is_held(self) -> None:
        window = a_window()
        hold(window, at("00:10"))

        cancel(window, at("00:30"))

        assert not window.is_held

    @pytest.mark.parametrize(("given", "refusal"), BEGUN_OR_OVER)
    def test_is_refused_once_it_began(self, given: Given, refusal: type[DomainError]) -> None:
        window = given()

        with refused(window, refusal):
            cancel(window, at("05:00"))

    def test_is_refused_in_the_future(self) -> None:
        window = a_window()

        with refused(window, InTheFuture):
            window.cancel(message=None, reason=None, provenance=ana(at("00:00:05.000001"), at("00:00")))


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            (a_window_in_progress, "has begun; it cannot begin twice"),
            (a_completed_window, "is completed"),
            (a_cancelled_window, "was cancelled"),
        ],
    )
    def test_name_the_window_and_the_case(self, given: Given, sentence: str) -> None:
        window = given()

        with pytest.raises((AlreadyBegun, AlreadyCompleted, Cancelled), match=f"window {window.id} {sentence}"):
            start(window, at("05:00"))
