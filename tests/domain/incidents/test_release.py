"""When a hold ends, what it kept from happening happens now, not in the past."""

from datetime import datetime

import pytest

from domain.errors import NotHeld
from domain.incidents import Incident, Progress
from tests.domain.assertions import happened, recorded, refused
from tests.domain.builders import (
    CODE_CHANGE,
    a_declared_incident,
    a_detection,
    a_public_incident,
    a_relapse,
    at,
    clear,
    fire,
    hold,
    let_time_pass,
    publish,
    release,
    update,
)


class TestRelease:
    def test_before_the_due_moment_leaves_it_as_it_was(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))

        release(incident, at("10:20"))

        assert incident.held is None
        assert incident.next_due == at("10:30:00.000001")

    def test_after_the_due_moment_publishes_now(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))

        release(incident, at("10:40"))

        let_time_pass(incident, until=at("10:40"))
        assert incident.published_at == at("10:40")

    @pytest.mark.parametrize("moment", [at("10:10"), at("10:20")])
    def test_after_a_code_change_has_joined_publishes_now(self, moment: datetime) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))
        fire(incident, at("10:10"), CODE_CHANGE)

        release(incident, moment)

        let_time_pass(incident, until=moment)
        assert incident.published_at == moment

    def test_within_the_grace_leaves_dismissal_as_it_was(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))
        clear(incident, at("10:10"))

        release(incident, at("10:11:59.999999"))

        assert incident.next_due == at("10:12")

    def test_past_the_grace_dismisses_now(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))
        clear(incident, at("10:10"))

        release(incident, at("10:40"))

        let_time_pass(incident, until=at("10:40"))
        assert recorded(incident)[-1] == "incident.dismissed"
        assert incident.ended_at == at("10:40")

    def test_stores_what_is_due(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))

        release(incident, at("10:40"))

        released = happened(incident)[-1]
        assert isinstance(released, Incident.PublicationReleased)
        assert (released.persists_at, released.clear_at) == (at("10:40"), None)

    def test_counts_anew_after_a_gap_that_reached_the_grace(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))
        clear(incident, at("10:10"))
        fire(incident, at("10:12"))

        release(incident, at("10:35"))

        assert incident.next_due == at("10:42:00.000001")
        assert incident.started_at == at("10:00")

    def test_does_not_count_anew_after_a_shorter_gap(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))
        clear(incident, at("10:10"))
        fire(incident, at("10:11:59.999999"))

        release(incident, at("10:20"))

        assert incident.next_due == at("10:30:00.000001")

    def test_of_a_relapse_reopens_now(self) -> None:
        incident = a_relapse(since=at("12:00"))
        hold(incident, at("12:05"))

        release(incident, at("13:00"))

        let_time_pass(incident, until=at("13:00"))
        assert incident.is_open
        assert incident.timeline[-1].occurred_at == at("13:00")

    def test_of_a_relapse_past_the_grace_ends_it_now(self) -> None:
        incident = a_relapse(since=at("12:00"))
        hold(incident, at("12:05"))
        clear(incident, at("12:10"))

        release(incident, at("13:00"))

        let_time_pass(incident, until=at("13:00"))
        assert [relapse.ended_at for relapse in incident.relapses] == [at("13:00")]

    def test_of_a_declared_incident_leaves_it_to_persons(self) -> None:
        incident = a_declared_incident(since=at("10:00"), public=False)
        fire(incident, at("10:01"))
        hold(incident, at("10:05"))

        release(incident, at("11:00"))

        assert incident.next_due is None

    def test_is_refused_if_it_is_not_held(self) -> None:
        for incident in (a_detection(since=at("10:00")), a_public_incident(since=at("10:00"))):
            with refused(incident, NotHeld):
                release(incident, at("11:00"))

    def test_is_refused_a_second_time(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))
        release(incident, at("10:06"))

        with refused(incident, NotHeld):
            release(incident, at("10:07"))


class TestPublicationOfWhatWasHeld:
    def test_by_hand_past_the_grace_begins_monitoring_no_earlier_than_that(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:01"))
        clear(incident, at("10:05"))

        publish(incident, at("10:40"))

        assert incident.next_due == at("10:40")
        let_time_pass(incident, until=at("10:40"))
        assert incident.progress is Progress.MONITORING
        assert incident.next_due == at("10:50:00.000001")

    def test_reopens_a_relapse_past_the_grace_and_begins_monitoring_no_earlier_than_that(self) -> None:
        incident = a_relapse(since=at("12:00"))
        hold(incident, at("12:01"))
        clear(incident, at("12:05"))

        publish(incident, at("12:40"))

        assert incident.next_due == at("12:40")

    def test_leaves_an_update_written_meanwhile_private(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:01"))
        update(incident, at("10:02"), message="It may be our drill.")

        publish(incident, at("10:40"))

        assert [entry.is_public for entry in incident.timeline] == [False, True]
