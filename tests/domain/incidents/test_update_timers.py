"""What an update does to the moments at which a policy acts."""

from domain.incidents import Progress
from tests.domain.assertions import recorded
from tests.domain.builders import (
    TRACKING,
    a_detection,
    a_firing,
    a_public_incident,
    an_incident_in_monitoring,
    at,
    clear,
    fire,
    handle_due,
    update,
)


class TestUpdateWithinTheGrace:
    def test_leaves_monitoring_to_begin_when_the_grace_is_over(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        clear(incident, at("10:50"))

        update(incident, at("10:51"), Progress.IDENTIFIED)

        assert incident.next_due == at("10:52")
        handle_due(incident, at("10:52"))
        assert recorded(incident)[-1] == "incident.monitoring_began"


class TestUpdateAfterTheGrace:
    """The clock has not come yet, though the grace is over."""

    def test_takes_the_place_of_what_the_policy_would_say_of_a_public_incident(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        clear(incident, at("10:50"))

        update(incident, at("10:52"), Progress.IDENTIFIED)

        assert incident.next_due is None

    def test_leaves_a_private_incident_to_be_dismissed(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:05"))

        update(incident, at("10:08"), internal=True)

        assert incident.next_due == at("10:07")
        handle_due(incident, at("10:07"), recorded=at("10:09"))
        assert recorded(incident)[-1] == "incident.dismissed"


class TestMonitoring:
    def test_that_is_said_while_a_signal_fires_has_no_end_yet(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        update(incident, at("10:50"), Progress.MONITORING)

        assert (incident.signals.stable_at, incident.next_due) == (None, None)

    def test_ends_ten_minutes_after_the_last_of_two_signals_clears(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        fire(incident, at("10:40"), a_firing(TRACKING))
        update(incident, at("10:50"), Progress.MONITORING)

        clear(incident, at("10:51"), TRACKING)
        assert incident.next_due is None
        clear(incident, at("10:53"))

        assert incident.next_due == at("11:03:00.000001")

    def test_that_is_said_again_does_not_begin_anew(self) -> None:
        incident = an_incident_in_monitoring(since=at("12:00"))

        update(incident, at("12:05"), Progress.MONITORING)

        assert incident.next_due == at("12:10:00.000001")
