"""The cause of an incident is the first that was named; a signal that names none does not take it away."""

from domain.incidents.signal import SignalCause
from tests.domain.builders import CODE_CHANGE, TRACKING, a_declared_incident, a_detection, a_firing, at, fire


class TestCause:
    def test_stays_when_a_signal_without_one_joins(self) -> None:
        incident = a_detection(since=at("10:00"), firing=CODE_CHANGE)

        fire(incident, at("10:05"), a_firing(TRACKING))

        assert incident.cause is SignalCause.CODE_CHANGE

    def test_that_a_person_named_stays_when_a_signal_without_one_joins(self) -> None:
        incident = a_declared_incident(since=at("10:00"), cause=SignalCause.CODE_CHANGE)

        fire(incident, at("10:05"))

        assert incident.cause is SignalCause.CODE_CHANGE

    def test_is_taken_from_the_first_signal_that_names_one(self) -> None:
        incident = a_detection(since=at("10:00"))
        assert incident.cause is None

        fire(incident, at("10:05"), CODE_CHANGE)

        assert incident.cause is SignalCause.CODE_CHANGE
