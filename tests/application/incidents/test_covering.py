"""A signal that fires inside a window that covers its component counts from the end of that window."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from application.incidents.signal_intake import SignalOutcome as Told
from application.incidents.signal_intake import SignalResult
from domain.impact import Status
from domain.incidents import Incident, Standing
from domain.incidents.signal import SignalCause
from domain.maintenance import MaintenanceWindow
from tests.application.program import IMPORTS, LABELS, MINUTE, TICK, Program, at
from tests.application.window_steps import Maintenance


@pytest.fixture
def program(program: Program) -> Program:
    """A program with two components, at ten o'clock."""
    program.register(LABELS)
    program.register(IMPORTS)
    return program


@pytest.fixture
def maintenance(program: Program) -> Maintenance:
    """The windows of the program."""
    return Maintenance(program)


@pytest.fixture
def window(maintenance: Maintenance) -> UUID:
    """A window that covers labels from 10:10 to 11:00."""
    return maintenance.plan(at("10:10"), at("11:00"), {}, covers=(LABELS,))


class TestCoveredSignal:
    def test_is_recorded_and_counts_from_the_end_of_the_window(self, program: Program, window: UUID) -> None:
        taken = fire(program, at("10:20"))

        assert taken.outcome is Told.DETECTED
        assert program.incident(taken.incident).next_due == at("11:30") + TICK
        program.let_time_pass(at("11:30"))
        assert not program.incident(taken.incident).is_public
        program.let_time_pass(at("11:40"))
        published = program.incident(taken.incident)
        assert (published.published_at, published.started_at) == (at("11:30") + TICK, at("10:20"))
        assert covered_by(program, taken.incident) == [(window, at("11:00"))]

    @pytest.mark.parametrize("moment", ["10:09", "11:00"])
    @pytest.mark.usefixtures("window")
    def test_is_none_outside_the_window(self, program: Program, moment: str) -> None:
        taken = fire(program, at(moment))

        assert program.incident(taken.incident).next_due == at(moment) + 30 * MINUTE + TICK
        assert covered_by(program, taken.incident) == []

    def test_is_one_from_its_first_moment_on(self, program: Program, window: UUID) -> None:
        assert covered_by(program, fire(program, at("10:10")).incident) == [(window, at("11:00"))]

    @pytest.mark.usefixtures("window")
    def test_is_none_on_another_component(self, program: Program) -> None:
        taken = fire(program, at("10:20"), component=IMPORTS)

        assert program.incident(taken.incident).next_due == at("10:50") + TICK

    @pytest.mark.usefixtures("window")
    def test_of_a_code_change_is_published_at_once(self, program: Program) -> None:
        program.let_time_pass(at("10:20"))

        taken = program.fire(cause=SignalCause.CODE_CHANGE)

        assert program.incident(taken.incident).published_at == at("10:20")

    @pytest.mark.usefixtures("window")
    def test_is_published_at_once_by_a_code_change_that_joins(self, program: Program) -> None:
        taken = fire(program, at("10:20"))

        program.fire("f2", cause=SignalCause.CODE_CHANGE)

        assert program.incident(taken.incident).published_at == at("10:20")

    @pytest.mark.usefixtures("window")
    def test_that_clears_past_the_grace_is_dismissed_as_ever(self, program: Program) -> None:
        taken = fire(program, at("10:20"))
        program.clock.show(at("10:25"))
        program.clear()

        program.let_time_pass(at("12:00"))

        dismissed = program.incident(taken.incident)
        assert (dismissed.standing, dismissed.ended_at) == (Standing.DISMISSED, at("10:27"))

    @pytest.mark.usefixtures("window")
    def test_stays_covered_over_a_gap_shorter_than_the_grace(self, program: Program) -> None:
        taken = fire(program, at("10:20"))
        program.clock.show(at("10:59"))
        program.clear()
        program.clock.show(at("11:00") + MINUTE / 2)
        program.fire()

        assert program.incident(taken.incident).next_due == at("11:30") + TICK

    @pytest.mark.usefixtures("window")
    def test_begins_to_count_anew_when_it_fires_after_the_window(self, program: Program) -> None:
        first = fire(program, at("10:20")).incident
        program.clock.show(at("10:30"))
        program.clear()
        second = fire(program, at("11:05")).incident

        assert first != second
        assert program.incident(second).next_due == at("11:35") + TICK
        assert covered_by(program, second) == []

    def test_of_a_relapse_counts_from_the_end_as_well(self, program: Program, maintenance: Maintenance) -> None:
        incident = program.fire().incident
        assert incident is not None
        program.publish(incident)
        program.clear()
        program.resolve(incident)
        maintenance.plan(at("10:10"), at("11:00"), {}, covers=(LABELS,))

        taken = fire(program, at("10:20"), "f2")
        assert (taken.outcome, taken.incident) == (Told.RELAPSED, incident)
        program.let_time_pass(at("12:00"))

        reopened = [event for event in program.events() if isinstance(event, Incident.Reopened)]
        assert [event.provenance.occurred_at for event in reopened] == [at("11:30") + TICK]

    @pytest.mark.usefixtures("window")
    def test_that_joins_what_began_before_the_window_changes_nothing(self, program: Program) -> None:
        taken = fire(program, at("10:05"))

        fire(program, at("10:20"), "f2")

        assert program.incident(taken.incident).next_due == at("10:35") + TICK

    @pytest.mark.usefixtures("window")
    def test_is_none_once_it_is_heard_that_the_problem_began_before_the_window(self, program: Program) -> None:
        taken = fire(program, at("10:20"))

        program.fire("f2", occurred_at=at("10:05"))

        assert program.incident(taken.incident).next_due == at("10:35") + TICK

    def test_waits_for_the_last_of_two_windows_that_cover_it(self, program: Program, maintenance: Maintenance) -> None:
        maintenance.plan(at("10:10"), at("11:00"), {}, covers=(LABELS,), title="one")
        later = maintenance.plan(at("10:15"), at("12:00"), {}, covers=(LABELS, IMPORTS), title="other")

        taken = fire(program, at("10:20"))

        assert covered_by(program, taken.incident) == [(later, at("12:00"))]

    def test_waits_for_the_other_window_when_that_is_extended_beyond(
        self, program: Program, maintenance: Maintenance
    ) -> None:
        one = maintenance.plan(at("10:10"), at("11:00"), {}, covers=(LABELS,), title="one")
        maintenance.plan(at("10:15"), at("12:00"), {}, covers=(LABELS,), title="other")
        taken = fire(program, at("10:20"))

        maintenance.extend(one, 120 * MINUTE)

        assert program.incident(taken.incident).next_due == at("13:30") + TICK

    def test_waits_for_the_other_window_when_its_own_is_over_early(
        self, program: Program, maintenance: Maintenance
    ) -> None:
        maintenance.plan(at("10:10"), at("11:00"), {}, covers=(LABELS,), title="one")
        later = maintenance.plan(at("10:15"), at("12:00"), {}, covers=(LABELS,), title="other")
        taken = fire(program, at("10:20"))

        maintenance.complete(later)

        assert program.incident(taken.incident).next_due == at("11:30") + TICK

    @pytest.mark.usefixtures("window")
    def test_can_be_published_by_a_person_meanwhile(self, program: Program) -> None:
        taken = fire(program, at("10:20"))
        assert taken.incident is not None

        program.publish(taken.incident)
        program.let_time_pass(at("12:00"))

        assert program.incident(taken.incident).published_at == at("10:20")

    @pytest.mark.usefixtures("window")
    def test_shows_operators_at_once_what_is_wrong(self, program: Program) -> None:
        taken = fire(program, at("10:20"))

        assert program.incident(taken.incident).statuses == {LABELS: Status.MAJOR_OUTAGE}


class TestUncoveredSignal:
    def test_that_goes_on_is_not_covered_by_what_joins_it(self, program: Program, maintenance: Maintenance) -> None:
        maintenance.plan(at("10:10"), at("12:00"), {}, covers=(IMPORTS,))
        incident = an_incident_of_both(program, LABELS)

        joined = fire(program, at("10:25"), "f2", component=IMPORTS)

        assert joined.incident == incident
        assert program.incident(incident).next_due == at("10:50") + TICK

    def test_that_joins_counts_from_its_own_first_moment(self, program: Program, maintenance: Maintenance) -> None:
        maintenance.plan(at("10:10"), at("12:00"), {}, covers=(IMPORTS,))
        incident = an_incident_of_both(program, IMPORTS)
        assert program.incident(incident).next_due == at("12:30") + TICK

        joined = fire(program, at("10:25"), "f2", component=LABELS)

        assert joined.incident == incident
        assert program.incident(incident).next_due == at("10:55") + TICK


class TestCoveringWindow:
    def test_that_is_extended_moves_what_it_covers(
        self, program: Program, maintenance: Maintenance, window: UUID
    ) -> None:
        taken = fire(program, at("10:20"))
        program.clock.show(at("10:50"))

        maintenance.extend(window, 30 * MINUTE)

        assert covered_by(program, taken.incident) == [(window, at("11:00")), (window, at("11:30"))]
        assert program.incident(taken.incident).next_due == at("12:00") + TICK
        program.let_time_pass(at("13:00"))
        assert program.incident(taken.incident).published_at == at("12:00") + TICK

    def test_that_is_completed_early_moves_what_it_covers(
        self, program: Program, maintenance: Maintenance, window: UUID
    ) -> None:
        taken = fire(program, at("10:20"))
        program.clock.show(at("10:40"))

        maintenance.complete(window)

        assert program.incident(taken.incident).next_due == at("11:10") + TICK
        assert fire(program, at("10:45"), "f2").incident == taken.incident
        program.let_time_pass(at("12:00"))
        assert program.incident(taken.incident).published_at == at("11:10") + TICK

    def test_that_was_completed_earlier_than_is_told_publishes_what_was_due(
        self, program: Program, maintenance: Maintenance, window: UUID
    ) -> None:
        taken = fire(program, at("10:15"))
        program.clock.show(at("10:58"))

        maintenance.complete(window, occurred_at=at("10:20"))

        assert program.incident(taken.incident).published_at == at("10:50") + TICK
        assert program.events()[-1].provenance.recorded_at == at("10:58")

    def test_that_is_held_lets_nothing_count_before_a_person_completes_it(
        self, program: Program, maintenance: Maintenance, window: UUID
    ) -> None:
        maintenance.hold(window)
        taken = fire(program, at("10:20"))
        program.let_time_pass(at("11:20"))
        assert program.incident(taken.incident).next_due is None
        late = fire(program, at("11:25"), "f2")
        program.let_time_pass(at("14:00"))
        assert not program.incident(taken.incident).is_public

        maintenance.complete(window)

        assert late.incident == taken.incident
        assert program.incident(taken.incident).next_due == at("14:30") + TICK
        ends = [until for _, until in covered_by(program, taken.incident)]
        assert ends == [at("11:00"), None, at("14:00")]

    def test_that_is_verified_and_then_extended_has_an_end_again(
        self, program: Program, maintenance: Maintenance, window: UUID
    ) -> None:
        maintenance.hold(window)
        taken = fire(program, at("10:20"))
        program.let_time_pass(at("11:20"))

        maintenance.extend(window, 60 * MINUTE)

        assert program.incident(taken.incident).next_due == at("12:30") + TICK

    def test_that_is_over_covers_what_is_heard_of_late(
        self, program: Program, maintenance: Maintenance, window: UUID
    ) -> None:
        program.let_time_pass(at("10:40"))
        maintenance.complete(window)
        program.clock.show(at("11:00"))

        inside = program.fire("f1", occurred_at=at("10:39"))
        outside = program.fire("f2", component=IMPORTS, occurred_at=at("10:39"))

        assert program.incident(inside.incident).next_due == at("11:10") + TICK
        assert program.incident(outside.incident).next_due == at("11:09") + TICK

    def test_that_is_over_covers_nothing_after_its_real_end(
        self, program: Program, maintenance: Maintenance, window: UUID
    ) -> None:
        program.let_time_pass(at("10:40"))
        maintenance.complete(window)
        program.clock.show(at("11:00"))

        taken = program.fire(occurred_at=at("10:40"))

        assert covered_by(program, taken.incident) == []

    @pytest.mark.usefixtures("window")
    def test_that_nobody_saw_begin_and_end_covers_what_is_heard_of_late(self, program: Program) -> None:
        program.clock.show(at("12:00"))

        taken = program.fire(occurred_at=at("10:20"))

        assert program.incident(taken.incident).published_at == at("11:30") + TICK

    def test_that_is_cancelled_covers_nothing(self, program: Program, maintenance: Maintenance, window: UUID) -> None:
        maintenance.cancel(window)

        assert covered_by(program, fire(program, at("10:20")).incident) == []

    def test_that_begins_early_covers_from_then_on(
        self, program: Program, maintenance: Maintenance, window: UUID
    ) -> None:
        maintenance.start(window)

        assert program.incident(program.fire().incident).next_due == at("11:30") + TICK

    def test_covers_what_fired_before_its_start_was_told_of(
        self, program: Program, maintenance: Maintenance, window: UUID
    ) -> None:
        taken = fire(program, at("10:05"))
        program.clock.show(at("10:08"))

        maintenance.start(window, occurred_at=at("10:04"))

        assert program.incident(taken.incident).next_due == at("11:30") + TICK

    def test_lets_each_of_many_incidents_know_its_end(self, program: Program, maintenance: Maintenance) -> None:
        keys = [f"c{number:02}" for number in range(30)]
        for key in keys:
            program.register(key)
        many = maintenance.plan(at("10:10"), at("11:00"), {}, covers=tuple(keys))
        program.let_time_pass(at("10:20"))
        taken = [program.fire(f"of {key}", component=key) for key in keys]

        maintenance.extend(many, 60 * MINUTE)

        assert {program.incident(each.incident).next_due for each in taken} == {at("12:30") + TICK}

    def test_is_touched_by_no_signal_and_touches_no_published_incident(
        self, program: Program, maintenance: Maintenance, window: UUID
    ) -> None:
        shows = maintenance.plan(at("10:10"), at("11:00"), {LABELS: Status.PARTIAL_OUTAGE}, title="other")
        declared = program.declare({LABELS: Status.DEGRADED_PERFORMANCE})
        before = [version(program, id) for id in (window, shows)]
        fire(program, at("10:05"), component=IMPORTS)
        program.clear()
        assert [version(program, id) for id in (window, shows)] == before
        program.let_time_pass(at("10:30"))
        during = [version(program, id) for id in (window, shows)]
        program.fire("f2")
        program.clear("f2")

        assert [version(program, id) for id in (window, shows)] == during
        assert maintenance.window(shows).statuses == {LABELS: Status.PARTIAL_OUTAGE}
        count = program.incident(declared).version
        program.let_time_pass(at("12:00"))
        assert program.incident(declared).version == count


def fire(program: Program, moment: datetime, name: str = "f1", *, component: str = LABELS) -> SignalResult:
    """Let time pass until a signal fires."""
    program.clock.show(moment)
    return program.fire(name, component=component)


def covered_by(program: Program, incident: UUID | None) -> list[tuple[UUID, datetime | None]]:
    """Give the windows that are said to cover an incident, with their ends, in order."""
    events = [event for event in program.events() if isinstance(event, Incident.Covered)]
    return [(event.window, event.until) for event in events if event.originator_id == incident]


def an_incident_of_both(program: Program, first: str) -> UUID:
    """Let a signal fire at 10:20, and let Ana say that the other component is affected as well."""
    incident = fire(program, at("10:20"), component=first).incident
    assert incident is not None
    other = IMPORTS if first == LABELS else LABELS
    program.update(incident, components={other: Status.DEGRADED_PERFORMANCE})
    return incident


def version(program: Program, window: UUID) -> int:
    """Give the version of a window."""
    return program.rebuilt(MaintenanceWindow, window).version
