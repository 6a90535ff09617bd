"""How people check held requests by hand: evidence, which never decides, and claims, which run out."""

from datetime import datetime

import pytest

from domain.errors import InTheFuture, TooManyEntries
from domain.ledger.errors import ClaimedByAnother, NotClaimed, NotToBeChecked
from domain.ledger.held_request import Claim, Finding, HeldRequest, Outcome, RequestState
from tests.domain.assertions import recorded, refused, state
from tests.domain.builders import TICK, ana, at
from tests.domain.request_builders import (
    ANA,
    BEN,
    CLAIM,
    CONTENT,
    GIVEN,
    NOT_TO_CHECK,
    SENT,
    Given,
    a_claimed_request,
    a_request,
    attach,
    claim,
    handle_due,
    let_time_pass,
    one_awaiting_source,
    one_to_check,
    release,
)

CLAIMED = at("12:30")
UNTIL = CLAIMED + CLAIM
MOST = 100
UNCLAIMED = [given for given in GIVEN if given is not a_claimed_request]


class TestEvidence:
    @pytest.mark.parametrize("given", GIVEN)
    def test_can_be_attached_at_any_time_and_decides_nothing(self, given: Given) -> None:
        request = given()
        before = decided(request)

        attach(request, at("12:55"))

        assert decided(request) == before
        [evidence] = request.evidence
        assert (evidence.number, evidence.finding, evidence.attached_by, evidence.at) == (1, SENT, ANA, at("12:55"))

    def test_suggests_outcomes_each_once(self) -> None:
        request = a_request()
        suggested = [Outcome.ALREADY_DONE, None, Outcome.DUPLICATE, Outcome.ALREADY_DONE]
        for number, outcome in enumerate(suggested):
            attach(request, at("11:30"), Finding(kind="invoice", source="erp", value=str(number), suggests=outcome))

        assert request.suggested == (Outcome.ALREADY_DONE, Outcome.DUPLICATE)
        assert [each.number for each in request.evidence] == [1, 2, 3, 4]

    def test_of_the_very_same_is_kept_once(self) -> None:
        request = a_request()
        attach(request, at("11:30"))
        before = state(request)

        attach(request, at("11:31"), person=BEN)

        assert state(request) == before

    def test_may_be_attached_while_another_checks(self) -> None:
        request = a_claimed_request()

        attach(request, at("12:31"), person=BEN)

        assert request.claim == a_claim(until=UNTIL)

    def test_is_not_of_the_future(self) -> None:
        request = a_request()

        with refused(request, InTheFuture):
            request.attach(finding=SENT, person=ANA, provenance=ana(at("11:31"), at("11:30")))

    def test_has_room_for_a_hundred_pieces(self) -> None:
        request = a_request()
        for number in range(MOST):
            attach(request, at("11:30"), Finding(kind="note", source="erp", value=str(number)))

        with refused(request, TooManyEntries):
            attach(request, at("11:31"))
        attach(request, at("11:31"), Finding(kind="note", source="erp", value="7"))
        assert len(request.evidence) == MOST


class TestClaim:
    def test_is_of_one_person_for_half_an_hour(self) -> None:
        request = a_claimed_request()

        assert request.claim == a_claim(until=UNTIL)
        assert (request.state, request.due_at, request.holder) == (RequestState.TO_CHECK, UNTIL, ANA)

    def test_keeps_others_away_and_names_who_and_until_when(self) -> None:
        request = a_claimed_request()

        with refused(request, ClaimedByAnother, match="by ana until 2025-03-04T13:00") as caught:
            claim(request, UNTIL - TICK, person=BEN)
        assert caught.value.facts == {"claimed_by": ANA, "claimed_until": UNTIL}

    def test_can_be_renewed_by_who_has_it(self) -> None:
        request = a_claimed_request()

        claim(request, at("12:50"))

        assert request.claim == a_claim(until=at("12:50") + CLAIM)
        handle_due(request, UNTIL)
        assert request.claim is not None

    def test_counts_from_when_it_was_recorded(self) -> None:
        request = one_to_check()

        request.claim_for(person=ANA, lease=CLAIM, provenance=ana(at("12:00"), at("12:30")))

        assert request.due_at == UNTIL

    @pytest.mark.parametrize("given", NOT_TO_CHECK)
    def test_is_refused_of_what_does_not_wait_to_be_checked(self, given: Given) -> None:
        request = given()

        with refused(request, NotToBeChecked, match=str(request.state)):
            claim(request, at("12:50"))

    def test_runs_out_at_its_very_end(self) -> None:
        request = a_claimed_request()
        handle_due(request, UNTIL - TICK, recorded=UNTIL)
        assert recorded(request)[-1] == "held_request.claimed"

        handle_due(request, UNTIL)

        assert (request.claim, request.due_at, request.state) == (None, None, RequestState.TO_CHECK)
        assert recorded(request)[-1] == "held_request.claim_lapsed"

    def test_that_ran_out_frees_it_for_others(self) -> None:
        request = a_claimed_request()
        let_time_pass(request, until=UNTIL)

        claim(request, UNTIL, person=BEN)

        assert request.claim == a_claim(BEN, until=UNTIL + CLAIM)

    def test_of_one_that_was_waited_for_does_not_wait_again(self) -> None:
        request = one_awaiting_source()
        let_time_pass(request, until=at("15:00"))
        claim(request, at("15:00"))

        let_time_pass(request, until=at("23:00"))

        assert (request.state, request.due_at) == (RequestState.TO_CHECK, None)


class TestRelease:
    def test_lets_anybody_check_it(self) -> None:
        request = a_claimed_request()

        release(request, at("12:35"))

        assert (request.claim, request.due_at, request.state) == (None, None, RequestState.TO_CHECK)
        claim(request, at("12:35"), person=BEN)

    def test_is_up_to_who_has_it(self) -> None:
        request = a_claimed_request()

        with refused(request, ClaimedByAnother, match="an operator can release it"):
            release(request, at("12:35"), person=BEN)

    @pytest.mark.parametrize("given", UNCLAIMED)
    def test_is_refused_where_nobody_has_it(self, given: Given) -> None:
        request = given()

        with refused(request, NotClaimed):
            release(request, at("12:35"))

    @pytest.mark.parametrize("moment", [UNTIL, at("23:00")])
    def test_is_refused_after_it_ran_out(self, moment: datetime) -> None:
        request = a_claimed_request()
        let_time_pass(request, until=moment)

        with refused(request, NotClaimed):
            release(request, moment)


def a_claim(person: str = ANA, *, until: datetime) -> Claim:
    """Give the claim of a person, who acts by the token of Ana."""
    return Claim(person=person, until=until, digest=CONTENT.digest, actor=ana(until).actor)


def decided(request: HeldRequest) -> tuple[object, ...]:
    """Give what evidence never touches."""
    return request.state, request.claim, request.lease, request.decision, request.settlement, request.due_at
