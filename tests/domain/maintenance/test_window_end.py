"""A window is completed by the clock, or by a person if it is held, or early."""

from datetime import datetime

import pytest

from domain.errors import AlreadyHeld, DomainError, InTheFuture, NotHeld, UnknownMoment
from domain.impact import Status
from domain.maintenance import MaintenanceWindow, WindowOutcome, WindowState
from domain.maintenance.values import Transition
from tests.domain.assertions import happened, recorded, refused
from tests.domain.builders import CARRIER, TICK, ana, at, span
from tests.domain.window_builders import (
    LATE,
    NOT_UNDER_WAY,
    OVER,
    Given,
    a_cancelled_window,
    a_completed_window,
    a_window,
    a_window_being_verified,
    a_window_in_progress,
    complete,
    handle_due,
    hold,
    let_time_pass,
    release,
)


class TestHold:
    def test_leaves_completion_to_a_person(self) -> None:
        window = a_window_in_progress()

        hold(window, at("02:30"))
        assert (window.is_held, window.held_because, window.next_due) == (True, "we look first", at("04:00"))

        let_time_pass(window, until=at("04:00"))
        assert recorded(window)[-1] == "maintenance_window.verification_began"
        assert window.transitions[-1] == Transition(state=WindowState.VERIFYING, since=at("04:00"))
        assert (window.statuses, window.ended_at) == ({CARRIER: Status.UNDER_MAINTENANCE}, None)
        assert window.next_due is None

    def test_may_be_said_before_it_begins(self) -> None:
        window = a_window()
        hold(window, at("00:00"))

        let_time_pass(window, until=at("04:00"))

        assert window.state is WindowState.VERIFYING

    def test_is_refused_a_second_time(self) -> None:
        for window in (a_window_in_progress(), a_window_being_verified()):
            if not window.is_held:
                hold(window, at("02:30"))
            with refused(window, AlreadyHeld):
                hold(window, at("04:10"))

    @pytest.mark.parametrize(("given", "refusal"), OVER)
    def test_is_refused_once_it_is_over(self, given: Given, refusal: type[DomainError]) -> None:
        window = given()

        with refused(window, refusal):
            hold(window, at("05:00"))

    def test_is_refused_in_the_future(self) -> None:
        window = a_window_in_progress()

        with refused(window, InTheFuture):
            window.hold(reason=None, provenance=ana(at("02:30:05.000001"), at("02:30")))


class TestRelease:
    def test_lets_the_clock_complete_it(self) -> None:
        window = a_window_in_progress()
        hold(window, at("02:30"))

        release(window, at("03:00"))
        let_time_pass(window, until=at("04:00"))

        assert recorded(window)[-2:] == ["maintenance_window.released", "maintenance_window.completed"]
        assert (window.state, window.held_because) == (WindowState.COMPLETED, None)

    @pytest.mark.parametrize("given", [a_window, a_window_in_progress, a_completed_window, a_cancelled_window])
    def test_is_refused_if_it_is_not_held(self, given: Given) -> None:
        window = given()

        with refused(window, NotHeld, match="is not held"):
            release(window, at("05:00"))

    def test_is_refused_once_its_end_has_come(self) -> None:
        window = a_window_being_verified()

        with refused(window, NotHeld, match="past its end; complete or extend it"):
            release(window, at("04:10"))

    def test_is_refused_in_the_future(self) -> None:
        window = a_window_in_progress()
        hold(window, at("02:30"))

        with refused(window, InTheFuture):
            window.release(reason=None, provenance=ana(at("02:40:05.000001"), at("02:40")))


class TestCompletion:
    @pytest.mark.parametrize("outcome", WindowOutcome)
    def test_comes_early(self, outcome: WindowOutcome) -> None:
        window = a_window_in_progress()

        complete(window, at("03:00"), outcome=outcome, message=LATE)
        handle_due(window, at("04:00"))

        completed = happened(window)[-1]
        assert isinstance(completed, MaintenanceWindow.Completed)
        assert not completed.by_clock
        assert (window.state, window.outcome, window.ended_at) == (WindowState.COMPLETED, outcome, at("03:00"))
        assert window.impact == {CARRIER: (span(Status.UNDER_MAINTENANCE, "02:00", "03:00"),)}
        assert window.next_due is None

    def test_ends_verification_and_the_hold(self) -> None:
        window = a_window_being_verified()

        complete(window, at("04:40"))

        assert [each.state for each in window.transitions] == ["in_progress", "verifying", "completed"]
        assert (window.ended_at, window.is_held, window.held_because) == (at("04:40"), False, None)

    def test_may_be_told_of_afterwards(self) -> None:
        window = a_window_in_progress()

        complete(window, at("02:45"), recorded=at("03:00"))

        assert window.impact == {CARRIER: (span(Status.UNDER_MAINTENANCE, "02:00", "02:45"),)}

    @pytest.mark.parametrize(("given", "refusal"), NOT_UNDER_WAY)
    def test_is_refused_unless_it_is_under_way(self, given: Given, refusal: type[DomainError]) -> None:
        window = given()

        with refused(window, refusal):
            complete(window, at("04:00"))

    @pytest.mark.parametrize(
        ("moment", "refusal"), [(at("02:00") - TICK, UnknownMoment), (at("03:00:05.000001"), InTheFuture)]
    )
    def test_is_refused_of_a_time_before_the_start_or_to_come(
        self, moment: datetime, refusal: type[DomainError]
    ) -> None:
        window = a_window_in_progress()

        with refused(window, refusal):
            complete(window, moment, recorded=at("03:00"))
