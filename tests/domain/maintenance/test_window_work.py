"""While a window goes on people say how it goes, and extend it."""

from datetime import datetime

import pytest

from domain.errors import DomainError, InternalUpdateChangesNothing, InTheFuture, NoImpact, UnknownMoment
from domain.impact import Status
from domain.maintenance import What, WindowState
from domain.maintenance.errors import NotAnExtension, NotYetBegun
from tests.domain.assertions import recorded, refused
from tests.domain.builders import CARRIER, IMPORT, TICK, at, span
from tests.domain.window_builders import (
    LATE,
    NOT_UNDER_WAY,
    OVER,
    Given,
    a_window,
    a_window_being_verified,
    a_window_in_progress,
    extend,
    handle_due,
    let_time_pass,
    update,
)


class TestUpdate:
    def test_lets_components_carry_another_status(self) -> None:
        window = a_window_in_progress()

        update(window, at("02:30"), {CARRIER: Status.MAJOR_OUTAGE, IMPORT: Status.DEGRADED_PERFORMANCE})

        assert window.statuses == {CARRIER: Status.MAJOR_OUTAGE, IMPORT: Status.DEGRADED_PERFORMANCE}
        assert window.impact[CARRIER] == (
            span(Status.UNDER_MAINTENANCE, "02:00", "02:30"),
            span(Status.MAJOR_OUTAGE, "02:30"),
        )

    def test_lets_go_of_a_component_before_the_end(self) -> None:
        window = a_window_in_progress()

        update(window, at("02:30"), {CARRIER: Status.OPERATIONAL})

        assert window.impact == {CARRIER: (span(Status.UNDER_MAINTENANCE, "02:00", "02:30"),)}
        assert window.state is WindowState.IN_PROGRESS

    def test_that_is_late_keeps_what_happened_after_it(self) -> None:
        window = a_window_in_progress()
        update(window, at("03:00"), {CARRIER: Status.DEGRADED_PERFORMANCE})

        update(window, at("02:30"), {CARRIER: Status.MAJOR_OUTAGE}, recorded=at("03:10"))

        assert window.impact == {
            CARRIER: (
                span(Status.UNDER_MAINTENANCE, "02:00", "02:30"),
                span(Status.MAJOR_OUTAGE, "02:30", "03:00"),
                span(Status.DEGRADED_PERFORMANCE, "03:00"),
            )
        }

    def test_says_when_it_is_expected_to_be_over(self) -> None:
        window = a_window_in_progress()

        update(window, at("02:30"), expected_at=at("03:30"))

        entry = window.timeline[-1]
        assert (entry.what, entry.expected_at, entry.is_public) == (What.UPDATED, at("03:30"), True)
        assert window.next_due == at("04:00")

    def test_is_refused_if_the_end_is_expected_for_the_past(self) -> None:
        window = a_window_in_progress()

        with refused(window, UnknownMoment):
            update(window, at("02:30"), expected_at=at("02:30"))

    @pytest.mark.parametrize("given", [a_window, a_window_in_progress, a_window_being_verified])
    def test_is_possible_until_it_is_over(self, given: Given) -> None:
        window = given()
        state = window.state

        update(window, at("05:00"))

        assert recorded(window)[-1] == "maintenance_window.updated"
        assert window.state is state

    def test_may_be_of_the_moment_at_which_it_began(self) -> None:
        window = a_window_in_progress()

        update(window, at("02:00"), {CARRIER: Status.MAJOR_OUTAGE}, recorded=at("02:10"))

        assert window.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "02:00"),)}

    def test_for_operators_is_not_shown(self) -> None:
        window = a_window_in_progress()

        update(window, at("02:30"), internal=True)

        assert window.timeline[-1].internal
        assert not window.timeline[-1].is_public

    @pytest.mark.parametrize(("components", "expected_at"), [({CARRIER: Status.OPERATIONAL}, None), ({}, at("03:30"))])
    def test_for_operators_changes_nothing(self, components: dict[str, Status], expected_at: datetime | None) -> None:
        window = a_window_in_progress()

        with refused(window, InternalUpdateChangesNothing):
            update(window, at("02:30"), components, expected_at=expected_at, internal=True)

    def test_is_refused_if_a_component_is_said_to_be_unknown(self) -> None:
        window = a_window_in_progress()

        with refused(window, NoImpact, match=CARRIER):
            update(window, at("02:30"), {IMPORT: Status.PARTIAL_OUTAGE, CARRIER: Status.UNKNOWN})

    def test_of_components_is_refused_before_it_begins(self) -> None:
        window = a_window()

        with refused(window, NotYetBegun, match="its plan says what its components will carry"):
            update(window, at("01:00"), {CARRIER: Status.MAJOR_OUTAGE})

    @pytest.mark.parametrize(("given", "refusal"), OVER)
    def test_is_refused_once_it_is_over(self, given: Given, refusal: type[DomainError]) -> None:
        window = given()

        with refused(window, refusal):
            update(window, at("05:00"))

    @pytest.mark.parametrize(
        ("moment", "refusal"), [(at("02:00") - TICK, UnknownMoment), (at("03:00:05.000001"), InTheFuture)]
    )
    def test_is_refused_of_a_time_before_the_start_or_to_come(
        self, moment: datetime, refusal: type[DomainError]
    ) -> None:
        window = a_window_in_progress()

        with refused(window, refusal):
            update(window, moment, recorded=at("03:00"))


class TestExtension:
    def test_moves_the_end(self) -> None:
        window = a_window_in_progress()

        extend(window, at("03:00"), end=at("05:00"))
        handle_due(window, at("04:00"))

        assert recorded(window)[-1] == "maintenance_window.extended"
        assert (window.state, window.next_due) == (WindowState.IN_PROGRESS, at("05:00"))
        assert (window.timeline[-1].message, window.timeline[-1].ends_at) == (LATE, at("05:00"))
        assert window.revision == 1

    def test_lets_components_carry_their_status_to_the_new_end(self) -> None:
        window = a_window_in_progress()
        extend(window, at("03:00"), end=at("05:00"))

        let_time_pass(window, until=at("05:00"))

        assert window.impact == {CARRIER: (span(Status.UNDER_MAINTENANCE, "02:00", "05:00"),)}

    def test_of_one_that_is_verified_lets_it_go_on(self) -> None:
        window = a_window_being_verified()

        extend(window, at("04:10"), end=at("05:00"))

        assert (window.state, window.next_due) == (WindowState.IN_PROGRESS, at("05:00"))
        assert window.is_held
        let_time_pass(window, until=at("05:00"))
        assert [each.state for each in window.transitions][-3:] == ["verifying", "in_progress", "verifying"]

    @pytest.mark.parametrize("end", [at("04:00"), at("03:59"), at("02:00"), at("01:00")])
    def test_is_refused_if_the_end_would_not_be_later(self, end: datetime) -> None:
        window = a_window_in_progress()

        with refused(window, NotAnExtension, match="not after 2025-03-04T04:00"):
            extend(window, at("03:00"), end=end)

    @pytest.mark.parametrize("end", [at("04:20"), at("04:30")])
    def test_is_refused_into_the_past(self, end: datetime) -> None:
        window = a_window_being_verified()

        with refused(window, NotAnExtension, match="not after 2025-03-04T04:30"):
            extend(window, at("04:10"), end=end, recorded=at("04:30"))

    @pytest.mark.parametrize(("given", "refusal"), NOT_UNDER_WAY)
    def test_is_refused_unless_it_is_under_way(self, given: Given, refusal: type[DomainError]) -> None:
        window = given()

        with refused(window, refusal):
            extend(window, at("04:00"), end=at("05:00"))

    @pytest.mark.parametrize(
        ("moment", "refusal"), [(at("02:00") - TICK, UnknownMoment), (at("03:00:05.000001"), InTheFuture)]
    )
    def test_is_refused_of_a_time_before_the_start_or_to_come(
        self, moment: datetime, refusal: type[DomainError]
    ) -> None:
        window = a_window_in_progress()

        with refused(window, refusal):
            extend(window, moment, end=at("05:00"), recorded=at("03:00"))
