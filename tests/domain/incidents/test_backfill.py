"""An incident that is entered when it is over; it is only told, and nobody is notified."""

from datetime import timedelta

import pytest

from domain.errors import InTheFuture, UnknownMoment
from domain.impact import Status
from domain.incidents import Because, Standing
from tests.domain.assertions import happened, recorded
from tests.domain.builders import CARRIER, TICK, a_declared_incident, at, span


class TestBackfill:
    def test_is_over_from_the_start(self) -> None:
        incident = a_declared_incident(since=at("08:00"), resolved=at("09:00"), recorded=at("14:00"))

        assert recorded(incident) == ["incident.declared", "incident.resolved"]
        assert incident.standing is Standing.RESOLVED
        assert (incident.started_at, incident.ended_at) == (at("08:00"), at("09:00"))
        assert incident.ended_because == Because.BACKFILL
        assert incident.next_due is None

    def test_says_that_it_was_entered_afterwards(self) -> None:
        assert a_declared_incident(since=at("08:00"), resolved=at("09:00"), recorded=at("14:00")).is_backfilled
        assert not a_declared_incident(since=at("08:00"), recorded=at("14:00")).is_backfilled

    def test_is_not_said_by_a_policy(self) -> None:
        incident = a_declared_incident(since=at("08:00"), resolved=at("09:00"), recorded=at("14:00"))

        assert [entry.by_policy for entry in incident.timeline] == [False, False]

    def test_keeps_both_times(self) -> None:
        incident = a_declared_incident(since=at("08:00"), resolved=at("09:00"), recorded=at("14:00"))

        assert [event.provenance.occurred_at for event in happened(incident)] == [at("08:00"), at("09:00")]
        assert [event.provenance.recorded_at for event in happened(incident)] == [at("14:00"), at("14:00")]

    def test_had_its_impact_from_beginning_to_end(self) -> None:
        incident = a_declared_incident(since=at("08:00"), resolved=at("09:00"), recorded=at("14:00"))

        assert incident.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "08:00", "09:00"),)}

    def test_may_be_private(self) -> None:
        incident = a_declared_incident(since=at("08:00"), resolved=at("09:00"), recorded=at("14:00"), public=False)

        assert not incident.is_public

    def test_is_refused_if_it_ended_before_it_began(self) -> None:
        with pytest.raises(UnknownMoment, match="08:00:00"):
            a_declared_incident(since=at("08:00"), resolved=at("08:00") - TICK, recorded=at("14:00"))

    def test_is_refused_if_it_ends_in_the_future(self) -> None:
        limit = at("14:00") + timedelta(seconds=5)
        with pytest.raises(InTheFuture):
            a_declared_incident(since=at("08:00"), resolved=limit + TICK, recorded=at("14:00"))

        assert a_declared_incident(since=at("08:00"), resolved=limit, recorded=at("14:00")).ended_at == limit
