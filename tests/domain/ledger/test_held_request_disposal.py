"""What becomes of a held request by the policy of its cause, which has ended: by its source, by the clock."""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import pytest

from domain.ledger.cause import Holding
from domain.ledger.held_request import Means, Outcome, RequestState, Settlement
from domain.ledger.request_policy import RequestPolicy
from tests.domain.assertions import happened, recorded, state
from tests.domain.builders import TICK, at, provenance
from tests.domain.request_builders import (
    BY_HAND,
    CLAIM,
    CONTENT,
    DEADLINE,
    ENDED,
    GIVEN,
    RECEIVED,
    REPROCESS,
    RESENDS,
    RETRIES,
    SETTLED,
    WINDOW,
    Given,
    a_disposed_request,
    a_leased_request,
    a_request,
    but_for,
    claim,
    dispose,
    handle_due,
    let_time_pass,
    one_awaiting_source,
    one_to_check,
    reopen,
    resend,
)

DUE = ENDED + DEADLINE
UNDISPOSED = [given for given, state in GIVEN.items() if state is RequestState.HELD]


class TestDisposition:
    @pytest.mark.parametrize(
        ("policy", "expected"),
        [
            (REPROCESS, RequestState.REPROCESSING),
            (RESENDS, RequestState.AWAITING_SOURCE),
            (RETRIES, RequestState.AWAITING_SOURCE),
            (BY_HAND, RequestState.TO_CHECK),
        ],
        ids=lambda each: str(getattr(each, "policy", each)),
    )
    def test_is_by_the_policy_of_its_kind(self, policy: RequestPolicy, expected: RequestState) -> None:
        request = a_disposed_request(policy)

        assert (request.state, request.disposition, request.disposed_at) == (expected, policy, ENDED)
        waits = expected is RequestState.AWAITING_SOURCE
        assert request.due == request.due_at == (DUE if waits else None)

    def test_is_what_was_recorded_whatever_a_policy_means_by_now(self) -> None:
        received, disposed = cast("list[Any]", happened(a_disposed_request(BY_HAND)))

        request = received.mutate(None)
        replace(disposed, state=RequestState.REPROCESSING).mutate(request)

        assert (request.state, request.disposition) == (RequestState.REPROCESSING, BY_HAND)

    def test_is_by_hand_for_a_kind_that_is_not_named(self) -> None:
        request = a_request()
        holding = Holding(cause=WINDOW, began_at=None, ended_at=ENDED, policies={"invoice": REPROCESS})

        request.dispose(holding=holding, provenance=provenance("policy:disposition", ENDED))

        assert (request.state, request.disposition) == (RequestState.TO_CHECK, RequestPolicy())

    @pytest.mark.parametrize("given", [given for given in GIVEN if given not in UNDISPOSED])
    def test_happens_once(self, given: Given) -> None:
        request = given()
        before = state(request)

        dispose(request, RETRIES, at=at("23:00"))

        assert state(request) == before

    def test_counts_the_deadline_from_when_it_was_handed_in_after_the_end(self) -> None:
        request = a_request(taken=at("14:00"))

        dispose(request, RESENDS, at=at("14:00"))

        assert request.due == at("14:00") + DEADLINE

    def test_goes_by_what_the_cause_said_then(self) -> None:
        request = a_disposed_request(RESENDS)
        reopened = a_disposed_request(RESENDS)
        resend(reopened, at("12:30"))
        reopen(reopened, at("12:31"))

        dispose(request, BY_HAND, at=at("13:00"))
        dispose(reopened, REPROCESS, at=at("13:00"))

        assert request.disposition == reopened.disposition == RESENDS
        assert (request.state, reopened.state) == (RequestState.AWAITING_SOURCE, RequestState.TO_CHECK)


class TestDeadline:
    def test_turns_what_its_source_did_not_send_again_into_a_check(self) -> None:
        request = one_awaiting_source()

        handle_due(request, DUE)

        assert (request.state, request.due_at) == (RequestState.TO_CHECK, None)
        assert recorded(request)[-1] == "held_request.deadline_passed"

    @pytest.mark.parametrize("moment", [DUE - TICK, DUE + TICK])
    def test_is_exactly_what_was_recorded(self, moment: datetime) -> None:
        request = one_awaiting_source()
        before = state(request)

        handle_due(request, moment, recorded=at("23:00"))

        assert state(request) == before

    @pytest.mark.parametrize("given", [*SETTLED, one_to_check, a_leased_request])
    def test_no_longer_matters_afterwards(self, given: Given) -> None:
        request = given()

        assert request.due_at != DUE


class TestResend:
    @pytest.mark.parametrize("given", [one_awaiting_source, one_to_check])
    def test_settles_what_waits(self, given: Given) -> None:
        request = given()

        assert resend(request, at("12:30"))

        assert request.settlement == Settlement(outcome=Outcome.RESENT, by=Means.RESEND, at=at("12:30"))
        assert (request.state, request.resent_at, request.due_at) == (RequestState.SETTLED, at("12:30"), None)

    def test_settles_what_was_waited_for_in_vain(self) -> None:
        request = one_awaiting_source()
        let_time_pass(request, until=DUE)

        assert resend(request, at("16:00"))

    def test_settles_what_was_received_before_it(self) -> None:
        request = one_awaiting_source()

        assert resend(request, at("12:30"), received=RECEIVED + TICK)

    @pytest.mark.parametrize("received", [RECEIVED - TICK, RECEIVED])
    def test_leaves_what_was_received_no_earlier(self, received: datetime) -> None:
        request = one_awaiting_source()
        before = state(request)

        assert not resend(request, at("12:30"), received=received)
        assert state(request) == before

    @pytest.mark.parametrize(
        "given", [given for given in but_for(RequestState.AWAITING_SOURCE) if given is not one_to_check]
    )
    def test_leaves_what_does_not_wait_for_it(self, given: Given) -> None:
        request = given()
        before = state(request)

        assert not resend(request, at("12:50"))
        assert state(request) == before

    def test_settles_one_whose_claim_has_lapsed(self) -> None:
        request = one_to_check()
        claim(request, at("12:30"))
        let_time_pass(request, until=at("12:30") + CLAIM)

        assert resend(request, at("13:00"))

    def test_settles_one_again_that_was_reopened(self) -> None:
        request = one_awaiting_source()
        resend(request, at("12:30"))
        reopen(request, at("12:31"))

        assert resend(request, at("12:32"), received=at("12:30"))

    @pytest.mark.parametrize(("digest", "differs"), [(None, False), (CONTENT.digest, False), ("0" * 64, True)])
    def test_says_whether_it_names_another_digest(self, digest: str | None, differs: bool) -> None:
        request = one_awaiting_source()

        assert resend(request, at("12:40"), digest=digest)

        assert (request.state, request.resent_differently) == (RequestState.SETTLED, differs)

    def test_that_named_another_digest_is_forgotten_once_it_comes_with_the_right_one(self) -> None:
        request = one_awaiting_source()
        resend(request, at("12:40"), digest="0" * 64)
        reopen(request, at("12:50"))
        assert request.resent_differently

        resend(request, at("12:55"))

        assert not request.resent_differently
