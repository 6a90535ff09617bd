"""Which status an incident gives to which component, from when until when."""

import pytest

from domain.impact import Level, Status, level, worst
from domain.incidents import Firing, Incident
from tests.domain.assertions import recorded, shown
from tests.domain.builders import (
    CARRIER,
    IMPORT,
    TICK,
    TRACKING,
    a_declared_incident,
    a_detection,
    a_firing,
    a_public_incident,
    an_incident_in_monitoring,
    at,
    clear,
    dismiss,
    fire,
    let_time_pass,
    resolve,
    span,
    update,
    withdraw,
)

DEGRADED = a_firing("slow", status=Status.DEGRADED_PERFORMANCE)
PARTIAL = a_firing("half", status=Status.PARTIAL_OUTAGE)
MAJOR = a_firing("down", status=Status.MAJOR_OUTAGE)


def a_partial_detection() -> Incident:
    return a_detection(since=at("10:00"), firing=PARTIAL)


class TestImpact:
    def test_begins_at_detection(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        assert incident.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "10:00"),)}

    def test_is_half_open(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        resolve(incident, at("11:00"), override_reason="done")
        (spans,) = incident.impact.values()

        assert shown(spans, at("10:00") - TICK) is Status.OPERATIONAL
        assert shown(spans, at("10:00")) is Status.MAJOR_OUTAGE
        assert shown(spans, at("11:00") - TICK) is Status.MAJOR_OUTAGE
        assert shown(spans, at("11:00")) is Status.OPERATIONAL

    def test_is_not_changed_by_clearing(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        before = incident.impact

        clear(incident, at("11:04"))

        assert incident.impact == before

    def test_holds_until_the_incident_resolves(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))
        let_time_pass(incident, until=at("11:15"))
        assert incident.statuses == {CARRIER: Status.MAJOR_OUTAGE}

        let_time_pass(incident, until=at("11:15:00.000001"))

        assert incident.statuses == {}
        assert incident.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "10:00", "11:15:00.000001"),)}

    def test_is_raised_by_a_worse_signal(self) -> None:
        incident = a_partial_detection()

        fire(incident, at("10:10"), MAJOR)

        assert incident.impact == {
            CARRIER: (span(Status.PARTIAL_OUTAGE, "10:00", "10:10"), span(Status.MAJOR_OUTAGE, "10:10"))
        }

    @pytest.mark.parametrize("firing", [PARTIAL, DEGRADED, a_firing("news", status=Status.OPERATIONAL)])
    def test_is_not_lowered_by_a_signal(self, firing: Firing) -> None:
        incident = a_partial_detection()

        fire(incident, at("10:10"), firing)

        assert incident.impact == {CARRIER: (span(Status.PARTIAL_OUTAGE, "10:00"),)}

    def test_is_not_lowered_when_the_worse_of_two_signals_clears(self) -> None:
        incident = a_partial_detection()
        fire(incident, at("10:10"), MAJOR)

        clear(incident, at("10:20"), "down")

        assert incident.statuses == {CARRIER: Status.MAJOR_OUTAGE}

    def test_is_raised_from_an_earlier_moment_by_a_late_firing(self) -> None:
        incident = a_detection(since=at("10:10"), firing=PARTIAL)

        fire(incident, at("10:00"), DEGRADED, recorded=at("10:15"))

        assert incident.impact == {
            CARRIER: (span(Status.DEGRADED_PERFORMANCE, "10:00", "10:10"), span(Status.PARTIAL_OUTAGE, "10:10"))
        }

    def test_is_lowered_by_a_person(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        update(incident, at("10:50"), components={CARRIER: Status.DEGRADED_PERFORMANCE})

        assert incident.impact == {
            CARRIER: (span(Status.MAJOR_OUTAGE, "10:00", "10:50"), span(Status.DEGRADED_PERFORMANCE, "10:50"))
        }

    def test_that_a_person_lowered_is_raised_again_by_a_signal_that_fires_anew(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("10:50"), components={CARRIER: Status.DEGRADED_PERFORMANCE})

        fire(incident, at("11:00"), a_firing(TRACKING, status=Status.PARTIAL_OUTAGE))

        assert incident.statuses == {CARRIER: Status.PARTIAL_OUTAGE}

    def test_of_one_component_leaves_the_others(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        fire(incident, at("10:40"), a_firing(TRACKING, component=IMPORT, status=Status.PARTIAL_OUTAGE))

        update(incident, at("10:50"), components={CARRIER: Status.OPERATIONAL})

        assert incident.statuses == {IMPORT: Status.PARTIAL_OUTAGE}

    def test_closes_at_the_moment_that_the_resolution_names(self) -> None:
        incident = a_partial_detection()
        fire(incident, at("10:20"), MAJOR)

        resolve(incident, at("10:10"), override_reason="it was over by then", recorded=at("10:30"))

        assert incident.impact == {CARRIER: (span(Status.PARTIAL_OUTAGE, "10:00", "10:10"),)}

    def test_is_void_after_dismissal(self) -> None:
        incident = a_detection(since=at("10:00"))
        dismiss(incident, at("10:05"))

        assert incident.impact == {}

    def test_is_void_after_dismissal_by_policy(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:05"))
        let_time_pass(incident, until=at("10:07"))

        assert recorded(incident)[-1] == "incident.dismissed"
        assert incident.impact == {}

    def test_is_void_after_withdrawal(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        withdraw(incident, at("11:00"))

        assert incident.impact == {}


class TestLevel:
    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            (Status.UNDER_MAINTENANCE, Level.NONE),
            (Status.DEGRADED_PERFORMANCE, Level.MINOR),
            (Status.PARTIAL_OUTAGE, Level.MAJOR),
            (Status.MAJOR_OUTAGE, Level.CRITICAL),
        ],
    )
    def test_follows_from_the_status(self, status: Status, expected: Level) -> None:
        assert level({CARRIER: (span(status, "10:00"),)}) is expected

    def test_is_none_without_impact(self) -> None:
        assert level({}) is Level.NONE
        assert a_declared_incident(since=at("10:00"), components={}).level is Level.NONE

    def test_is_that_of_the_worst_status_it_ever_had(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("10:50"), components={CARRIER: Status.DEGRADED_PERFORMANCE})
        assert incident.level is Level.CRITICAL

        resolve(incident, at("11:00"), override_reason="done")
        assert incident.level is Level.CRITICAL

    def test_is_that_of_the_worst_component(self) -> None:
        incident = a_declared_incident(
            since=at("10:00"), components={CARRIER: Status.DEGRADED_PERFORMANCE, IMPORT: Status.PARTIAL_OUTAGE}
        )

        assert incident.level is Level.MAJOR


class TestStatus:
    def test_is_ordered_from_best_to_worst(self) -> None:
        ordered = [
            Status.OPERATIONAL,
            Status.UNKNOWN,
            Status.UNDER_MAINTENANCE,
            Status.DEGRADED_PERFORMANCE,
            Status.PARTIAL_OUTAGE,
            Status.MAJOR_OUTAGE,
        ]

        assert sorted(Status, key=lambda status: status.rank) == ordered

    def test_shows_the_worst_cause(self) -> None:
        assert (
            worst([Status.UNDER_MAINTENANCE, Status.MAJOR_OUTAGE, Status.DEGRADED_PERFORMANCE]) is Status.MAJOR_OUTAGE
        )

    def test_shows_operational_without_a_cause(self) -> None:
        assert worst([]) is Status.OPERATIONAL

    @pytest.mark.parametrize("status", [status for status in Status if status.is_impact])
    def test_shows_any_cause_instead_of_unknown(self, status: Status) -> None:
        assert worst([Status.UNKNOWN, status]) is status

    def test_is_an_impact_unless_it_is_operational_or_unknown(self) -> None:
        assert {status for status in Status if not status.is_impact} == {Status.OPERATIONAL, Status.UNKNOWN}
