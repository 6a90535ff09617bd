"""A text, a time or an impact is set right; the original stays readable."""

from collections.abc import Callable

import pytest

from domain.errors import InTheFuture
from domain.impact import Status
from domain.incidents import Incident, Standing
from domain.incidents.errors import NothingToCorrect
from domain.incidents.values import Correction
from tests.domain.assertions import recorded, refused
from tests.domain.builders import (
    CARRIER,
    IMPORT,
    a_declared_incident,
    a_detection,
    a_dismissed_incident,
    a_resolved_incident,
    a_withdrawn_incident,
    ana,
    at,
    in_english,
    let_time_pass,
    resolve,
    span,
    update,
)


def correct(incident: Incident, correction: Correction) -> None:
    incident.correct(correction=correction, reason="a slip", provenance=ana(at("15:00")))


class TestCorrection:
    def test_of_a_message_keeps_the_original(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        update(incident, at("10:10"), message="Carier A is down.")
        written = incident.timeline[1]

        correct(incident, Correction(update=2, message=in_english("Carrier A is down.")))

        entry = incident.timeline[1]
        assert entry.message == in_english("Carrier A is down.")
        assert entry.original == written
        assert (entry.number, entry.occurred_at, entry.is_public) == (2, at("10:10"), True)
        assert len(incident.timeline) == 2

    def test_of_a_correction_keeps_both(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        correct(incident, Correction(update=1, message=in_english("One")))

        correct(incident, Correction(update=1, message=in_english("Two")))

        (entry,) = incident.timeline
        assert entry.message == in_english("Two")
        assert entry.original is not None
        assert entry.original.message == in_english("One")
        assert entry.original.original is not None
        assert entry.original.original.message == in_english("Labels cannot be created.")

    def test_of_a_time_keeps_the_message(self) -> None:
        incident = a_declared_incident(since=at("10:00"))

        correct(incident, Correction(update=1, occurred_at=at("09:55")))

        (entry,) = incident.timeline
        assert entry.occurred_at == at("09:55")
        assert entry.message == in_english("Labels cannot be created.")
        assert entry.original is not None
        assert entry.original.occurred_at == at("10:00")

    def test_of_a_private_entry_leaves_it_private(self) -> None:
        incident = a_detection(since=at("10:00"))
        update(incident, at("10:10"))
        let_time_pass(incident, until=at("10:31"))

        correct(incident, Correction(update=1, message=in_english("Better words")))

        assert [entry.is_public for entry in incident.timeline] == [False, True]

    def test_of_title_and_markets(self) -> None:
        incident = a_declared_incident(since=at("10:00"))

        correct(incident, Correction(title=in_english("Carrier B"), markets=("ES", "PL")))

        assert incident.title == in_english("Carrier B")
        assert incident.markets == ("ES", "PL")

    def test_of_title_or_markets_is_possible_before_anything_was_written(self) -> None:
        incident = a_detection(since=at("10:00"))

        correct(incident, Correction(markets=("ES",)))

        assert incident.markets == ("ES",)

    def test_of_the_impact_of_a_component_leaves_the_others(self) -> None:
        incident = a_declared_incident(
            since=at("10:00"), components={CARRIER: Status.MAJOR_OUTAGE, IMPORT: Status.PARTIAL_OUTAGE}
        )
        resolve(incident, at("11:00"), override_reason="done")

        correct(incident, Correction(impact={CARRIER: (span(Status.DEGRADED_PERFORMANCE, "10:05", "10:50"),)}))

        assert incident.impact == {
            CARRIER: (span(Status.DEGRADED_PERFORMANCE, "10:05", "10:50"),),
            IMPORT: (span(Status.PARTIAL_OUTAGE, "10:00", "11:00"),),
        }

    def test_undoes_no_transition(self) -> None:
        incident = a_resolved_incident(since=at("11:30"))

        correct(incident, Correction(update=2, occurred_at=at("11:25")))

        assert incident.standing is Standing.RESOLVED
        assert incident.ended_at == at("11:30")
        assert recorded(incident)[-1] == "incident.corrected"

    def test_keeps_the_reason(self) -> None:
        incident = a_declared_incident(since=at("10:00"))

        correct(incident, Correction(markets=("ES",)))

        assert incident.corrections == ("a slip",)

    @pytest.mark.parametrize("given", [a_dismissed_incident, a_withdrawn_incident, a_resolved_incident])
    def test_is_possible_when_it_is_over(self, given: Callable[..., Incident]) -> None:
        incident = given(since=at("12:00"))

        correct(incident, Correction(title=in_english("Carrier B")))

        assert incident.title == in_english("Carrier B")

    @pytest.mark.parametrize(
        "correction",
        [
            Correction(),
            Correction(update=1),
            Correction(message=in_english("Which?")),
            Correction(occurred_at=at("10:00")),
            Correction(update=1, title=in_english("Carrier B")),
            Correction(update=-1, message=in_english("None such")),
            Correction(update=0, message=in_english("None such")),
            Correction(update=2, message=in_english("None such")),
        ],
    )
    def test_is_refused_if_it_names_nothing_that_exists(self, correction: Correction) -> None:
        incident = a_declared_incident(since=at("10:00"))

        with refused(incident, NothingToCorrect):
            correct(incident, correction)

    def test_is_refused_if_it_moves_an_update_into_the_future(self) -> None:
        incident = a_declared_incident(since=at("10:00"))

        with refused(incident, InTheFuture):
            correct(incident, Correction(update=1, occurred_at=at("15:00:05.000001")))

        correct(incident, Correction(update=1, occurred_at=at("15:00:05")))
        assert incident.timeline[0].occurred_at == at("15:00:05")
