"""What a person says of an incident while it goes on."""

from collections.abc import Callable, Mapping
from datetime import datetime

import pytest

from domain.errors import DomainError, InternalUpdateChangesNothing, NoImpact, UnknownMoment
from domain.impact import Status
from domain.incidents import Incident, Progress, Update
from domain.incidents.errors import AlreadyResolved, Dismissed, Withdrawn
from tests.domain.assertions import recorded, refused
from tests.domain.builders import (
    CARRIER,
    IMPORT,
    TICK,
    a_declared_incident,
    a_detection,
    a_dismissed_incident,
    a_public_incident,
    a_resolved_incident,
    a_withdrawn_incident,
    an_incident_in_monitoring,
    at,
    in_english,
    let_time_pass,
    publish,
    span,
    update,
)


def last_entry(incident: Incident) -> Update:
    return incident.timeline[-1]


class TestUpdate:
    def test_carries_state_message_components_and_expectation(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        update(
            incident,
            at("10:50"),
            Progress.IDENTIFIED,
            components={CARRIER: Status.PARTIAL_OUTAGE},
            expected_at=at("12:00"),
            message="Half of the labels work.",
        )

        assert last_entry(incident) == Update(
            number=2,
            progress=Progress.IDENTIFIED,
            message=in_english("Half of the labels work."),
            occurred_at=at("10:50"),
            recorded_at=at("10:50"),
            components={CARRIER: Status.PARTIAL_OUTAGE},
            expected_at=at("12:00"),
            public_number=2,
        )
        assert incident.progress is Progress.IDENTIFIED
        assert incident.statuses == {CARRIER: Status.PARTIAL_OUTAGE}

    @pytest.mark.parametrize("expected", ["10:49", "10:50"])
    def test_is_refused_if_the_end_is_expected_for_the_past(self, expected: str) -> None:
        incident = a_public_incident(since=at("10:00"))

        with refused(incident, UnknownMoment):
            update(incident, at("10:50"), expected_at=at(expected))

    def test_told_of_afterwards_may_expect_the_end_for_a_time_that_has_passed_since(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        update(incident, at("10:50"), recorded=at("12:00"), expected_at=at("11:00"))

        assert last_entry(incident).expected_at == at("11:00")

    def test_without_a_state_leaves_it_as_it_is(self) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("10:50"), Progress.IDENTIFIED)

        update(incident, at("10:55"), message="Still the same.")

        assert incident.progress is Progress.IDENTIFIED
        assert last_entry(incident).progress is Progress.IDENTIFIED

    def test_keeps_both_times(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        update(incident, at("10:50"), recorded=at("10:58"))

        assert (last_entry(incident).occurred_at, last_entry(incident).recorded_at) == (at("10:50"), at("10:58"))

    @pytest.mark.parametrize("earlier", list(Progress)[:3])
    @pytest.mark.parametrize("later", list(Progress)[:3])
    def test_may_go_from_any_state_to_any_other(self, earlier: Progress, later: Progress) -> None:
        incident = a_public_incident(since=at("10:00"))
        update(incident, at("10:50"), earlier)

        update(incident, at("10:55"), later)

        assert incident.progress is later
        assert [entry.progress for entry in incident.timeline] == [Progress.INVESTIGATING, earlier, later]

    def test_names_a_component_that_was_not_hit_before(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        update(incident, at("10:50"), components={IMPORT: Status.DEGRADED_PERFORMANCE})

        assert incident.components == (CARRIER, IMPORT)
        assert incident.impact[IMPORT] == (span(Status.DEGRADED_PERFORMANCE, "10:50"),)

    def test_ends_an_impact_that_is_said_to_be_operational(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        update(incident, at("10:50"), components={CARRIER: Status.OPERATIONAL})

        assert incident.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "10:00", "10:50"),)}
        assert incident.is_open

    def test_may_be_of_the_very_beginning(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        update(incident, at("10:00"), recorded=at("10:50"))

        assert recorded(incident)[-1] == "incident.updated"

    def test_is_refused_if_it_is_of_a_time_before_the_beginning(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        with refused(incident, UnknownMoment, match="10:00:00"):
            update(incident, at("10:00") - TICK, recorded=at("10:50"))

    def test_is_refused_if_a_component_is_said_to_be_unknown(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        with refused(incident, NoImpact, match=CARRIER):
            update(incident, at("10:50"), components={CARRIER: Status.UNKNOWN})

    @pytest.mark.parametrize(
        ("given", "refusal"),
        [
            (a_dismissed_incident, Dismissed),
            (a_resolved_incident, AlreadyResolved),
            (a_withdrawn_incident, Withdrawn),
        ],
    )
    def test_is_refused_when_it_is_over(self, given: Callable[..., Incident], refusal: type[DomainError]) -> None:
        incident = given(since=at("12:00"))

        with refused(incident, refusal):
            update(incident, at("12:01"))


class TestUpdateWrittenWhilePrivate:
    def test_is_never_public(self) -> None:
        incident = a_detection(since=at("10:00"))
        update(incident, at("10:10"), Progress.IDENTIFIED, message="Ours, I fear.")

        let_time_pass(incident, until=at("10:30:00.000001"))
        update(incident, at("10:40"))

        assert [entry.is_public for entry in incident.timeline] == [False, True, True]

    def test_is_never_public_though_a_person_publishes(self) -> None:
        incident = a_detection(since=at("10:00"))
        update(incident, at("10:10"))

        publish(incident, at("10:11"))

        assert [entry.is_public for entry in incident.timeline] == [False, True]

    def test_is_kept(self) -> None:
        incident = a_declared_incident(since=at("10:00"), public=False)

        update(incident, at("10:10"), message="Ours, I fear.")

        assert last_entry(incident).message == in_english("Ours, I fear.")
        assert not last_entry(incident).is_public

    def test_leaves_publication_to_the_policy(self) -> None:
        incident = a_detection(since=at("10:00"))

        update(incident, at("10:10"), Progress.MONITORING)

        assert incident.next_due == at("10:30:00.000001")


class TestInternalUpdate:
    def test_is_never_public(self) -> None:
        incident = a_public_incident(since=at("10:00"))

        update(incident, at("10:50"), internal=True, message="The contract ends in May.")

        assert last_entry(incident).internal
        assert not last_entry(incident).is_public

    @pytest.mark.parametrize("progress", [None, Progress.INVESTIGATING])
    def test_leaves_all_that_readers_see(self, progress: Progress | None) -> None:
        incident = a_public_incident(since=at("10:00"))
        before = (incident.progress, incident.impact, incident.title, incident.timeline)

        update(incident, at("10:50"), progress, internal=True)

        assert (incident.progress, incident.impact, incident.title, incident.timeline[:-1]) == before

    def test_leaves_what_is_due(self) -> None:
        incident = an_incident_in_monitoring(since=at("11:05"))

        update(incident, at("11:06"), internal=True)

        assert incident.next_due == at("11:15:00.000001")

    @pytest.mark.parametrize(
        ("progress", "components", "expected_at"),
        [
            (Progress.IDENTIFIED, {}, None),
            (Progress.MONITORING, {}, None),
            (None, {CARRIER: Status.DEGRADED_PERFORMANCE}, None),
            (None, {}, at("12:00")),
        ],
    )
    def test_is_refused_if_it_would_change_what_readers_see(
        self, progress: Progress | None, components: Mapping[str, Status], expected_at: datetime | None
    ) -> None:
        incident = a_public_incident(since=at("10:00"))

        with refused(incident, InternalUpdateChangesNothing):
            update(incident, at("10:50"), progress, components=components, expected_at=expected_at, internal=True)
