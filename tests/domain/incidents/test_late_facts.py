"""What is heard of late leads to something new and undoes nothing."""

from domain.errors import InTheFuture, UnknownMoment
from domain.impact import Status, StatusSpan
from domain.incidents import Progress
from domain.incidents.values import Correction
from tests.domain.assertions import refused
from tests.domain.builders import (
    CARRIER,
    a_declared_incident,
    a_public_incident,
    a_resolved_incident,
    an_incident_in_monitoring,
    ana,
    at,
    clear,
    fire,
    handle_due,
    reopen,
    span,
    update,
)


class TestLateFiring:
    def test_counts_from_the_resolution_and_leaves_what_was_before(self) -> None:
        incident = a_resolved_incident(since=at("12:00"))
        before = incident.impact

        fire(incident, at("01:00"), recorded=at("12:10"))

        assert incident.impact == before
        assert incident.next_due == at("12:30:00.000001")
        assert incident.relapse is not None
        assert incident.relapse.began_at == at("12:00")

    def test_does_not_affect_a_declared_incident_before_its_beginning(self) -> None:
        incident = a_declared_incident(since=at("10:00"))

        fire(incident, at("09:00"), recorded=at("10:05"))

        assert incident.started_at == at("10:00")
        assert min(span.start for span in incident.impact[CARRIER]) == at("10:00")

    def test_during_monitoring_brings_the_problem_back(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        fire(incident, at("11:04:50"), recorded=at("11:05:20"))

        assert incident.progress is Progress.IDENTIFIED
        assert incident.timeline[-1].progress is Progress.IDENTIFIED
        assert incident.monitoring_since is None


class TestLateClear:
    def test_from_before_an_update_still_leads_to_monitoring_and_resolution(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("11:05"), Progress.IDENTIFIED)

        clear(incident, at("11:00"), recorded=at("11:10"))
        handle_due(incident, at("11:02"), recorded=at("11:10"))

        assert incident.progress is Progress.MONITORING
        assert incident.next_due == at("11:12:00.000001")


class TestLateUpdate:
    def test_keeps_what_happened_after_it(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("11:00"), components={CARRIER: Status.DEGRADED_PERFORMANCE})

        update(incident, at("10:50"), recorded=at("11:10"), components={CARRIER: Status.PARTIAL_OUTAGE})

        assert incident.impact == {
            CARRIER: (
                span(Status.MAJOR_OUTAGE, "10:00", "10:50"),
                span(Status.PARTIAL_OUTAGE, "10:50", "11:00"),
                span(Status.DEGRADED_PERFORMANCE, "11:00"),
            )
        }

    def test_takes_nothing_back_of_the_work(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))
        due = incident.next_due

        update(incident, at("11:00"), Progress.IDENTIFIED, recorded=at("11:06"))

        assert incident.progress is Progress.MONITORING
        assert incident.timeline[-1].progress is Progress.IDENTIFIED
        assert incident.next_due == due


class TestReopening:
    def test_is_refused_before_the_resolution(self) -> None:
        incident = a_resolved_incident(since=at("12:00"))

        with refused(incident, UnknownMoment, match="goes on no earlier"):
            reopen(incident, at("11:59:59.999999"))


class TestCorrection:
    def test_of_a_span_into_the_future_is_refused(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        later = StatusSpan(status=Status.MAJOR_OUTAGE, start=at("10:00"), end=at("12:00:05.000001"))

        with refused(incident, InTheFuture):
            incident.correct(
                correction=Correction(impact={CARRIER: (later,)}), reason="as logged", provenance=ana(at("12:00"))
            )

    def test_of_a_span_to_an_earlier_time_moves_the_beginning(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        earlier = StatusSpan(status=Status.MAJOR_OUTAGE, start=at("09:30"))

        incident.correct(
            correction=Correction(impact={CARRIER: (earlier,)}), reason="as logged", provenance=ana(at("12:00"))
        )

        assert incident.started_at == at("09:30")


class TestDeclaration:
    def test_is_public_from_when_it_was_recorded(self) -> None:
        incident = a_declared_incident(since=at("10:00"), recorded=at("15:00"))

        assert incident.published_at == at("15:00")
