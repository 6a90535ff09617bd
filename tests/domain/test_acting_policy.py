"""An event that the clock brings about names the policy that acts."""

from tests.domain.builders import a_detection, a_public_incident, a_relapse, an_incident_in_monitoring, at, clear


class TestActingPolicy:
    def test_publishes_what_persists(self) -> None:
        assert a_detection(since=at("10:00")).acting_policy == "publication"

    def test_publishes_a_relapse_that_persists(self) -> None:
        assert a_relapse(since=at("12:00")).acting_policy == "publication"

    def test_dismisses_what_has_cleared(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:05"))

        assert incident.acting_policy == "dismissal"

    def test_begins_monitoring_of_what_has_cleared_in_public(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        clear(incident, at("11:00"))

        assert incident.acting_policy == "monitoring"

    def test_resolves_what_is_stable(self) -> None:
        assert an_incident_in_monitoring(since=at("11:05")).acting_policy == "resolution"
