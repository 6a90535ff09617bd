"""When an incident born of signals becomes public, by policy and by hand."""

from datetime import datetime

import pytest

from domain.incidents import Because, Incident
from domain.incidents.signal import SignalCause
from tests.domain.assertions import happened, recorded
from tests.domain.builders import (
    CODE_CHANGE,
    TRACKING,
    a_detection,
    a_firing,
    a_public_incident,
    at,
    clear,
    fire,
    handle_due,
    in_english,
    let_time_pass,
)


class TestPublication:
    def test_waits_for_more_than_thirty_minutes(self) -> None:
        incident = a_detection(since=at("10:00"))

        let_time_pass(incident, until=at("10:30:00"))
        assert recorded(incident) == ["incident.detected"]

        let_time_pass(incident, until=at("10:30:00.000001"))
        assert incident.is_public
        assert incident.published_at == at("10:30:00.000001")

    def test_stores_when_it_is_due(self) -> None:
        (detected,) = happened(a_detection(since=at("10:00")))

        assert isinstance(detected, Incident.Detected)
        assert detected.persists_at == at("10:30:00.000001")

    def test_occurs_at_the_due_moment_though_the_clock_comes_late(self) -> None:
        incident = a_detection(since=at("10:00"))

        let_time_pass(incident, until=at("10:45"))

        (_, published) = happened(incident)
        assert published.provenance.occurred_at == at("10:30:00.000001")
        assert published.provenance.recorded_at == at("10:45")

    @pytest.mark.parametrize("moment", [at("10:30"), at("10:30:00.000002"), at("10:29:59.999999"), at("11:00")])
    def test_happens_at_no_other_moment(self, moment: datetime) -> None:
        incident = a_detection(since=at("10:00"))

        handle_due(incident, moment)

        assert recorded(incident) == ["incident.detected"]

    def test_happens_once(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        handle_due(incident, at("10:30:00.000001"))

        assert recorded(incident) == ["incident.detected", "incident.published"]
        assert incident.next_due is None

    def test_has_a_generated_title_and_message(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        assert incident.title == in_english("title: carrier-a major_outage")
        assert [entry.message for entry in incident.timeline] == [in_english("published: carrier-a major_outage")]
        assert incident.timeline[0].is_public
        assert incident.timeline[0].by_policy

    def test_says_why(self) -> None:
        published = happened(a_public_incident(since=at("10:00")))[-1]

        assert isinstance(published, Incident.Published)
        assert published.because is Because.PERSISTED

    def test_waits_while_only_one_of_two_signals_has_cleared(self) -> None:
        incident = a_detection(since=at("10:00"))
        fire(incident, at("10:10"), a_firing(TRACKING))
        clear(incident, at("10:20"))

        let_time_pass(incident, until=at("10:30:00.000001"))

        assert incident.is_public
        assert incident.published_at == at("10:30:00.000001")

    def test_counts_from_the_earliest_firing(self) -> None:
        incident = a_detection(since=at("10:10"))

        fire(incident, at("10:00"), a_firing(TRACKING), recorded=at("10:12"))

        assert incident.next_due == at("10:30:00.000001")

    def test_is_not_put_off_by_a_later_firing(self) -> None:
        incident = a_detection(since=at("10:00"))

        fire(incident, at("10:10"), a_firing(TRACKING))

        assert incident.next_due == at("10:30:00.000001")


class TestGap:
    """A span in which nothing fires before publication; the grace is two minutes."""

    def test_shorter_than_the_grace_does_not_interrupt(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:10"))
        let_time_pass(incident, until=at("10:11:59.999999"))

        fire(incident, at("10:11:59.999999"))

        assert incident.next_due == at("10:30:00.000001")

    def test_that_reaches_the_grace_dismisses(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:10"))

        let_time_pass(incident, until=at("10:11:59.999999"))
        assert recorded(incident) == ["incident.detected", "incident.signal_cleared"]

        let_time_pass(incident, until=at("10:12"))
        assert recorded(incident)[-1] == "incident.dismissed"
        assert incident.ended_at == at("10:12")
        assert incident.ended_because == Because.CLEARED
        assert not incident.is_public

    def test_begins_when_the_last_signal_clears(self) -> None:
        incident = a_detection(since=at("10:00"))
        fire(incident, at("10:05"), a_firing(TRACKING))
        clear(incident, at("10:10"))

        clear(incident, at("10:15"), TRACKING)

        assert incident.next_due == at("10:17")

    def test_begins_at_the_last_clear_though_an_earlier_one_is_heard_of_later(self) -> None:
        incident = a_detection(since=at("10:00"))
        fire(incident, at("10:01"), a_firing(TRACKING))
        clear(incident, at("10:10"))

        clear(incident, at("10:05"), TRACKING, recorded=at("10:11"))

        assert incident.next_due == at("10:12")

    def test_at_the_due_moment_lets_publication_wait_for_the_next_firing(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:29"))
        let_time_pass(incident, until=at("10:30:59.999999"))
        assert not incident.is_public

        fire(incident, at("10:30:59.999999"))

        assert incident.next_due == at("10:30:59.999999")
        let_time_pass(incident, until=at("10:30:59.999999"))
        assert incident.published_at == at("10:30:59.999999")

    def test_at_the_due_moment_that_reaches_the_grace_dismisses(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:29"))

        let_time_pass(incident, until=at("10:31"))

        assert recorded(incident)[-1] == "incident.dismissed"
        assert incident.ended_at == at("10:31")

    def test_that_begins_at_the_due_moment_counts_as_nothing_firing(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:30:00.000001"))

        let_time_pass(incident, until=at("10:30:00.000001"))
        assert not incident.is_public

        assert incident.next_due == at("10:32:00.000001")

    def test_that_ends_before_the_due_moment_does_not_move_it(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:29"))

        fire(incident, at("10:30"))

        assert incident.next_due == at("10:30:00.000001")

    def test_is_none_while_another_signal_fires(self) -> None:
        incident = a_detection(since=at("10:00"))
        fire(incident, at("10:01"), a_firing(TRACKING))
        clear(incident, at("10:05"))
        fire(incident, at("10:10"))
        clear(incident, at("10:20"))
        clear(incident, at("10:20"), TRACKING)

        fire(incident, at("10:21"))

        assert incident.next_due == at("10:30:00.000001")

    def test_may_come_many_times(self) -> None:
        incident = a_detection(since=at("10:00"))
        for minute in range(1, 30, 2):
            clear(incident, at(f"10:{minute:02}"))
            let_time_pass(incident, until=at(f"10:{minute + 1:02}"))
            fire(incident, at(f"10:{minute + 1:02}"))

        assert incident.next_due == at("10:30:00.000001")


class TestCodeChange:
    def test_is_published_at_once(self) -> None:
        incident = a_detection(since=at("10:35"), firing=CODE_CHANGE)

        assert incident.next_due == at("10:35")
        let_time_pass(incident, until=at("10:35"))
        assert incident.published_at == at("10:35")

    def test_is_named_as_the_reason(self) -> None:
        incident = a_detection(since=at("10:35"), firing=CODE_CHANGE)
        let_time_pass(incident, until=at("10:35"))

        published = happened(incident)[-1]
        assert isinstance(published, Incident.Published)
        assert published.because is Because.CODE_CHANGE

    def test_that_joins_publishes_at_once(self) -> None:
        incident = a_detection(since=at("10:00"))

        fire(incident, at("10:05"), CODE_CHANGE)

        assert incident.cause is SignalCause.CODE_CHANGE
        let_time_pass(incident, until=at("10:05"))
        assert incident.published_at == at("10:05")

    def test_that_joins_during_a_gap_publishes_at_once(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:04"))

        fire(incident, at("10:05"), CODE_CHANGE)

        assert incident.next_due == at("10:05")

    def test_stays_due_when_another_signal_joins(self) -> None:
        incident = a_detection(since=at("10:00"), firing=CODE_CHANGE)

        fire(incident, at("10:00"), a_firing(TRACKING))

        assert incident.next_due == at("10:00")

    def test_that_joins_a_public_incident_publishes_nothing(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        fire(incident, at("10:40"), CODE_CHANGE)

        assert incident.next_due is None
