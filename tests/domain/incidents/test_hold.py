"""An operator may hold publication with a reason; a hold beats every policy until it is released."""

import pytest

from domain.errors import AlreadyHeld
from domain.incidents import Firing
from domain.incidents.errors import AlreadyPublished, Dismissed, Withdrawn
from tests.domain.assertions import recorded, refused
from tests.domain.builders import (
    CODE_CHANGE,
    TRACKING,
    a_declared_incident,
    a_detection,
    a_dismissed_incident,
    a_firing,
    a_public_incident,
    a_relapse,
    a_withdrawn_incident,
    at,
    clear,
    dismiss,
    fire,
    handle_due,
    hold,
    publish,
    reopen,
)


class TestHold:
    def test_keeps_the_reason(self) -> None:
        incident = a_detection(since=at("10:00"))

        hold(incident, at("10:05"))

        assert incident.held == "a drill"
        assert recorded(incident) == ["incident.detected", "incident.publication_held"]

    def test_beats_publication(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))

        assert incident.next_due is None
        handle_due(incident, at("10:30:00.000001"))

        assert not incident.is_public

    def test_beats_dismissal(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))
        clear(incident, at("10:10"))

        assert incident.next_due is None
        handle_due(incident, at("10:12"))

        assert incident.is_open

    @pytest.mark.parametrize("joining", [CODE_CHANGE, a_firing(TRACKING)])
    def test_beats_publication_of_what_joins(self, joining: Firing) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))

        fire(incident, at("10:10"), joining)

        assert incident.next_due is None
        handle_due(incident, at("10:10"))
        handle_due(incident, at("10:30:00.000001"))
        assert not incident.is_public

    def test_beats_publication_of_a_code_change(self) -> None:
        incident = a_detection(since=at("10:00"), firing=CODE_CHANGE)

        hold(incident, at("10:00"))

        assert incident.next_due is None

    def test_beats_reopening_and_the_end_of_a_relapse(self) -> None:
        incident = a_relapse(since=at("12:00"))
        hold(incident, at("12:05"))

        assert incident.next_due is None
        handle_due(incident, at("12:30:00.000001"))
        clear(incident, at("12:40"))
        assert incident.next_due is None
        handle_due(incident, at("12:42"))

        assert recorded(incident)[-1] == "incident.signal_cleared"
        assert incident.relapse is not None

    def test_does_not_bind_persons(self) -> None:
        published, dismissed = a_detection(since=at("10:00")), a_detection(since=at("10:00"))
        hold(published, at("10:05"))
        hold(dismissed, at("10:05"))

        publish(published, at("10:06"))
        dismiss(dismissed, at("10:06"))

        assert published.is_public
        assert recorded(dismissed)[-1] == "incident.dismissed"

    def test_ends_with_publication_by_hand(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))

        publish(incident, at("10:06"))

        assert incident.held is None

    def test_ends_with_reopening_by_hand(self) -> None:
        incident = a_relapse(since=at("12:00"))
        hold(incident, at("12:05"))

        reopen(incident, at("12:06"))

        assert incident.held is None
        assert incident.is_open

    def test_ends_with_the_relapse_that_a_person_lets_go(self) -> None:
        incident = a_relapse(since=at("12:00"))
        hold(incident, at("12:05"))

        dismiss(incident, at("12:06"))

        assert incident.held is None
        clear(incident, at("12:07"))
        fire(incident, at("12:10"))
        assert incident.next_due == at("12:40:00.000001")

    def test_is_refused_if_it_is_held_already(self) -> None:
        incident = a_detection(since=at("10:00"))
        hold(incident, at("10:05"))

        with refused(incident, AlreadyHeld):
            hold(incident, at("10:06"))

    def test_is_refused_if_readers_can_see_it(self) -> None:
        for incident in (a_public_incident(since=at("10:00")), a_declared_incident(since=at("10:00"))):
            with refused(incident, AlreadyPublished):
                hold(incident, at("11:00"))

    def test_is_refused_after_dismissal(self) -> None:
        incident = a_dismissed_incident(since=at("10:05"))

        with refused(incident, Dismissed):
            hold(incident, at("10:06"))

    def test_is_refused_after_withdrawal(self) -> None:
        incident = a_withdrawn_incident(since=at("12:00"))

        with refused(incident, Withdrawn):
            hold(incident, at("12:01"))
