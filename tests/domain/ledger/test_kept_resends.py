"""What was sent again before its request waited for that: it is evidence, and settles it when its cause ends."""

from datetime import datetime

import pytest

from domain.ledger.errors import NotToReprocess
from domain.ledger.held_request import Finding, Means, Outcome, RequestState, Settlement
from domain.ledger.request_policy import RequestPolicy
from tests.domain.assertions import recorded, refused
from tests.domain.builders import TICK, at
from tests.domain.request_builders import (
    BY_HAND,
    ENDED,
    FOUR_EYES,
    GIVEN,
    RECEIVED,
    REPROCESS,
    RESENDS,
    Given,
    a_claimed_request,
    a_decided_request,
    a_leased_request,
    a_merged_request,
    a_request,
    an_unassigned_request,
    dispose,
    hand_out,
    let_time_pass,
    one_awaiting_signature,
    one_awaiting_source,
    one_to_check,
    one_to_reprocess,
    report,
    resend,
    take_again,
)
from tests.domain.request_steps import keep


class TestKeptResend:
    @pytest.mark.parametrize(
        "given", [a_request, an_unassigned_request, a_leased_request, a_claimed_request, one_awaiting_signature]
    )
    def test_is_evidence_on_what_waits_for_something_else(self, given: Given) -> None:
        request = given()

        keep(request, at("12:50"))

        [evidence] = request.evidence
        assert evidence.finding == Finding(
            kind="resend", source="marketplace", value="2025-03-04T12:50:00Z", suggests=Outcome.RESENT
        )
        assert (evidence.attached_by, request.suggested) == ("marketplace", (Outcome.RESENT,))
        assert request.state is GIVEN[given]

    def test_holds_back_from_workers_what_none_of_them_has(self) -> None:
        waiting, leased, done = one_to_reprocess(), a_leased_request(), a_leased_request()
        for request in (waiting, leased, done):
            keep(request, at("12:31"))
        report(done, at("12:32"))

        assert (recorded(waiting)[-1], waiting.state) == ("held_request.held_back", RequestState.TO_CHECK)
        with refused(waiting, NotToReprocess):
            hand_out(waiting, at("12:33"))
        assert leased.state == "reprocessing"
        let_time_pass(leased, until=at("13:00"))
        assert recorded(leased)[-2:] == ["held_request.lease_lapsed", "held_request.held_back"]
        assert leased.state == "to_check"
        assert done.settlement == Settlement(outcome=Outcome.DONE_NOW, by=Means.REPROCESSING, at=at("12:32"))

    @pytest.mark.parametrize("policy", [BY_HAND, REPROCESS, RESENDS, FOUR_EYES])
    def test_settles_it_when_the_cause_ends(self, policy: RequestPolicy) -> None:
        request = a_request()
        keep(request, at("11:40"))

        dispose(request, policy)

        assert recorded(request)[-2:] == ["held_request.disposed", "held_request.resent"]
        assert request.settlement == Settlement(outcome=Outcome.RESENT, by=Means.RESEND, at=ENDED)
        assert (request.resent_at, request.due_at) == (at("11:40"), None)

    def test_settles_nothing_that_failed_since(self) -> None:
        request = a_request()
        keep(request, at("11:40"))
        take_again(request, at("11:50"), received=at("11:45"))

        dispose(request, REPROCESS)

        assert request.state is RequestState.REPROCESSING

    def test_is_kept_once_until_it_fails_again(self) -> None:
        request = a_request()
        for moment in ("11:40", "11:41"):
            keep(request, at(moment))
        take_again(request, at("11:50"), received=at("11:45"))
        keep(request, at("11:51"), received=at("11:44"))
        keep(request, at("11:52"))

        assert [each.finding.value[11:16] for each in request.evidence] == ["11:40", "11:52"]

    @pytest.mark.parametrize("received", [RECEIVED - TICK, RECEIVED])
    def test_is_none_if_it_came_no_later(self, received: datetime) -> None:
        request = a_request()

        keep(request, at("11:40"), received=received)

        assert request.evidence == ()

    @pytest.mark.parametrize("given", [a_decided_request, a_merged_request])
    def test_is_none_of_what_waits_for_nobody(self, given: Given) -> None:
        request = given()

        keep(request, at("12:50"))

        assert request.evidence == ()

    @pytest.mark.parametrize("given", [one_awaiting_source, one_to_check])
    def test_settles_nothing_that_was_received_after_it_though_once_before(self, given: Given) -> None:
        request = given()
        take_again(request, at("12:30"), received=at("12:29"))

        assert not resend(request, at("12:31"), received=at("12:20"))
        assert resend(request, at("12:32"), received=at("12:30"))

    def test_names_its_digest_if_that_is_another(self) -> None:
        request = a_request()

        keep(request, at("11:10"), digest="0" * 64)

        assert request.evidence[0].finding.value == f"2025-03-04T11:10:00Z with the digest {'0' * 64}"
        dispose(request, RESENDS)
        assert (request.state, request.resent_differently) == (RequestState.SETTLED, True)
