"""What an incident is from the start, before anybody has said more of it."""

from domain.incidents import Progress, Standing
from tests.domain.builders import CARRIER, a_declared_incident, a_detection, at


class TestDetection:
    def test_is_private_automatic_and_not_entered_afterwards(self) -> None:
        incident = a_detection(since=at("10:00"))

        assert (incident.is_public, incident.is_automatic, incident.is_backfilled) == (False, True, False)
        assert (incident.standing, incident.progress) == (Standing.OPEN, Progress.INVESTIGATING)

    def test_has_no_words_of_its_own(self) -> None:
        incident = a_detection(since=at("10:00"))

        assert (incident.title, incident.message, incident.timeline, incident.markets) == ({}, {}, (), ())
        assert (incident.corrections, incident.relapses, incident.postmortem_draft) == ((), (), None)
        assert incident.components == (CARRIER,)
        assert incident.request_policies == {}


class TestDeclaration:
    def test_is_public_and_not_automatic(self) -> None:
        incident = a_declared_incident(since=at("10:00"))

        assert (incident.is_public, incident.is_automatic, incident.is_backfilled) == (True, False, False)
        assert (incident.standing, incident.progress) == (Standing.OPEN, Progress.INVESTIGATING)
        assert (incident.monitoring_since, incident.progress_since, incident.ended_at) == (None, None, None)
