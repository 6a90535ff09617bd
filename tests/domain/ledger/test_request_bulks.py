"""A bulk that is sent again says what it did itself, and not what others did since then."""

import pytest

from domain.ledger.held_request import HeldRequest, Outcome, RequestState
from tests.domain.assertions import recorded, state
from tests.domain.builders import at
from tests.domain.request_builders import (
    ANA,
    BULK,
    Given,
    a_leased_request,
    but_for,
    claim,
    decide,
    one_awaiting_signature,
    one_to_check,
    one_to_reprocess,
    reopen,
    sign,
)
from tests.domain.request_steps import decide_in_bulk, withdraw_in_bulk
from tests.domain.request_steps import sign_in_bulk as sign_many


def sign_in_bulk(request: HeldRequest, bulk: str = BULK) -> bool:
    return sign_many(request, at("13:00"), bulk=bulk)


class TestSignature:
    def test_is_the_same_when_the_bulk_is_sent_again(self) -> None:
        request = one_awaiting_signature()
        assert sign_in_bulk(request)
        before = recorded(request)

        assert sign_in_bulk(request)
        assert recorded(request) == before

    def test_by_another_bulk_is_not_the_one_of_this(self) -> None:
        request = one_awaiting_signature()
        assert sign_in_bulk(request)

        assert not sign_in_bulk(request, "another")

    def test_that_was_given_alone_since_a_reopening_is_not_the_one_of_the_bulk(self) -> None:
        request = one_awaiting_signature()
        assert sign_in_bulk(request)
        reopen(request, at("13:10"))
        claim(request, at("13:11"))
        decide(request, at("13:12"))

        assert not sign_in_bulk(request)
        sign(request, at("13:13"))
        assert not sign_in_bulk(request)


class TestDecision:
    def test_that_was_made_alone_since_a_reopening_is_not_the_one_of_the_bulk(self) -> None:
        request = one_to_check()
        assert decide_in_bulk(request, at("12:30"))
        assert decide_in_bulk(request, at("12:31"))
        reopen(request, at("12:40"))

        assert not decide_in_bulk(request, at("12:41"))
        claim(request, at("12:42"))
        decide(request, at("12:43"), Outcome.REJECTED)
        assert not decide_in_bulk(request, at("12:44"))
        assert (request.holder, request.decision is not None and request.decision.outcome) == (ANA, Outcome.REJECTED)


class TestWithdrawal:
    def test_takes_out_of_a_run_what_is_in_one_once(self) -> None:
        waiting, leased = one_to_reprocess(), a_leased_request()
        for request in (waiting, leased):
            assert withdraw_in_bulk(request, at("12:31"))
            before = recorded(request)
            assert withdraw_in_bulk(request, at("12:32"))
            assert recorded(request) == before

            assert (request.state, request.lease) == (RequestState.TO_CHECK, None)

    @pytest.mark.parametrize("given", but_for(RequestState.REPROCESSING))
    def test_leaves_what_is_in_none(self, given: Given) -> None:
        request = given()
        before = state(request)

        assert not withdraw_in_bulk(request, at("13:00"))

        assert state(request) == before
