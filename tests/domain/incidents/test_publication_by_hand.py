"""An operator may publish at any moment, with a reason."""

from domain.incidents import Because, Incident, Progress
from domain.incidents.errors import AlreadyPublished, Dismissed, Withdrawn
from tests.domain.assertions import happened, refused
from tests.domain.builders import (
    a_declared_incident,
    a_detection,
    a_dismissed_incident,
    a_public_incident,
    a_withdrawn_incident,
    at,
    clear,
    in_english,
    let_time_pass,
    publish,
)


class TestPublicationByHand:
    def test_is_possible_at_any_moment(self) -> None:
        incident = a_detection(since=at("10:00"))

        publish(incident, at("10:00:00.000001"))

        assert incident.is_public
        assert incident.published_at == at("10:00:00.000001")
        assert incident.next_due is None

    def test_keeps_the_reason(self) -> None:
        incident = a_detection(since=at("10:00"))

        publish(incident, at("10:05"))

        published = happened(incident)[-1]
        assert isinstance(published, Incident.Published)
        assert (published.because, published.reason) == (Because.PERSON, "many ask")

    def test_has_a_generated_title_and_message_unless_the_person_writes_them(self) -> None:
        incident = a_detection(since=at("10:00"))

        publish(incident, at("10:05"))

        assert incident.title == in_english("title: carrier-a major_outage")
        assert incident.timeline[-1].message == in_english("published: carrier-a major_outage")
        assert not incident.timeline[-1].by_policy

    def test_takes_title_and_message_from_the_person(self) -> None:
        incident = a_detection(since=at("10:00"))

        publish(incident, at("10:05"), title=in_english("Carrier A"), message=in_english("No labels."))

        assert incident.title == in_english("Carrier A")
        assert incident.timeline[-1].message == in_english("No labels.")

    def test_takes_title_and_message_from_the_declaration(self) -> None:
        incident = a_declared_incident(since=at("10:00"), public=False)

        publish(incident, at("10:05"))

        assert incident.title == in_english("Carrier A: no labels")
        assert incident.timeline[-1].message == in_english("Labels cannot be created.")
        assert [entry.is_public for entry in incident.timeline] == [False, True]

    def test_during_a_gap_leaves_the_rest_to_the_policies(self) -> None:
        incident = a_detection(since=at("10:00"))
        clear(incident, at("10:05"))

        publish(incident, at("10:06"))

        assert incident.next_due == at("10:07")
        let_time_pass(incident, until=at("10:07"))
        assert incident.progress is Progress.MONITORING

    def test_is_refused_if_readers_can_see_it(self) -> None:
        for incident in (a_public_incident(since=at("10:00")), a_declared_incident(since=at("10:00"))):
            with refused(incident, AlreadyPublished):
                publish(incident, at("11:00"))

    def test_is_refused_after_dismissal(self) -> None:
        incident = a_dismissed_incident(since=at("10:05"))

        with refused(incident, Dismissed):
            publish(incident, at("10:06"))

    def test_is_refused_after_withdrawal(self) -> None:
        incident = a_withdrawn_incident(since=at("12:00"))

        with refused(incident, Withdrawn):
            publish(incident, at("12:01"))
