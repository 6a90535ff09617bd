"""What is said of a window can be revised, and before it begins it can be moved."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.errors import DomainError, EndsBeforeItBegins, InTheFuture, NoImpact
from domain.impact import Status
from domain.maintenance import LocalTime, MaintenanceWindow, Plan
from domain.maintenance.errors import AlreadyBegun
from tests.domain.assertions import happened, recorded, refused
from tests.domain.builders import CARRIER, IMPORT, ana, at, in_english
from tests.domain.window_builders import (
    A_DAY_BEFORE,
    AN_HOUR_BEFORE,
    BEGUN_OR_OVER,
    LATE,
    OVER,
    Given,
    a_plan,
    a_timetable,
    a_window,
    a_window_being_verified,
    a_window_in_progress,
    handle_due,
    let_time_pass,
    reschedule,
    revise,
    start,
)

HOUR = timedelta(hours=1)


class TestRevision:
    """Other words, markets, components or reminders, but not other times."""

    def test_changes_what_is_said(self) -> None:
        window = a_window()

        revise(window, at("00:00"))

        assert recorded(window)[-1] == "maintenance_window.revised"
        assert window.plan.title == in_english("A great upgrade")
        assert (window.revision, len(window.timeline)) == (1, 1)

    def test_that_changes_nothing_is_none(self) -> None:
        window = a_window()

        revise(window, at("00:00"), window.plan)

        assert recorded(window) == ["maintenance_window.planned"]

    def test_changes_for_which_markets_times_are_shown(self) -> None:
        window = a_window()
        local = LocalTime(market="PL", zone="Europe/Warsaw", start="2025-03-04T03:00+01:00", end="...")

        revise(window, at("00:00"), window.plan, replace(window.timetable, local_times=(local,)))

        assert window.timetable.local_times == (local,)

    def test_of_reminders_forgets_those_of_before(self) -> None:
        window = a_window()

        revise(window, at("00:00"), replace(window.plan, remind_before=(3 * HOUR, HOUR / 2)))

        assert window.reminders == (at("01:30"),)
        handle_due(window, AN_HOUR_BEFORE)
        assert recorded(window)[-1] == "maintenance_window.revised"

    def test_of_words_alone_reminds_no_second_time(self) -> None:
        window = a_window()
        let_time_pass(window, until=AN_HOUR_BEFORE)

        revise(window, at("01:30"))

        assert (window.reminders, window.next_due) == ((), at("02:00"))

    def test_of_reminders_of_one_that_began_early_reminds_nobody(self) -> None:
        window = a_window()
        start(window, at("00:10"))

        revise(window, at("00:20"), replace(window.plan, remind_before=(HOUR / 2,)))

        assert window.reminders == ()

    def test_names_other_components_before_it_begins(self) -> None:
        window = a_window()

        revise(window, at("00:00"), a_plan(components={IMPORT: Status.PARTIAL_OUTAGE}, covers=(IMPORT,)))
        let_time_pass(window, until=at("02:00"))

        assert window.statuses == {IMPORT: Status.PARTIAL_OUTAGE}
        assert window.covers(IMPORT, at("02:00"))

    @pytest.mark.parametrize("given", [a_window_in_progress, a_window_being_verified])
    def test_changes_words_while_it_goes_on(self, given: Given) -> None:
        window = given()

        revise(window, at("04:00"))

        assert window.plan.title == in_english("A great upgrade")

    @pytest.mark.parametrize(
        "plan", [a_plan(components={IMPORT: Status.PARTIAL_OUTAGE}), a_plan(components={}), a_plan(covers=(CARRIER,))]
    )
    def test_names_no_other_components_after_it_began(self, plan: Plan) -> None:
        window = a_window_in_progress()

        with refused(window, AlreadyBegun, match="an update changes what its components carry"):
            revise(window, at("02:30"), plan)

    def test_may_name_those_that_it_covers_in_another_order(self) -> None:
        window = a_window(plan=a_plan(covers=(CARRIER, IMPORT)))
        let_time_pass(window, until=at("02:00"))

        revise(window, at("02:30"), a_plan(covers=(IMPORT, CARRIER)))

        assert recorded(window)[-1] == "maintenance_window.started"

    @pytest.mark.parametrize("status", [Status.OPERATIONAL, Status.UNKNOWN])
    def test_is_refused_if_a_component_would_carry_nothing(self, status: Status) -> None:
        window = a_window()

        with refused(window, NoImpact):
            revise(window, at("00:00"), a_plan(components={CARRIER: status}))

    @pytest.mark.parametrize(("given", "refusal"), OVER)
    def test_is_refused_once_it_is_over(self, given: Given, refusal: type[DomainError]) -> None:
        window = given()

        with refused(window, refusal):
            revise(window, at("05:00"))


class TestRescheduling:
    later = a_timetable("06:00", "07:00")

    def test_makes_a_new_revision(self) -> None:
        window = a_window()

        reschedule(window, at("00:00"), self.later)

        assert recorded(window)[-1] == "maintenance_window.rescheduled"
        assert (window.revision, window.timetable) == (2, self.later)
        assert window.timeline[-1].message == LATE
        assert (window.timeline[-1].starts_at, window.timeline[0].starts_at) == (at("06:00"), at("02:00"))

    def test_reminds_by_the_new_times(self) -> None:
        window = a_window()

        reschedule(window, at("00:00"), self.later)

        assert window.reminders == (at("05:00"),)
        let_time_pass(window, until=at("05:00"))
        assert (window.reminded[-1].before, window.reminded[-1].due) == (HOUR, at("05:00"))
        reminded = happened(window)[-1]
        assert isinstance(reminded, MaintenanceWindow.Reminded)
        assert reminded.revision == 2

    @pytest.mark.parametrize("moment", [A_DAY_BEFORE, AN_HOUR_BEFORE, at("02:00"), at("04:00")])
    def test_leaves_nothing_to_be_done_at_the_old_times(self, moment: datetime) -> None:
        window = a_window()
        reschedule(window, A_DAY_BEFORE - HOUR, self.later)
        before = recorded(window)

        handle_due(window, moment)

        assert recorded(window) == before

    def test_may_move_it_to_an_earlier_time(self) -> None:
        window = a_window()

        reschedule(window, at("00:00"), a_timetable("00:30", "00:45"))

        assert (window.reminders, window.next_due) == ((), at("00:30"))

    def test_to_a_start_that_is_past_lets_it_begin_then_also_before_it_was_reminded_of(self) -> None:
        window = a_window()
        let_time_pass(window, until=AN_HOUR_BEFORE)

        reschedule(window, at("01:30"), a_timetable("00:30", "03:00"))
        handle_due(window, at("00:30"), recorded=at("01:30"))

        reminded, _, started = happened(window)[-3:]
        assert (reminded.provenance.occurred_at, started.provenance.occurred_at) == (AN_HOUR_BEFORE, at("00:30"))
        assert recorded(window)[-1] == "maintenance_window.started"

    def test_of_a_private_window_reminds_nobody(self) -> None:
        window = a_window(announced=False)

        reschedule(window, at("00:00"), self.later)

        assert window.next_due == at("06:00")
        assert not window.timeline[-1].is_public

    @pytest.mark.parametrize("end", ["06:00", "05:00"])
    def test_is_refused_if_it_would_end_before_it_begins(self, end: str) -> None:
        window = a_window()

        with refused(window, EndsBeforeItBegins):
            reschedule(window, at("00:00"), a_timetable("06:00", end))

    @pytest.mark.parametrize(("given", "refusal"), BEGUN_OR_OVER)
    def test_is_refused_once_it_began(self, given: Given, refusal: type[DomainError]) -> None:
        window = given()

        with refused(window, refusal):
            reschedule(window, at("04:00"), self.later)

    def test_is_refused_in_the_future(self) -> None:
        window = a_window()

        with refused(window, InTheFuture):
            window.reschedule(
                timetable=a_timetable("06:00", "07:00"),
                message=None,
                reason=None,
                provenance=ana(at("00:00:05.000001"), at("00:00")),
            )
