"""When an incident may be declared resolved, and when a policy does it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from domain.errors import DomainError, UnknownMoment
from domain.impact import Status
from domain.incidents import Because, Incident, Progress, Standing
from domain.incidents.errors import AlreadyResolved, Dismissed, NotStableYet, Withdrawn
from tests.domain.assertions import happened, recorded, refused
from tests.domain.builders import (
    CARRIER,
    FIXED,
    TICK,
    TRACKING,
    a_declared_incident,
    a_detection,
    a_dismissed_incident,
    a_firing,
    a_public_incident,
    a_resolved_incident,
    a_withdrawn_incident,
    an_incident_in_monitoring,
    at,
    clear,
    fire,
    in_english,
    let_time_pass,
    resolve,
    span,
    update,
)


class TestResolution:
    @pytest.mark.parametrize("moment", [at("11:05"), at("11:12"), at("11:14:59.999999"), at("11:15")])
    def test_is_refused_until_it_has_been_stable_for_more_than_ten_minutes(self, moment: datetime) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        with refused(incident, NotStableYet, match="possible after 2025-03-04T11:15:00") as caught:
            resolve(incident, moment)

        assert caught.value.facts == {"possible_after": datetime(2025, 3, 4, 11, 15, tzinfo=UTC)}

    def test_is_possible_right_after_ten_minutes(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        resolve(incident, at("11:15:00.000001"))

        assert recorded(incident)[-1] == "incident.resolved"
        assert incident.standing is Standing.RESOLVED
        assert incident.progress is Progress.RESOLVED
        assert incident.ended_at == at("11:15:00.000001")
        assert incident.ended_because == Because.PERSON

    def test_says_what_the_person_says(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        resolve(incident, at("11:16"))

        assert incident.timeline[-1].message == FIXED
        assert incident.timeline[-1].progress is Progress.RESOLVED
        assert not incident.timeline[-1].by_policy

    def test_is_refused_if_it_is_said_of_a_time_too_early(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        update(incident, at("11:05"), Progress.MONITORING)

        with refused(incident, NotStableYet, match="11:15"):
            resolve(incident, at("11:15"), recorded=at("11:40"))

    def test_is_refused_if_only_a_clock_that_is_fast_would_allow_it(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        with refused(incident, NotStableYet, match="11:15"):
            resolve(incident, at("11:15:00.000001"), recorded=at("11:15"))

    def test_counts_from_the_last_clear_if_that_is_later_than_monitoring(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("11:05"), Progress.MONITORING)
        clear(incident, at("11:07"))

        with refused(incident, NotStableYet, match="11:17"):
            resolve(incident, at("11:17"))

        resolve(incident, at("11:17:00.000001"))
        assert incident.standing is Standing.RESOLVED

    def test_counts_from_the_last_clear_though_an_earlier_one_is_heard_of_later(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        fire(incident, at("10:40"), a_firing(TRACKING))
        update(incident, at("11:00"), Progress.MONITORING)
        clear(incident, at("11:07"))
        clear(incident, at("11:03"), TRACKING, recorded=at("11:08"))

        with refused(incident, NotStableYet, match="11:17"):
            resolve(incident, at("11:17"))

    def test_is_refused_while_a_signal_fires(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        fire(incident, at("10:40"), a_firing(TRACKING))
        update(incident, at("11:05"), Progress.MONITORING)
        clear(incident, at("11:06"))

        with refused(incident, NotStableYet, match="1 signal") as caught:
            resolve(incident, at("12:00"))

        assert caught.value.facts == {"possible_after": None}

    @pytest.mark.parametrize("progress", [Progress.INVESTIGATING, Progress.IDENTIFIED])
    def test_is_refused_if_it_is_not_in_monitoring(self, progress: Progress) -> None:
        incident = a_declared_incident(since=at("10:00"))
        update(incident, at("10:10"), progress)

        with refused(incident, NotStableYet, match=progress):
            resolve(incident, at("12:00"))

    def test_counts_anew_if_the_state_went_back(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))
        update(incident, at("11:10"), Progress.IDENTIFIED)
        update(incident, at("11:12"), Progress.MONITORING)

        with refused(incident, NotStableYet, match="11:22"):
            resolve(incident, at("11:20"))

    def test_is_not_put_off_by_a_further_update_in_monitoring(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))
        update(incident, at("11:10"), Progress.MONITORING)
        update(incident, at("11:11"))

        resolve(incident, at("11:15:00.000001"))

        assert incident.standing is Standing.RESOLVED

    def test_is_left_to_a_person_if_a_person_declared_the_incident(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        update(incident, at("11:05"), Progress.MONITORING)
        assert incident.next_due is None

        with refused(incident, NotStableYet, match="11:15"):
            resolve(incident, at("11:15"))
        resolve(incident, at("11:15:00.000001"))

        assert incident.standing is Standing.RESOLVED

    def test_is_possible_while_it_is_private(self) -> None:
        incident = a_declared_incident(since=at("10:00"), public=False)
        update(incident, at("10:05"), Progress.MONITORING)

        resolve(incident, at("10:16"))

        assert not incident.is_public
        assert not incident.timeline[-1].is_public

    def test_closes_the_spans_at_the_moment_it_names(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        update(incident, at("11:05"), Progress.MONITORING)

        resolve(incident, at("11:20"), recorded=at("11:40"))

        assert incident.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "10:00", "11:20"),)}

    def test_is_refused_if_it_is_of_a_time_before_the_beginning(self) -> None:
        incident = a_declared_incident(since=at("10:00"))

        with refused(incident, UnknownMoment):
            resolve(incident, at("10:00") - TICK, override_reason="never happened", recorded=at("12:00"))

    @pytest.mark.parametrize("override_reason", [None, "we know better"])
    @pytest.mark.parametrize(
        ("given", "refusal"),
        [
            (a_dismissed_incident, Dismissed),
            (a_resolved_incident, AlreadyResolved),
            (a_withdrawn_incident, Withdrawn),
        ],
    )
    def test_is_refused_when_it_is_over(
        self, given: Callable[..., Incident], refusal: type[DomainError], override_reason: str | None
    ) -> None:
        incident = given(since=at("12:00"))

        with refused(incident, refusal):
            resolve(incident, at("13:00"), override_reason=override_reason)


class TestTheMomentAfterWhichAResolutionIsPossible:
    """It is the one that a refusal names: whoever shows it before has no rule of his own."""

    @staticmethod
    def of_refusal(incident: Incident) -> object:
        with refused(incident, NotStableYet) as caught:
            resolve(incident, at("11:06"))
        return caught.value.facts["possible_after"]

    def test_is_that_of_the_refusal(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        assert incident.resolution_possible_after == self.of_refusal(incident) == at("11:15")

    def test_follows_the_last_clear(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("11:05"), Progress.MONITORING)
        assert incident.resolution_possible_after is None

        clear(incident, at("11:07"))

        assert incident.resolution_possible_after == at("11:17")

    def test_stays_what_it_was_though_more_is_said(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        update(incident, at("11:06"), Progress.MONITORING)
        update(incident, at("11:04"), Progress.IDENTIFIED, recorded=at("11:06"))

        assert incident.resolution_possible_after == self.of_refusal(incident) == at("11:15")

    def test_is_that_of_a_declared_incident_too(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        update(incident, at("11:05"), Progress.MONITORING)

        assert incident.resolution_possible_after == self.of_refusal(incident) == at("11:15")

    def test_is_not_known_while_a_signal_fires_or_nobody_watches(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))
        fire(incident, at("11:05:30"))

        assert incident.resolution_possible_after is self.of_refusal(incident) is None

    def test_is_none_once_it_is_over(self) -> None:
        assert a_resolved_incident(since=at("10:00")).resolution_possible_after is None


class TestOverride:
    @pytest.mark.parametrize("progress", list(Progress)[:3])
    def test_resolves_at_once_from_any_state(self, progress: Progress) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("10:50"), progress)

        resolve(incident, at("10:50:00.000001"), override_reason="the provider confirms it")

        assert incident.standing is Standing.RESOLVED

    def test_is_recorded_as_such(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        resolve(incident, at("10:51"), override_reason="the provider confirms it")

        resolved = happened(incident)[-1]
        assert isinstance(resolved, Incident.WasResolved)
        assert (resolved.because, resolved.override_reason) == (Because.OVERRIDE, "the provider confirms it")
        assert incident.ended_because == Because.OVERRIDE

    def test_leaves_nothing_due_though_a_signal_fires(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        resolve(incident, at("10:51"), override_reason="a probe that nobody can reach")

        assert incident.next_due is None
        clear(incident, at("11:00"))
        assert incident.next_due is None
        assert incident.standing is Standing.RESOLVED


class TestResolutionByPolicy:
    def test_happens_one_microsecond_after_ten_minutes(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:20"))

        let_time_pass(incident, until=at("11:30"))
        assert recorded(incident)[-1] == "incident.updated"

        let_time_pass(incident, until=at("11:30:00.000001"))
        assert recorded(incident)[-1] == "incident.resolved"
        assert incident.ended_at == at("11:30:00.000001")
        assert incident.ended_because == Because.STABLE

    def test_follows_monitoring_by_policy(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        clear(incident, at("11:40"))

        let_time_pass(incident, until=at("11:52"))
        assert recorded(incident)[-1] == "incident.monitoring_began"

        let_time_pass(incident, until=at("11:52:00.000001"))
        assert recorded(incident)[-1] == "incident.resolved"

    def test_is_said_in_the_timeline(self) -> None:
        incident = a_resolved_incident(since=at("11:30"))

        assert incident.timeline[-1].message == in_english("resolved: carrier-a major_outage")
        assert incident.timeline[-1].by_policy
        assert incident.timeline[-1].progress is Progress.RESOLVED

    def test_waits_for_a_signal_that_still_fires(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("11:05"), Progress.MONITORING)
        assert incident.next_due is None

        clear(incident, at("11:07"))

        assert incident.next_due == at("11:17:00.000001")

    def test_counts_from_the_last_of_the_clears_whatever_their_order(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        fire(incident, at("10:40"), a_firing(TRACKING))
        update(incident, at("11:00"), Progress.MONITORING)
        clear(incident, at("11:07"))

        clear(incident, at("11:03"), TRACKING, recorded=at("11:08"))

        assert incident.next_due == at("11:17:00.000001")

    def test_does_not_wait_anew_for_a_further_update(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        update(incident, at("11:10"), Progress.MONITORING, message="Looks good.")

        assert incident.next_due == at("11:15:00.000001")

    def test_waits_when_the_state_went_back(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))
        let_time_pass(incident, until=at("11:10"))

        update(incident, at("11:10"), Progress.INVESTIGATING)

        assert incident.next_due is None

    def test_leaves_a_private_detection_to_dismissal(self) -> None:
        incident = a_detection(since=at("10:00"))
        update(incident, at("10:01"), Progress.MONITORING)

        clear(incident, at("10:05"))

        assert incident.next_due == at("10:07")
        let_time_pass(incident, until=at("10:30"))
        assert recorded(incident)[-1] == "incident.dismissed"
