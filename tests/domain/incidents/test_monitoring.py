"""When an incident is in monitoring: because a person says that a fix is in, or because its signals have cleared."""

import pytest

from domain.impact import Status
from domain.incidents import Firing, Progress
from tests.domain.assertions import recorded
from tests.domain.builders import (
    CARRIER,
    CODE_CHANGE,
    IMPORT,
    TRACKING,
    a_declared_incident,
    a_firing,
    a_public_incident,
    an_incident_in_monitoring,
    at,
    clear,
    fire,
    in_english,
    let_time_pass,
    span,
    update,
)


class TestMonitoringByPolicy:
    def test_begins_once_all_signals_are_clear_past_the_grace(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        clear(incident, at("11:40"))

        let_time_pass(incident, until=at("11:41:59.999999"))
        assert recorded(incident)[-1] == "incident.signal_cleared"

        let_time_pass(incident, until=at("11:42"))
        assert recorded(incident)[-1] == "incident.monitoring_began"
        assert incident.progress is Progress.MONITORING
        assert incident.monitoring_since == at("11:42")

    def test_says_so_in_the_timeline(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        clear(incident, at("11:40"))

        let_time_pass(incident, until=at("11:42"))

        assert incident.timeline[-1].message == in_english("monitoring: carrier-a major_outage")
        assert incident.timeline[-1].progress is Progress.MONITORING
        assert incident.timeline[-1].by_policy
        assert incident.timeline[-1].is_public

    def test_changes_no_status(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        clear(incident, at("11:40"))

        let_time_pass(incident, until=at("11:42"))

        assert incident.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "10:00"),)}

    def test_waits_for_the_last_signal(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        fire(incident, at("10:40"), a_firing(TRACKING, component=IMPORT))
        clear(incident, at("11:00"))
        assert incident.next_due is None

        clear(incident, at("11:10"), TRACKING)

        assert incident.next_due == at("11:12")

    def test_waits_while_the_gap_is_shorter_than_the_grace(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        clear(incident, at("11:00"))
        let_time_pass(incident, until=at("11:01:59.999999"))

        fire(incident, at("11:01:59.999999"))

        assert incident.next_due is None
        assert recorded(incident)[-1] == "incident.signal_fired"

    def test_follows_from_any_state_that_a_person_named(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("10:50"), Progress.IDENTIFIED)
        clear(incident, at("11:00"))

        let_time_pass(incident, until=at("11:02"))

        assert incident.progress is Progress.MONITORING

    def test_is_not_said_a_second_time_when_a_person_said_it_before(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        let_time_pass(incident, until=at("11:15"))

        assert "incident.monitoring_began" not in recorded(incident)

    def test_is_not_said_again_when_a_person_goes_back(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        clear(incident, at("11:00"))
        let_time_pass(incident, until=at("11:02"))

        update(incident, at("11:05"), Progress.IDENTIFIED)

        assert incident.next_due is None

    def test_never_touches_a_declared_incident(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        fire(incident, at("10:01"))

        clear(incident, at("11:00"))

        assert incident.next_due is None

    def test_follows_a_late_clear_at_the_moment_it_names(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        clear(incident, at("10:20"), recorded=at("10:35"))
        let_time_pass(incident, until=at("10:35"))

        assert "incident.dismissed" not in recorded(incident)
        assert incident.timeline[1].progress is Progress.MONITORING
        assert incident.timeline[1].occurred_at == at("10:22")


class TestFiringDuringMonitoring:
    @pytest.mark.parametrize("firing", [a_firing(), a_firing(TRACKING, component=IMPORT), CODE_CHANGE])
    def test_sends_it_back_to_identified(self, firing: Firing) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        fire(incident, at("11:13"), firing)

        assert recorded(incident)[-2:] == ["incident.signal_fired", "incident.fired_again"]
        assert incident.progress is Progress.IDENTIFIED
        assert incident.next_due is None

    def test_says_so_in_the_timeline(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        fire(incident, at("11:13"))

        assert incident.timeline[-1].message == in_english("fired_again: carrier-a major_outage")
        assert incident.timeline[-1].by_policy

    def test_lets_the_ten_minutes_begin_anew(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))
        fire(incident, at("11:13"))
        clear(incident, at("11:19"))

        update(incident, at("11:20"), Progress.MONITORING)

        assert incident.next_due == at("11:30:00.000001")

    def test_leads_back_to_monitoring_by_policy(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))
        fire(incident, at("11:13"))

        clear(incident, at("11:19"))

        assert incident.next_due == at("11:21")
        let_time_pass(incident, until=at("11:21"))
        assert incident.next_due == at("11:31:00.000001")

    def test_sends_back_what_a_policy_said(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        clear(incident, at("11:00"))
        let_time_pass(incident, until=at("11:02"))

        fire(incident, at("11:11:59.999999"))

        assert incident.progress is Progress.IDENTIFIED
        assert incident.next_due is None

    def test_sends_back_a_declared_incident(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        update(incident, at("10:10"), Progress.MONITORING)

        fire(incident, at("10:11"))

        assert incident.progress is Progress.IDENTIFIED

    @pytest.mark.parametrize("progress", [Progress.INVESTIGATING, Progress.IDENTIFIED])
    def test_changes_no_other_state(self, progress: Progress) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("10:50"), progress)

        fire(incident, at("11:00"), a_firing(TRACKING))

        assert recorded(incident)[-1] == "incident.signal_fired"
        assert incident.progress is progress
