"""An incident begins as a detection, private until published, and further signals join it."""

from datetime import timedelta
from uuid import UUID

from domain.impact import Status
from domain.incidents import Incident, Progress, Standing
from tests.domain.assertions import recorded
from tests.domain.builders import (
    CARRIER,
    CODE_CHANGE,
    IMPORT,
    POLICY,
    TICK,
    TRACKING,
    a_declared_incident,
    a_detection,
    a_dismissed_incident,
    a_firing,
    a_public_incident,
    a_relapse,
    a_resolved_incident,
    a_withdrawn_incident,
    at,
    clear,
    fire,
    let_time_pass,
    span,
    the_alerts,
)

DAY = timedelta(hours=24)


class TestDetection:
    def test_is_private(self) -> None:
        incident = a_detection(since=at("10:00"))

        assert not incident.is_public
        assert incident.is_automatic
        assert incident.standing is Standing.OPEN
        assert incident.progress is Progress.INVESTIGATING
        assert recorded(incident) == ["incident.detected"]

    def test_has_nothing_to_read_yet(self) -> None:
        incident = a_detection(since=at("10:00"))

        assert (incident.title, incident.message, incident.timeline) == ({}, {}, ())

    def test_begins_when_the_signal_fired_not_when_it_was_recorded(self) -> None:
        incident = Incident.detect(
            id=UUID(int=1), firing=a_firing(), policy=POLICY, provenance=the_alerts(at("10:00"), at("10:04"))
        )

        assert incident.started_at == at("10:00")
        assert incident.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "10:00"),)}
        assert incident.next_due == at("10:30:00.000001")

    def test_takes_the_cause_from_the_signal(self) -> None:
        assert a_detection(since=at("10:00")).cause is None
        assert a_detection(since=at("10:00"), firing=CODE_CHANGE).cause is CODE_CHANGE.cause

    def test_is_joined_by_another_signal(self) -> None:
        incident = a_detection(since=at("10:00"))

        fire(incident, at("10:05"), a_firing(TRACKING))

        assert recorded(incident) == ["incident.detected", "incident.signal_fired"]
        assert len(incident.signals.firing) == 2
        assert incident.started_at == at("10:00")

    def test_began_earlier_if_a_signal_that_joins_fired_earlier(self) -> None:
        incident = a_detection(since=at("10:10"))

        fire(incident, at("10:00"), a_firing(TRACKING), recorded=at("10:12"))

        assert incident.started_at == at("10:00")
        assert incident.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "10:00"),)}

    def test_is_found_by_its_component(self) -> None:
        assert a_detection(since=at("10:00")).handles == {f"open:{CARRIER}": at("10:00")}

    def test_is_found_by_every_component_that_was_hit(self) -> None:
        incident = a_detection(since=at("10:00"))

        fire(incident, at("10:05"), a_firing(TRACKING, component=IMPORT))

        assert incident.handles == {f"open:{CARRIER}": at("10:00"), f"open:{IMPORT}": at("10:00")}


class TestClearing:
    def test_of_an_unknown_signal_changes_nothing(self) -> None:
        incident = a_detection(since=at("10:00"))

        clear(incident, at("10:05"), TRACKING)

        assert recorded(incident) == ["incident.detected"]

    def test_while_clear_changes_nothing(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:05"))

        clear(incident, at("10:06"))

        assert recorded(incident) == ["incident.detected", "incident.signal_cleared"]
        assert incident.next_due == at("10:07")

    def test_of_one_of_two_signals_leaves_the_other_firing(self) -> None:
        incident = a_detection(since=at("10:00"))
        fire(incident, at("10:01"), a_firing(TRACKING))

        clear(incident, at("10:02"))

        assert not incident.signals.all_clear
        assert incident.next_due == at("10:30:00.000001")


class TestJoining:
    def test_an_open_incident_is_always_possible(self) -> None:
        for incident in (
            a_detection(since=at("10:00")),
            a_public_incident(since=at("10:00")),
            a_declared_incident(since=at("10:00")),
            a_declared_incident(since=at("10:00"), public=False),
        ):
            assert incident.takes(at("10:00") + 9 * DAY, POLICY)

    def test_a_resolved_incident_is_possible_for_less_than_a_day(self) -> None:
        incident = a_resolved_incident(since=at("12:00"))

        assert incident.takes(at("12:00") + DAY - TICK, POLICY)
        assert not incident.takes(at("12:00") + DAY, POLICY)

    def test_a_relapse_is_possible_though_the_day_is_over(self) -> None:
        incident = a_relapse(since=at("12:00"))

        assert incident.takes(at("12:00") + DAY, POLICY)

    def test_a_relapse_that_has_ended_counts_the_day_from_the_resolution(self) -> None:
        incident = a_relapse(since=at("12:00"))
        clear(incident, at("12:01"))
        let_time_pass(incident, until=at("12:10"))

        assert incident.ended_at == at("11:30")
        assert incident.takes(at("11:30") + DAY - TICK, POLICY)
        assert not incident.takes(at("11:30") + DAY, POLICY)

    def test_a_dismissed_or_withdrawn_incident_is_not_possible(self) -> None:
        for incident in (a_dismissed_incident(since=at("12:00")), a_withdrawn_incident(since=at("12:00"))):
            assert not incident.takes(at("12:00:01"), POLICY)
            assert incident.handles == {}

    def test_looks_for_a_resolved_incident_by_the_moment_of_its_resolution(self) -> None:
        assert a_resolved_incident(since=at("12:00")).handles == {f"resolved:{CARRIER}": at("12:00")}
