"""The spans of an impact that is set right: in order, none empty, and open only while the incident is."""

import pytest

from domain.errors import InTheFuture
from domain.impact import Spans, Status, StatusSpan
from domain.incidents import Incident
from domain.incidents.errors import DisorderlySpans
from domain.incidents.values import Correction
from tests.domain.assertions import refused
from tests.domain.builders import CARRIER, TICK, a_declared_incident, a_resolved_incident, ana, at, span

MAJOR, PARTIAL = Status.MAJOR_OUTAGE, Status.PARTIAL_OUTAGE
NOW = at("15:00")
LATEST = at("15:00:05")


def correct(incident: Incident, *spans: StatusSpan) -> None:
    incident.correct(correction=Correction(impact={CARRIER: spans}), reason="a slip", provenance=ana(NOW))


class TestSpans:
    @pytest.mark.parametrize(
        "spans",
        [
            (span(MAJOR, "10:00", "11:00"), span(PARTIAL, "10:59", "11:30")),
            (span(MAJOR, "11:00", "11:30"), span(PARTIAL, "10:00", "10:30")),
            (span(MAJOR, "10:00"), span(PARTIAL, "11:00", "11:30")),
            (span(MAJOR, "10:00", "10:00"),),
            (span(MAJOR, "10:00", "09:59"),),
            (span(Status.OPERATIONAL, "10:00", "11:00"),),
            (span(Status.UNKNOWN, "10:00", "11:00"),),
            (span(MAJOR, "10:00", "11:00"), span(Status.UNKNOWN, "11:00", "11:30")),
            (span(MAJOR, "10:00", "11:00"), span(PARTIAL, "11:30", "11:30")),
        ],
    )
    def test_are_refused_if_they_are_no_history(self, spans: Spans) -> None:
        incident = a_declared_incident(since=at("10:00"))

        with refused(incident, DisorderlySpans, match=CARRIER):
            correct(incident, *spans)

    def test_may_touch(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        touching = (span(MAJOR, "10:00", "11:00"), span(PARTIAL, "11:00", "11:30"))

        correct(incident, *touching)

        assert incident.impact == {CARRIER: touching}

    def test_stay_open_only_while_the_incident_goes_on(self) -> None:
        ended, going_on = a_resolved_incident(since=at("12:00")), a_declared_incident(since=at("10:00"))

        for spans in ((span(MAJOR, "10:00"),), (span(MAJOR, "10:00", "11:00"), span(PARTIAL, "11:30"))):
            with refused(ended, DisorderlySpans, match=CARRIER):
                correct(ended, *spans)

        correct(going_on, span(MAJOR, "10:30"))
        assert going_on.statuses == {CARRIER: MAJOR}

    def test_may_be_taken_away(self) -> None:
        incident = a_resolved_incident(since=at("12:00"))

        correct(incident)

        assert incident.impact == {CARRIER: ()}

    @pytest.mark.parametrize(
        "late", [StatusSpan(status=MAJOR, start=LATEST + TICK), span(MAJOR, "10:00", "15:00:05.000001")]
    )
    def test_neither_begin_nor_end_in_the_future(self, late: StatusSpan) -> None:
        incident = a_declared_incident(since=at("10:00"))

        with refused(incident, InTheFuture):
            correct(incident, late)

        correct(incident, StatusSpan(status=MAJOR, start=at("10:00"), end=LATEST))
        assert incident.statuses == {}

    def test_that_begin_earlier_let_the_incident_begin_earlier(self) -> None:
        incident = a_declared_incident(since=at("10:00"))

        correct(incident, span(MAJOR, "09:30", "09:45"), span(PARTIAL, "10:00"))

        assert incident.started_at == at("09:30")
