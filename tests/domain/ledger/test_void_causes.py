"""What becomes of requests whose cause was withdrawn, dismissed or cancelled: a person checks each of them."""

from dataclasses import replace
from datetime import datetime

import pytest

from domain.ledger.cause import Void
from domain.ledger.errors import CauseVoid
from domain.ledger.held_request import RequestState
from domain.ledger.held_request.state import VOID, unsettled_handle
from domain.ledger.request_policy import RequestPolicy
from tests.domain.assertions import recorded, state
from tests.domain.builders import HALF_AN_HOUR, at, provenance
from tests.domain.ledger_builders import FOLLOWING, a_ledger
from tests.domain.request_builders import (
    ANA,
    BY_HAND,
    DEADLINE,
    ENDED,
    FOUR_EYES,
    REPROCESS,
    RESENDS,
    RETRIES,
    SETTLED,
    WINDOW,
    Given,
    a_claimed_request,
    a_decided_request,
    a_holding,
    a_leased_request,
    a_request,
    let_time_pass,
    one_awaiting_signature,
    one_awaiting_source,
    one_to_check,
    one_to_reprocess,
    reopen,
    resend,
    void,
)

WITHDRAWN = at("12:45")


class TestVoid:
    @pytest.mark.parametrize("policy", [REPROCESS, RESENDS, RETRIES, BY_HAND])
    def test_sends_what_is_held_to_a_check_whatever_its_policy(self, policy: RequestPolicy) -> None:
        request = a_request()

        void(request, policy=policy)

        assert (request.state, request.void, request.due_at) == (RequestState.TO_CHECK, Void.WITHDRAWN, None)
        assert request.disposition == replace(policy, policy=BY_HAND.policy)
        assert request.disposed_at == ENDED

    @pytest.mark.parametrize("given", [one_to_reprocess, a_leased_request, one_awaiting_source])
    def test_takes_back_what_had_gone_on(self, given: Given) -> None:
        request = given()

        void(request, WITHDRAWN)

        assert (request.state, request.lease, request.due, request.due_at) == (RequestState.TO_CHECK, None, None, None)

    def test_leaves_with_a_person_what_a_person_has(self) -> None:
        claimed, decided = a_claimed_request(), one_awaiting_signature()

        void(claimed, WITHDRAWN)
        void(decided, WITHDRAWN)

        assert claimed.claim is not None
        assert (claimed.state, claimed.claim.person) == (RequestState.TO_CHECK, ANA)
        assert (decided.state, decided.needs_signature) == (RequestState.AWAITING_SIGNATURE, True)
        assert claimed.void is decided.void is Void.WITHDRAWN

    def test_wants_as_many_eyes_as_before(self) -> None:
        request = a_request()

        void(request, policy=replace(REPROCESS, four_eyes=True))

        assert request.needs_signature

    @pytest.mark.parametrize("given", SETTLED)
    def test_leaves_what_is_settled(self, given: Given) -> None:
        request = given()
        before = state(request)

        void(request, WITHDRAWN)

        assert state(request) == before

    def test_clears_until_when_its_source_was_to_send_it_again(self) -> None:
        request = one_awaiting_source()
        let_time_pass(request, until=at("16:00"))
        assert (request.state, request.due) == (RequestState.TO_CHECK, ENDED + DEADLINE)

        void(request, at("16:30"))

        assert (request.due, request.disposed_at) == (None, at("16:30"))

    def test_is_learned_by_what_was_settled_once_somebody_doubts_that(self) -> None:
        request = a_decided_request()
        void(request, WITHDRAWN)
        reopen(request, at("13:00"))

        void(request, at("13:00"))

        assert (request.state, request.void) == (RequestState.TO_CHECK, Void.WITHDRAWN)
        assert recorded(request)[-2:] == ["held_request.reopened", "held_request.cause_voided"]

    def test_is_learned_once_and_ranks_behind_what_has_not_learned_it(self) -> None:
        request = one_to_check()
        assert request.handles[unsettled_handle(WINDOW.id)] > VOID
        void(request, WITHDRAWN)

        void(request, at("13:00"))

        assert recorded(request).count("held_request.cause_voided") == 1
        assert request.handles[unsettled_handle(WINDOW.id)] == VOID

    def test_keeps_nobody_from_sending_it_again(self) -> None:
        request = a_request()
        void(request, policy=FOUR_EYES)

        assert resend(request, at("13:00"))


class TestLedger:
    @pytest.mark.parametrize("ended", [None, ENDED])
    def test_of_a_cause_that_was_taken_back_disposes_of_all_of_it(self, ended: datetime | None) -> None:
        ledger = a_ledger(ended=ended)
        moment = ENDED + HALF_AN_HOUR

        for _ in range(2):
            ledger.follow(ended_at=moment, void=Void.CANCELLED, provenance=provenance(FOLLOWING, moment))

        assert recorded(ledger) == ["ledger.opened", "ledger.cause_voided"]
        assert (ledger.ended_at, ledger.disposing_since, ledger.void) == (moment, moment, Void.CANCELLED)


@pytest.mark.parametrize("void", [None, *Void])
def test_nothing_of_a_cause_that_was_taken_back_is_carried_out(void: Void | None) -> None:
    holding = a_holding(ended=ENDED, void=void)

    if void is None:
        holding.require_valid()
    else:
        with pytest.raises(CauseVoid, match=f"maintenance_window:.* was {void}"):
            holding.require_valid()
