"""An operator may let go of what readers never saw, and takes back what they did."""

from collections.abc import Callable

import pytest

from domain.impact import Level
from domain.incidents import Incident, Standing
from domain.incidents.errors import AlreadyPublished, AlreadyResolved, Dismissed, NotPublished, Withdrawn
from tests.domain.assertions import happened, recorded, refused
from tests.domain.builders import (
    CARRIER,
    a_declared_incident,
    a_detection,
    a_dismissed_incident,
    a_public_incident,
    a_resolved_incident,
    a_withdrawn_incident,
    at,
    clear,
    dismiss,
    fire,
    handle_due,
    resolve,
    withdraw,
)


class TestDismissal:
    def test_is_possible_at_any_moment_while_private(self) -> None:
        incident = a_detection(since=at("10:00"))

        dismiss(incident, at("10:00:00.000001"))

        assert recorded(incident)[-1] == "incident.dismissed"
        assert incident.standing is Standing.DISMISSED
        assert incident.next_due is None
        assert not incident.is_public

    def test_keeps_the_reason(self) -> None:
        incident = a_dismissed_incident(since=at("10:05"))

        dismissed = happened(incident)[-1]
        assert isinstance(dismissed, Incident.WasDismissed)
        assert dismissed.reason == "a test of the alert"
        assert incident.ended_because == "a test of the alert"

    def test_voids_the_impact(self) -> None:
        incident = a_dismissed_incident(since=at("10:05"))

        assert incident.impact == {}
        assert incident.statuses == {}
        assert incident.level is Level.NONE
        assert incident.components == (CARRIER,)

    def test_is_possible_for_a_declared_incident_that_is_private(self) -> None:
        incident = a_declared_incident(since=at("10:00"), public=False)

        dismiss(incident, at("10:05"))

        assert incident.standing is Standing.DISMISSED

    def test_leaves_a_signal_that_still_fires_without_effect(self) -> None:
        incident = a_dismissed_incident(since=at("10:05"))

        handle_due(incident, at("10:30:00.000001"))
        clear(incident, at("10:40"))

        assert incident.next_due is None
        assert recorded(incident)[-1] == "incident.signal_cleared"

    @pytest.mark.parametrize("given", [a_public_incident, a_declared_incident, a_resolved_incident])
    def test_is_refused_if_readers_can_see_it(self, given: Callable[..., Incident]) -> None:
        incident = given(since=at("10:00"))

        with refused(incident, AlreadyPublished):
            dismiss(incident, at("12:00"))

    def test_is_refused_a_second_time(self) -> None:
        incident = a_dismissed_incident(since=at("10:05"))

        with refused(incident, Dismissed):
            dismiss(incident, at("10:06"))

    def test_is_refused_after_withdrawal(self) -> None:
        incident = a_withdrawn_incident(since=at("12:00"))

        with refused(incident, Withdrawn):
            dismiss(incident, at("12:01"))

    def test_is_refused_after_a_private_resolution(self) -> None:
        incident = a_detection(since=at("10:00"))
        resolve(incident, at("10:05"), override_reason="done")

        with refused(incident, AlreadyResolved):
            dismiss(incident, at("10:06"))


class TestWithdrawal:
    @pytest.mark.parametrize("given", [a_public_incident, a_declared_incident, a_resolved_incident])
    def test_takes_back_what_readers_saw(self, given: Callable[..., Incident]) -> None:
        incident = given(since=at("11:00"))

        withdraw(incident, at("12:00"))

        assert recorded(incident)[-1] == "incident.withdrawn"
        assert incident.standing is Standing.WITHDRAWN
        assert incident.ended_at == at("12:00")
        assert incident.ended_because == "the probe was wrong"
        assert incident.next_due is None

    def test_leaves_it_listed(self) -> None:
        incident = a_withdrawn_incident(since=at("12:00"))

        assert incident.is_public
        assert incident.title != {}

    def test_voids_the_impact(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))

        withdraw(incident, at("12:00"))

        assert incident.impact == {}
        assert incident.level is Level.NONE

    def test_leaves_a_signal_that_still_fires_without_effect(self) -> None:
        incident = a_withdrawn_incident(since=at("12:00"))

        clear(incident, at("12:10"))

        assert incident.next_due is None

    def test_is_refused_if_readers_never_saw_it(self) -> None:
        for incident in (a_detection(since=at("10:00")), a_declared_incident(since=at("10:00"), public=False)):
            fire(incident, at("10:01"))
            with refused(incident, NotPublished):
                withdraw(incident, at("10:05"))

    def test_is_refused_after_dismissal(self) -> None:
        incident = a_dismissed_incident(since=at("10:05"))

        with refused(incident, Dismissed):
            withdraw(incident, at("10:06"))

    def test_is_refused_a_second_time(self) -> None:
        incident = a_withdrawn_incident(since=at("12:00"))

        with refused(incident, Withdrawn):
            withdraw(incident, at("12:01"))
