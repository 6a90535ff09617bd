"""A signal that fires after the resolution: private until it has persisted, then the incident reopens."""

from domain.impact import Level, Status
from domain.incidents import Because, Incident, Progress, Standing
from domain.incidents.errors import AlreadyPublished
from domain.incidents.values import Relapse
from tests.domain.assertions import happened, recorded, refused, state
from tests.domain.builders import (
    CARRIER,
    CODE_CHANGE,
    IMPORT,
    TRACKING,
    a_declared_incident,
    a_detection,
    a_firing,
    a_relapse,
    a_resolved_incident,
    ana,
    at,
    clear,
    dismiss,
    fire,
    hold,
    in_english,
    let_time_pass,
    publish,
    reopen,
    resolve,
    span,
)

WORST = a_firing(TRACKING, status=Status.MAJOR_OUTAGE)


def a_mild_resolved_incident(*, since: str) -> Incident:
    """Give a public incident, degraded from 10:00 and resolved by hand."""
    incident = a_declared_incident(since=at("10:00"), components={CARRIER: Status.DEGRADED_PERFORMANCE})
    resolve(incident, at(since), override_reason="done")
    return incident


def a_private_resolved_incident() -> Incident:
    """Give an incident born of a signal that Ana resolved before readers could see it."""
    incident = a_detection(since=at("11:00"))
    resolve(incident, at("11:10"), override_reason="done")
    clear(incident, at("11:11"))
    return incident


class TestRelapse:
    def test_leaves_the_incident_resolved(self) -> None:
        incident = a_relapse(since=at("12:00"))

        assert recorded(incident)[-1] == "incident.relapsed"
        assert incident.standing is Standing.RESOLVED
        assert incident.progress is Progress.RESOLVED
        assert incident.ended_at == at("11:30")

    def test_changes_nothing_that_readers_see(self) -> None:
        incident = a_mild_resolved_incident(since="11:00")
        hidden = {"_version", "_modified_on", "signals", "relapse", "relapses"}
        before = {name: value for name, value in state(incident).items() if name not in hidden}

        fire(incident, at("12:00"), WORST)
        fire(incident, at("12:01"), a_firing(component=IMPORT))
        clear(incident, at("12:02"), TRACKING)
        clear(incident, at("12:03"))
        let_time_pass(incident, until=at("12:05"))

        assert recorded(incident)[-1] == "incident.relapse_ended"
        assert {name: value for name, value in state(incident).items() if name not in hidden} == before
        assert incident.level is Level.MINOR

    def test_has_an_impact_of_its_own(self) -> None:
        incident = a_mild_resolved_incident(since="11:00")

        fire(incident, at("12:00"), WORST)

        assert incident.impact == {CARRIER: (span(Status.DEGRADED_PERFORMANCE, "10:00", "11:00"),)}
        assert incident.relapse == Relapse(
            began_at=at("12:00"), ended_at=None, impact={CARRIER: (span(Status.MAJOR_OUTAGE, "12:00"),)}
        )

    def test_is_joined_by_another_signal(self) -> None:
        incident = a_relapse(since=at("12:00"))

        fire(incident, at("12:05"), a_firing(TRACKING))

        assert recorded(incident)[-1] == "incident.signal_fired"
        assert incident.next_due == at("12:30:00.000001")

    def test_counts_from_its_own_earliest_firing(self) -> None:
        incident = a_relapse(since=at("12:00"))

        fire(incident, at("11:50"), a_firing(TRACKING), recorded=at("12:01"))

        assert incident.next_due == at("12:20:00.000001")

    def test_of_a_declared_incident_reopens_it_too(self) -> None:
        incident = a_mild_resolved_incident(since="11:00")
        fire(incident, at("12:00"))

        let_time_pass(incident, until=at("12:30:00.000001"))

        assert incident.is_open
        clear(incident, at("12:40"))
        assert incident.next_due is None

    def test_of_a_private_declared_incident_publishes_nothing(self) -> None:
        incident = a_declared_incident(since=at("10:00"), public=False)
        resolve(incident, at("11:00"), override_reason="done")
        fire(incident, at("12:00"))

        let_time_pass(incident, until=at("12:30:00.000001"))

        assert incident.is_open
        assert not incident.is_public


class TestReopeningByPolicy:
    def test_waits_for_more_than_thirty_minutes(self) -> None:
        incident = a_relapse(since=at("12:00"))

        let_time_pass(incident, until=at("12:30"))
        assert recorded(incident)[-1] == "incident.relapsed"

        let_time_pass(incident, until=at("12:30:00.000001"))
        assert recorded(incident)[-1] == "incident.reopened"
        assert incident.standing is Standing.OPEN
        assert incident.progress is Progress.INVESTIGATING
        assert incident.relapse is None
        assert incident.ended_at is None

    def test_happens_at_once_for_a_code_change(self) -> None:
        incident = a_relapse(since=at("12:00"), firing=CODE_CHANGE)

        let_time_pass(incident, until=at("12:00"))

        reopened = happened(incident)[-1]
        assert isinstance(reopened, Incident.Reopened)
        assert reopened.because is Because.CODE_CHANGE
        assert reopened.provenance.occurred_at == at("12:00")

    def test_happens_at_once_for_a_code_change_that_joins(self) -> None:
        incident = a_relapse(since=at("12:00"))

        fire(incident, at("12:10"), CODE_CHANGE)

        assert incident.next_due == at("12:10")

    def test_is_said_in_the_timeline(self) -> None:
        incident = a_relapse(since=at("12:00"))

        let_time_pass(incident, until=at("12:30:00.000001"))

        assert incident.timeline[-1].message == in_english("reopened: carrier-a major_outage")
        assert incident.timeline[-1].progress is Progress.INVESTIGATING
        assert incident.timeline[-1].is_public
        assert incident.timeline[-1].by_policy

    def test_adds_the_impact_of_the_relapse(self) -> None:
        incident = a_mild_resolved_incident(since="11:00")
        fire(incident, at("12:00"), WORST)
        fire(incident, at("12:10"), a_firing(component=IMPORT, status=Status.PARTIAL_OUTAGE))

        let_time_pass(incident, until=at("12:30:00.000001"))

        assert incident.impact == {
            CARRIER: (span(Status.DEGRADED_PERFORMANCE, "10:00", "11:00"), span(Status.MAJOR_OUTAGE, "12:00")),
            IMPORT: (span(Status.PARTIAL_OUTAGE, "12:10"),),
        }
        assert incident.level is Level.CRITICAL
        assert incident.components == (CARRIER, IMPORT)

    def test_counts_from_the_resolution_if_the_relapse_is_said_to_have_begun_before(self) -> None:
        incident = a_mild_resolved_incident(since="11:00")
        fire(incident, at("10:50"), WORST, recorded=at("11:01"))
        let_time_pass(incident, until=at("11:30"))
        assert recorded(incident)[-1] == "incident.relapsed"

        let_time_pass(incident, until=at("11:30:00.000001"))

        assert recorded(incident)[-1] == "incident.reopened"
        assert incident.impact == {
            CARRIER: (span(Status.DEGRADED_PERFORMANCE, "10:00", "11:00"), span(Status.MAJOR_OUTAGE, "11:00"))
        }

    def test_bridges_a_gap_shorter_than_the_grace(self) -> None:
        incident = a_relapse(since=at("12:00"))
        clear(incident, at("12:29"))
        let_time_pass(incident, until=at("12:30:59.999999"))

        fire(incident, at("12:30:59.999999"))

        assert incident.next_due == at("12:30:59.999999")

    def test_keeps_the_beginning_of_the_incident(self) -> None:
        incident = a_relapse(since=at("12:00"))
        began = incident.started_at
        let_time_pass(incident, until=at("12:30:00.000001"))

        fire(incident, at("12:40"), a_firing(TRACKING))

        assert incident.started_at == began

    def test_goes_the_same_way_to_the_next_resolution(self) -> None:
        incident = a_relapse(since=at("12:00"))
        let_time_pass(incident, until=at("12:40"))
        clear(incident, at("12:40"))

        let_time_pass(incident, until=at("12:52:00.000001"))

        assert recorded(incident)[-2:] == ["incident.monitoring_began", "incident.resolved"]
        assert incident.ended_at == at("12:52:00.000001")

    def test_shows_what_was_never_shown_if_it_was_resolved_while_private(self) -> None:
        incident = a_private_resolved_incident()
        fire(incident, at("12:00"))

        let_time_pass(incident, until=at("12:30:00.000001"))

        assert recorded(incident)[-2:] == ["incident.reopened", "incident.published"]
        assert incident.is_public
        assert not incident.timeline[-2].is_public


class TestEndOfARelapse:
    def test_comes_with_the_grace(self) -> None:
        incident = a_relapse(since=at("12:00"))
        clear(incident, at("12:05"))

        let_time_pass(incident, until=at("12:06:59.999999"))
        assert recorded(incident)[-1] == "incident.signal_cleared"

        let_time_pass(incident, until=at("12:07"))
        assert recorded(incident)[-1] == "incident.relapse_ended"
        assert incident.standing is Standing.RESOLVED
        assert incident.next_due is None

    def test_is_kept_and_voids_its_impact(self) -> None:
        incident = a_relapse(since=at("12:00"))
        clear(incident, at("12:05"))

        let_time_pass(incident, until=at("12:07"))

        assert incident.relapse is None
        assert incident.relapses == (
            Relapse(began_at=at("12:00"), ended_at=at("12:07"), impact={}, because=Because.CLEARED),
        )

    def test_may_be_followed_by_another(self) -> None:
        incident = a_relapse(since=at("12:00"))
        clear(incident, at("12:05"))
        let_time_pass(incident, until=at("12:07"))

        fire(incident, at("12:20"))

        assert recorded(incident)[-1] == "incident.relapsed"
        assert incident.next_due == at("12:50:00.000001")

    def test_by_hand_keeps_the_reason(self) -> None:
        incident = a_relapse(since=at("12:00"))

        dismiss(incident, at("12:05"))

        assert [relapse.because for relapse in incident.relapses] == ["a test of the alert"]
        assert incident.standing is Standing.RESOLVED

    def test_by_hand_leaves_a_signal_that_still_fires_without_effect(self) -> None:
        incident = a_relapse(since=at("12:00"))
        dismiss(incident, at("12:05"))

        assert incident.next_due is None
        clear(incident, at("12:20"))
        assert incident.next_due is None

    def test_comes_with_the_withdrawal(self) -> None:
        incident = a_relapse(since=at("12:00"))

        incident.withdraw(reason="the probe was wrong", provenance=ana(at("12:05")))

        assert incident.relapse is None
        assert incident.standing is Standing.WITHDRAWN
        assert incident.next_due is None


class TestRelapseInTheHandsOfAPerson:
    def test_is_published_by_reopening(self) -> None:
        incident = a_relapse(since=at("12:00"))

        publish(incident, at("12:05"), message=in_english("It is back."))

        reopened = happened(incident)[-1]
        assert isinstance(reopened, Incident.Reopened)
        assert (reopened.because, reopened.reason) == (Because.PERSON, "many ask")
        assert incident.timeline[-1].message == in_english("It is back.")
        assert incident.impact[CARRIER][-1] == span(Status.MAJOR_OUTAGE, "12:00")

    def test_is_published_with_an_incident_that_was_private(self) -> None:
        incident = a_private_resolved_incident()
        fire(incident, at("12:00"))

        publish(incident, at("12:05"))

        assert recorded(incident)[-2:] == ["incident.reopened", "incident.published"]

    def test_is_taken_over_by_reopening(self) -> None:
        incident = a_relapse(since=at("12:00"))

        reopen(incident, at("12:05"))

        assert incident.statuses == {CARRIER: Status.MAJOR_OUTAGE}
        assert incident.impact[CARRIER][-1] == span(Status.MAJOR_OUTAGE, "12:00")
        assert incident.relapse is None

    def test_cannot_be_held_when_there_is_none(self) -> None:
        incident = a_resolved_incident(since=at("12:00"))

        with refused(incident, AlreadyPublished):
            hold(incident, at("12:05"))
