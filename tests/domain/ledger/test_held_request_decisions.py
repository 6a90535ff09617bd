"""What people decide about held requests: alone, with a second person, in bulk, and once more."""

import pytest

from domain.ledger.errors import ClaimedByAnother, NotClaimed, NothingToSign, NotSettled, NotToBeChecked, SamePerson
from domain.ledger.held_request import (
    Decision,
    HeldRequest,
    Means,
    Outcome,
    RequestState,
    Result,
    Settlement,
    Signature,
)
from tests.domain.assertions import recorded, refused, state
from tests.domain.builders import at
from tests.domain.request_builders import (
    ANA,
    BEN,
    BULK,
    CLAIM,
    CONTENT,
    FOUR_EYES,
    NOT_TO_CHECK,
    SETTLED,
    Given,
    a_claimed_request,
    a_decided_request,
    a_disposed_request,
    a_leased_request,
    a_signed_request,
    but_for,
    claim,
    decide,
    let_time_pass,
    one_awaiting_signature,
    one_to_check,
    reopen,
    report,
    sign,
)
from tests.domain.request_steps import decide_in_bulk, send_back, sign_in_bulk

NOW = at("12:45")
CARA = "cara"


class TestDecision:
    @pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.CANNOT_TELL])
    def test_settles_it(self, outcome: Outcome) -> None:
        request = a_claimed_request()

        decide(request, NOW, outcome)

        assert request.settlement == Settlement(outcome=outcome, by=Means.CHECK, at=NOW)
        assert request.decision == Decision(person=ANA, outcome=outcome, note="seen", at=NOW, digest=CONTENT.digest)
        assert (request.state, request.claim, request.due_at) == (RequestState.SETTLED, None, None)

    @pytest.mark.parametrize("outcome", Outcome)
    def test_waits_for_a_second_person_where_four_eyes_are_wanted(self, outcome: Outcome) -> None:
        request = a_claimed_request(FOUR_EYES)

        decide(request, NOW, outcome)

        assert (request.state, request.settlement, request.claim) == (RequestState.AWAITING_SIGNATURE, None, None)
        assert (request.holder, request.due_at) == (ANA, None)

    def test_that_nobody_can_tell_always_waits_for_a_second_person(self) -> None:
        request = a_claimed_request()

        decide(request, NOW, Outcome.CANNOT_TELL)

        assert (request.state, request.settlement) == (RequestState.AWAITING_SIGNATURE, None)

    def test_is_up_to_who_has_claimed_it(self) -> None:
        request = a_claimed_request()

        with refused(request, ClaimedByAnother):
            decide(request, NOW, person=BEN)

    def test_is_refused_where_nobody_has(self) -> None:
        request = one_to_check()

        with refused(request, NotClaimed):
            decide(request, NOW)

    def test_is_refused_once_the_claim_ran_out(self) -> None:
        request = a_claimed_request()
        let_time_pass(request, until=at("12:30") + CLAIM)

        with refused(request, NotClaimed):
            decide(request, at("12:30") + CLAIM)

    @pytest.mark.parametrize("given", NOT_TO_CHECK)
    def test_is_refused_of_what_does_not_wait_to_be_checked(self, given: Given) -> None:
        request = given()

        with refused(request, NotToBeChecked):
            decide(request, at("12:55"))


class TestSignature:
    def test_settles_it_as_was_decided(self) -> None:
        request = a_claimed_request()
        decide(request, NOW, Outcome.CANNOT_TELL)

        sign(request, at("12:50"))

        assert request.settlement == Settlement(outcome=Outcome.CANNOT_TELL, by=Means.CHECK, at=at("12:50"))
        assert request.decision is not None
        assert request.decision.signature == Signature(person=BEN, note="so it is", at=at("12:50"))
        assert request.holder == ANA

    def test_is_that_of_another_person(self) -> None:
        request = one_awaiting_signature()

        with refused(request, SamePerson):
            sign(request, at("12:50"), person=ANA)

    @pytest.mark.parametrize("given", but_for(RequestState.AWAITING_SIGNATURE))
    def test_is_refused_where_nothing_was_decided(self, given: Given) -> None:
        request = given()

        with refused(request, NothingToSign):
            sign(request, at("12:55"))


class TestReturn:
    def test_lets_it_be_checked_again_by_anybody(self) -> None:
        request = one_awaiting_signature()

        send_back(request, at("12:50"))

        assert (request.state, request.decision, request.claim) == (RequestState.TO_CHECK, None, None)
        claim(request, at("12:51"), person=BEN)
        decide(request, at("12:52"), person=BEN)
        sign(request, at("12:53"), person=ANA)
        assert request.state is RequestState.SETTLED

    def test_is_that_of_another_person(self) -> None:
        request = one_awaiting_signature()

        with refused(request, SamePerson):
            send_back(request, at("12:50"), person=ANA)

    @pytest.mark.parametrize("given", but_for(RequestState.AWAITING_SIGNATURE))
    def test_is_refused_where_nothing_was_decided(self, given: Given) -> None:
        request = given()

        with refused(request, NothingToSign):
            send_back(request, at("12:55"))


class TestReopening:
    @pytest.mark.parametrize("given", SETTLED)
    def test_lets_any_settlement_be_checked_by_hand(self, given: Given) -> None:
        request = given()

        reopen(request, at("12:55"))

        assert (request.state, request.settlement, request.decision) == (RequestState.TO_CHECK, None, None)
        assert request.reopenings == 1
        assert (request.claim, request.lease, request.due_at) == (None, None, None)
        claim(request, at("12:56"))

    @pytest.mark.parametrize("given", but_for(RequestState.SETTLED))
    def test_is_of_what_is_settled_alone(self, given: Given) -> None:
        request = given()

        with refused(request, NotSettled):
            reopen(request, at("12:55"))

    def test_keeps_four_eyes(self) -> None:
        request = a_signed_request()
        reopen(request, at("12:55"))
        claim(request, at("12:56"))

        decide(request, at("12:57"))

        assert request.state is RequestState.AWAITING_SIGNATURE

    def test_happens_as_often_as_is_doubted(self) -> None:
        request = a_decided_request()
        for _ in range(3):
            reopen(request, at("12:55"))
            claim(request, at("12:56"))
            decide(request, at("12:57"))

        assert (request.reopenings, request.state) == (3, RequestState.SETTLED)


class TestBulkDecision:
    def test_needs_no_claim_and_is_recorded_in_each(self) -> None:
        request = one_to_check()

        assert decide_in_bulk(request, NOW)

        assert request.decision == Decision(
            person=ANA, outcome=Outcome.DONE_NOW, note="all", at=NOW, digest=CONTENT.digest, bulk=BULK
        )
        assert (request.state, request.bulks) == (RequestState.SETTLED, (BULK,))
        assert recorded(request)[-1] == "held_request.decided"

    def test_takes_what_its_person_has_claimed(self) -> None:
        request = a_claimed_request()

        assert decide_in_bulk(request, NOW)
        assert request.claim is None

    def test_leaves_out_what_another_has_claimed(self) -> None:
        request = a_claimed_request()

        assert is_left_out(request, person=BEN)

    @pytest.mark.parametrize("given", NOT_TO_CHECK)
    def test_leaves_out_what_does_not_wait_to_be_checked(self, given: Given) -> None:
        assert is_left_out(given())

    @pytest.mark.parametrize("outcome", [Outcome.DONE_NOW, Outcome.CANNOT_TELL])
    def test_waits_for_signatures_as_any_other(self, outcome: Outcome) -> None:
        request = a_disposed_request(FOUR_EYES) if outcome is Outcome.DONE_NOW else one_to_check()

        assert decide_in_bulk(request, NOW, outcome)

        assert request.state is RequestState.AWAITING_SIGNATURE
        with refused(request, SamePerson):
            sign(request, NOW, person=ANA)

    def test_is_recorded_once_however_often_it_is_repeated(self) -> None:
        request = one_to_check()
        decide_in_bulk(request, NOW)
        before = state(request)

        assert decide_in_bulk(request, at("12:50"))
        assert state(request) == before

    def test_that_was_signed_is_not_decided_again(self) -> None:
        request = a_disposed_request(FOUR_EYES)
        decide_in_bulk(request, NOW)
        sign(request, at("12:46"))
        before = state(request)

        assert decide_in_bulk(request, at("12:50"))
        assert state(request) == before

    def test_that_was_reopened_is_not_decided_by_the_same_again(self) -> None:
        request = one_to_check()
        decide_in_bulk(request, NOW)
        reopen(request, at("12:46"))

        assert is_left_out(request)
        assert decide_in_bulk(request, at("12:51"), bulk="b-2")
        assert is_left_out(request)

    def test_that_was_sent_back_is_not_decided_by_the_same_again(self) -> None:
        request = a_disposed_request(FOUR_EYES)
        decide_in_bulk(request, NOW)
        send_back(request, at("12:46"))

        assert is_left_out(request)

    def test_that_another_person_overtook_is_left_out(self) -> None:
        request = one_to_check()
        decide_in_bulk(request, NOW)
        reopen(request, at("12:46"))
        claim(request, at("12:47"), person=CARA)
        decide(request, at("12:48"), person=CARA)

        assert is_left_out(request)

    def test_takes_what_a_worker_could_not_carry_out(self) -> None:
        request = a_leased_request()
        report(request, at("12:31"), Result.FAILED)

        assert decide_in_bulk(request, NOW, Outcome.REJECTED)

    def test_can_be_signed_in_bulk_by_another_person_once(self) -> None:
        request = a_disposed_request(FOUR_EYES)
        decide_in_bulk(request, NOW)
        before = state(request)

        assert not sign_in_bulk(request, at("12:50"), person=ANA)
        assert state(request) == before
        assert sign_in_bulk(request, at("12:50"))
        settled = state(request)
        assert sign_in_bulk(request, at("12:50"))
        assert (request.state, state(request)) == (RequestState.SETTLED, settled)


def is_left_out(request: HeldRequest, *, person: str = ANA) -> bool:
    """Decide it in bulk, and tell whether it says that it was left out, and nothing was recorded."""
    before = state(request)
    return not decide_in_bulk(request, at("12:50"), person=person) and state(request) == before
