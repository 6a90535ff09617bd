"""Whose hand settles a request, and by what it has seen: persons, contents, and claims that others end."""

import pytest

from domain.ledger.errors import ClaimedByAnother, ContentChanged, NotClaimed, NotLeased, SamePerson
from domain.ledger.held_request import RequestState, claims_handle, leases_handle
from tests.domain.assertions import recorded, refused, state
from tests.domain.builders import ana, at
from tests.domain.request_builders import (
    ANA,
    BEN,
    CLAIM,
    CONTENT,
    FOUR_EYES,
    LEASE,
    OTHER_CONTENT,
    WORKER,
    a_claimed_request,
    a_disposed_request,
    a_leased_request,
    attach,
    claim,
    decide,
    hand_out,
    one_awaiting_signature,
    one_to_check,
    one_to_reprocess,
    release,
    report,
    sign,
    take_again,
)
from tests.domain.request_steps import decide_in_bulk, keep, release_claim, release_lease, send_back, sign_in_bulk

NOW = at("12:45")
SAME = ["Ana", " ana", "ana\u00a0", "an\u200ba"]
"""Other spellings of who decides."""


class TestContent:
    def test_that_changed_since_the_claim_is_not_decided_unseen(self) -> None:
        request = a_claimed_request()
        take_again(request, at("12:41"), OTHER_CONTENT)

        with refused(request, ContentChanged) as caught:
            decide(request, NOW)
        assert caught.value.facts == {"digest": OTHER_CONTENT.digest, "changed_at": at("12:41")}
        with refused(request, ContentChanged):
            decide(request, NOW, seen=CONTENT.digest)

        decide(request, NOW, seen=OTHER_CONTENT.digest)
        assert request.state is RequestState.SETTLED

    def test_that_changed_is_seen_by_who_claims_it_again(self) -> None:
        request = a_claimed_request()
        take_again(request, at("12:41"), OTHER_CONTENT)
        claim(request, at("12:42"))

        decide(request, NOW)

        assert request.decision is not None
        assert request.decision.digest == OTHER_CONTENT.digest

    def test_that_changed_and_is_as_it_was_again_can_be_decided(self) -> None:
        request = a_claimed_request()
        take_again(request, at("12:41"), OTHER_CONTENT)
        take_again(request, at("12:42"))

        decide(request, NOW)

        assert request.state is RequestState.SETTLED

    def test_that_changed_since_the_decision_is_not_signed_but_sent_back(self) -> None:
        request = one_awaiting_signature()
        take_again(request, at("12:46"), OTHER_CONTENT)

        for seen in (None, CONTENT.digest, OTHER_CONTENT.digest):
            with refused(request, ContentChanged):
                sign(request, at("12:50"), seen=seen)
        assert not sign_in_bulk(request, at("12:50"))

        send_back(request, at("12:51"))
        claim(request, at("12:52"))
        decide(request, at("12:53"))
        sign(request, at("12:54"), seen=OTHER_CONTENT.digest)
        assert request.state is RequestState.SETTLED

    def test_that_was_not_seen_is_not_signed(self) -> None:
        request = one_awaiting_signature()

        with refused(request, ContentChanged):
            sign(request, at("12:50"), seen=OTHER_CONTENT.digest)

    def test_or_evidence_that_a_bulk_has_not_seen_leaves_it_out(self) -> None:
        for act in (decide_in_bulk, sign_in_bulk):
            for change in ("content", "evidence"):
                request = one_to_check() if act is decide_in_bulk else one_awaiting_signature()
                basis = request.basis
                if change == "content":
                    take_again(request, at("12:46"), OTHER_CONTENT)
                else:
                    attach(request, at("12:46"))
                before = state(request)

                assert not act(request, at("12:50"), basis=basis)
                assert state(request) == before


class TestPerson:
    @pytest.mark.parametrize("spelling", SAME)
    def test_who_decided_does_not_sign_however_the_name_is_written(self, spelling: str) -> None:
        request = one_awaiting_signature()

        for act in (sign, send_back):
            with refused(request, SamePerson):
                act(request, at("12:50"), person=spelling)
        assert not sign_in_bulk(request, at("12:50"), person=spelling)

    @pytest.mark.parametrize("spelling", SAME)
    def test_who_has_claimed_it_decides_however_the_name_is_written(self, spelling: str) -> None:
        request = a_claimed_request(FOUR_EYES)

        claim(request, at("12:41"), person=spelling)
        decide(request, at("12:42"), person=spelling)

        with refused(request, SamePerson):
            sign(request, at("12:43"), person=ANA)

    @pytest.mark.parametrize("spelling", SAME)
    def test_who_has_claimed_it_decides_many_however_the_name_is_written(self, spelling: str) -> None:
        request = a_claimed_request()

        assert decide_in_bulk(request, NOW, person=spelling)


class TestClaimOfAnother:
    @pytest.mark.parametrize("by", [BEN, None])
    def test_can_be_ended_for_a_reason(self, by: str | None) -> None:
        request = a_claimed_request()

        release_claim(request, NOW, by=by)

        assert (request.claim, request.due_at, request.state) == (None, None, RequestState.TO_CHECK)
        assert recorded(request)[-1] == "held_request.released"
        with refused(request, NotClaimed):
            decide(request, at("12:46"))
        claim(request, at("12:46"), person=BEN)

    def test_is_not_ended_where_there_is_none(self) -> None:
        request = one_to_check()

        with refused(request, NotClaimed):
            release_claim(request, NOW)

    def test_is_not_ended_without_a_word(self) -> None:
        request = a_claimed_request()

        with refused(request, ClaimedByAnother):
            release(request, NOW, person=BEN)

    def test_ends_with_the_token_by_which_it_was_claimed(self) -> None:
        request = a_disposed_request()

        for ends_by, until in ((at("12:40"), at("12:40")), (at("18:00"), at("12:30") + CLAIM)):
            request.claim_for(person=ANA, lease=CLAIM, ends_by=ends_by, provenance=ana(at("12:30")))
            assert request.due_at == until

    def test_is_found_by_that_token_while_there_is_one(self) -> None:
        request = a_claimed_request()
        handle = claims_handle(ana(NOW).actor)
        assert request.handles[handle] == at("12:30") + CLAIM

        release(request, NOW)

        assert handle not in request.handles


class TestLeaseOfAWorkerThatIsGoodNoLonger:
    def test_is_ended_so_that_another_one_carries_it_out(self) -> None:
        request = a_leased_request()
        assert request.handles[leases_handle(WORKER)] == at("12:30") + LEASE

        release_lease(request, at("12:31"))

        assert (request.lease, request.due_at, request.state) == (None, None, RequestState.REPROCESSING)
        assert recorded(request)[-1] == "held_request.lease_released"
        assert leases_handle(WORKER) not in request.handles
        with refused(request, NotLeased):
            report(request, at("12:32"))
        hand_out(request, at("12:32"), worker="importer-2")

    def test_is_held_back_if_it_was_sent_again_meanwhile(self) -> None:
        request = a_leased_request()
        keep(request, at("12:31"))

        release_lease(request, at("12:32"))

        assert recorded(request)[-2:] == ["held_request.lease_released", "held_request.held_back"]
        assert request.state is RequestState.TO_CHECK

    def test_is_not_ended_where_there_is_none(self) -> None:
        request = one_to_reprocess()
        before = state(request)

        release_lease(request, at("12:31"))

        assert state(request) == before
