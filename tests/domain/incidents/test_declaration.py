"""An incident that a person declares: public unless he says otherwise, and left to persons by every policy."""

from datetime import timedelta

import pytest

from domain.errors import NoImpact
from domain.impact import Status
from domain.incidents import Firing, Progress
from domain.incidents.signal import SignalCause
from domain.ledger.request_policy import Disposition, RequestPolicy
from tests.domain.assertions import recorded
from tests.domain.builders import (
    CARRIER,
    CODE_CHANGE,
    DEPLOY,
    HALF_AN_HOUR,
    IMPORT,
    LABELS,
    TICK,
    TRACKING,
    a_declared_incident,
    a_firing,
    at,
    clear,
    fire,
    handle_due,
    in_english,
    publish,
    span,
    update,
)


class TestDeclaration:
    @pytest.mark.parametrize("status", [Status.OPERATIONAL, Status.UNKNOWN])
    def test_is_refused_if_a_component_has_no_impact(self, status: Status) -> None:
        with pytest.raises(NoImpact, match=CARRIER):
            a_declared_incident(since=at("10:00"), components={CARRIER: status})

    def test_may_lie_in_the_past(self) -> None:
        incident = a_declared_incident(since=at("09:00"), recorded=at("10:00"))

        assert incident.started_at == at("09:00")
        assert incident.impact == {CARRIER: (span(Status.MAJOR_OUTAGE, "09:00"),)}

    def test_says_what_becomes_of_requests(self) -> None:
        policies = {"order": RequestPolicy(policy=Disposition.REPROCESS)}

        assert a_declared_incident(since=at("10:00"), request_policies=policies).request_policies == policies

    def test_lets_requests_of_a_kind_be_checked_by_hand_within_three_days_unless_it_says_otherwise(self) -> None:
        policy = RequestPolicy()

        assert policy.policy is Disposition.CHECK_BY_HAND
        assert policy.deadline == timedelta(hours=72)
        assert not policy.four_eyes


class TestDeclaredIncident:
    def test_is_public_at_once(self) -> None:
        incident = a_declared_incident(since=at("10:00"))

        assert incident.is_public
        assert incident.published_at == at("10:00")
        assert recorded(incident) == ["incident.declared"]

    def test_has_title_message_components_and_impact(self) -> None:
        incident = a_declared_incident(since=at("10:00"), markets=("PL",))

        assert incident.title == in_english("Carrier A: no labels")
        assert incident.timeline[0].message == in_english("Labels cannot be created.")
        assert incident.components == (CARRIER,)
        assert incident.statuses == {CARRIER: Status.MAJOR_OUTAGE}
        assert incident.markets == ("PL",)

    def test_stays_private_if_the_person_says_so(self) -> None:
        incident = a_declared_incident(since=at("10:00"), public=False)

        assert not incident.is_public
        assert incident.published_at is None
        assert not incident.timeline[0].is_public

    @pytest.mark.parametrize("firing", [a_firing(), a_firing(TRACKING, component=IMPORT), CODE_CHANGE])
    def test_is_never_published_by_policy_when_signals_join(self, firing: Firing) -> None:
        incident = a_declared_incident(since=at("10:00"), public=False)

        fire(incident, at("10:01"), firing)

        assert incident.next_due is None
        for moment in (at("10:01"), at("10:31:00.000001"), at("10:01") + HALF_AN_HOUR + TICK):
            handle_due(incident, moment)
        assert not incident.is_public

    @pytest.mark.parametrize("public", [False, True])
    @pytest.mark.parametrize("progress", list(Progress)[:3])
    def test_is_left_to_persons_by_every_policy(self, progress: Progress, public: bool) -> None:
        incident = a_declared_incident(since=at("10:00"), public=public)
        fire(incident, at("10:01"))
        update(incident, at("10:02"), progress)
        clear(incident, at("10:03"))

        assert incident.next_due is None
        before = recorded(incident)
        for minutes in (0, 2, 10, 30):
            for extra in (timedelta(0), TICK):
                handle_due(incident, at("10:03") + timedelta(minutes=minutes) + extra)
        assert recorded(incident) == before

    def test_is_published_by_a_person(self) -> None:
        incident = a_declared_incident(since=at("10:00"), public=False)
        fire(incident, at("10:01"))

        publish(incident, at("11:00"))

        assert incident.is_public
        clear(incident, at("11:05"))
        assert incident.next_due is None

    def test_keeps_its_own_beginning_when_an_earlier_signal_joins(self) -> None:
        incident = a_declared_incident(since=at("10:00"))

        fire(incident, at("09:50"), a_firing(DEPLOY), recorded=at("10:01"))

        assert incident.started_at == at("10:00")

    def test_takes_the_cause_of_a_signal_that_joins(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        fire(incident, at("10:01"), a_firing(LABELS))
        assert incident.cause is None

        fire(incident, at("10:02"), CODE_CHANGE)

        assert incident.cause is SignalCause.CODE_CHANGE
