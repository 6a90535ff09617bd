"""What was learned: a draft for operators first, then for readers."""

from collections.abc import Callable

import pytest

from domain.incidents import Incident
from domain.incidents.errors import Dismissed, NoDraft, NotPublished, NotResolved, Withdrawn
from tests.domain.assertions import refused
from tests.domain.builders import (
    a_declared_incident,
    a_detection,
    a_dismissed_incident,
    a_public_incident,
    a_resolved_incident,
    a_withdrawn_incident,
    ana,
    at,
    in_english,
    resolve,
)


class TestPostmortem:
    def test_is_a_draft_first(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))

        incident.draft_postmortem(body=in_english("A certificate."), provenance=ana(at("14:00")))

        assert incident.postmortem_draft == in_english("A certificate.")
        assert incident.postmortem is None

    def test_is_read_once_published(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))
        incident.draft_postmortem(body=in_english("A certificate."), provenance=ana(at("14:00")))

        incident.publish_postmortem(provenance=ana(at("15:00")))

        assert incident.postmortem is not None
        assert incident.postmortem.body == in_english("A certificate.")
        assert incident.postmortem.published_at == at("15:00")
        assert incident.postmortem_draft is None

    def test_stays_as_published_until_a_new_draft_is(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))
        incident.draft_postmortem(body=in_english("A certificate."), provenance=ana(at("14:00")))
        incident.publish_postmortem(provenance=ana(at("15:00")))

        incident.draft_postmortem(body=in_english("Two certificates."), provenance=ana(at("16:00")))

        assert incident.postmortem is not None
        assert incident.postmortem.body == in_english("A certificate.")
        incident.publish_postmortem(provenance=ana(at("17:00")))
        assert incident.postmortem.body == in_english("Two certificates.")

    @pytest.mark.parametrize(
        "given", [a_detection, a_public_incident, a_declared_incident, a_dismissed_incident, a_withdrawn_incident]
    )
    def test_is_refused_before_the_resolution(self, given: Callable[..., Incident]) -> None:
        incident = given(since=at("10:00"))

        with refused(incident, NotResolved):
            incident.draft_postmortem(body=in_english("Too soon."), provenance=ana(at("12:00")))

    def test_is_not_published_without_a_draft(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))

        with refused(incident, NoDraft):
            incident.publish_postmortem(provenance=ana(at("12:00")))

    def test_is_not_published_twice(self) -> None:
        incident = a_resolved_incident(since=at("11:00"))
        incident.draft_postmortem(body=in_english("A certificate."), provenance=ana(at("14:00")))
        incident.publish_postmortem(provenance=ana(at("15:00")))

        with refused(incident, NoDraft):
            incident.publish_postmortem(provenance=ana(at("15:01")))

    def test_is_not_published_of_what_readers_cannot_see(self) -> None:
        incident = a_declared_incident(since=at("10:00"), public=False)
        resolve(incident, at("11:00"), override_reason="done")
        incident.draft_postmortem(body=in_english("A drill."), provenance=ana(at("14:00")))

        with refused(incident, NotPublished):
            incident.publish_postmortem(provenance=ana(at("15:00")))

    def test_is_not_published_of_what_was_withdrawn_or_dismissed(self) -> None:
        with refused(withdrawn := a_withdrawn_incident(since=at("12:00")), Withdrawn):
            withdrawn.publish_postmortem(provenance=ana(at("15:00")))
        with refused(dismissed := a_dismissed_incident(since=at("12:00")), Dismissed):
            dismissed.publish_postmortem(provenance=ana(at("15:00")))
