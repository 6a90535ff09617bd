"""A person goes on with an incident after its resolution."""

from collections.abc import Callable

import pytest

from domain.errors import NoImpact, UnknownMoment
from domain.impact import Status
from domain.incidents import Because, Incident, Progress, Standing
from domain.incidents.errors import NotResolved
from tests.domain.assertions import happened, recorded, refused
from tests.domain.builders import (
    CARRIER,
    IMPORT,
    TRACKING,
    a_declared_incident,
    a_detection,
    a_dismissed_incident,
    a_firing,
    a_public_incident,
    a_resolved_incident,
    a_withdrawn_incident,
    at,
    clear,
    fire,
    in_english,
    let_time_pass,
    reopen,
    resolve,
    span,
    update,
)


class TestReopening:
    def test_goes_on_as_investigating(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))

        reopen(incident, at("11:30"))

        assert recorded(incident)[-1] == "incident.reopened"
        assert incident.standing is Standing.OPEN
        assert incident.progress is Progress.INVESTIGATING
        assert incident.ended_at is None
        assert incident.ended_because is None
        assert incident.monitoring_since is None

    def test_keeps_reason_and_message(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))

        reopen(incident, at("11:30"), message=in_english("It is not over."))

        reopened = happened(incident)[-1]
        assert isinstance(reopened, Incident.Reopened)
        assert (reopened.because, reopened.reason) == (Because.PERSON, "it is back")
        assert incident.timeline[-1].message == in_english("It is not over.")
        assert not incident.timeline[-1].by_policy

    def test_has_a_generated_message_unless_the_person_writes_one(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))

        reopen(incident, at("11:30"))

        assert incident.timeline[-1].message == in_english("reopened: carrier-a major_outage")

    def test_shows_what_showed_at_the_resolution(self) -> None:
        incident = a_declared_incident(
            since=at("10:00"), components={CARRIER: Status.MAJOR_OUTAGE, IMPORT: Status.PARTIAL_OUTAGE}
        )
        update(incident, at("10:30"), components={IMPORT: Status.OPERATIONAL})
        resolve(incident, at("11:00"), override_reason="done")

        reopen(incident, at("11:30"))

        assert incident.impact == {
            CARRIER: (span(Status.MAJOR_OUTAGE, "10:00", "11:00"), span(Status.MAJOR_OUTAGE, "11:30")),
            IMPORT: (span(Status.PARTIAL_OUTAGE, "10:00", "10:30"),),
        }

    def test_shows_what_the_person_says(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))

        reopen(incident, at("11:30"), components={IMPORT: Status.DEGRADED_PERFORMANCE})

        assert incident.statuses == {IMPORT: Status.DEGRADED_PERFORMANCE}

    def test_lets_the_ten_minutes_begin_anew(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))
        reopen(incident, at("11:30"))
        assert incident.next_due is None

        update(incident, at("11:40"), Progress.MONITORING)

        assert incident.next_due == at("11:50:00.000001")

    def test_is_joined_by_signals_again(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))
        began = incident.started_at
        reopen(incident, at("11:30"))

        fire(incident, at("11:35"), a_firing(TRACKING))
        clear(incident, at("11:40"), TRACKING)

        assert incident.started_at == began
        let_time_pass(incident, until=at("11:42"))
        assert incident.progress is Progress.MONITORING

    @pytest.mark.parametrize(
        "given", [a_detection, a_public_incident, a_declared_incident, a_dismissed_incident, a_withdrawn_incident]
    )
    def test_is_refused_if_it_is_not_resolved(self, given: Callable[..., Incident]) -> None:
        incident = given(since=at("10:00"))

        with refused(incident, NotResolved):
            reopen(incident, at("12:00"))

    def test_is_refused_a_second_time(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))
        reopen(incident, at("11:30"))

        with refused(incident, NotResolved):
            reopen(incident, at("11:31"))

    def test_is_refused_if_it_is_of_a_time_before_the_beginning(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))

        with refused(incident, UnknownMoment):
            reopen(incident, at("09:00"))

    def test_is_refused_if_a_component_is_said_to_be_unknown(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))

        with refused(incident, NoImpact):
            reopen(incident, at("11:30"), components={CARRIER: Status.UNKNOWN})
