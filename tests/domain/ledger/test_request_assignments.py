"""Requests that came without a cause: how they are merged, how an assignment is undone, and how they are checked."""

import pytest

from domain.errors import InTheFuture, TooManyEntries
from domain.ledger.errors import AlreadyAssigned, CauseIsFixed, ClaimedByAnother, NotAssigned
from domain.ledger.held_request import HeldRequest, Means, Merge, Outcome, RequestState
from domain.ledger.held_request.twins import MOST_TWINS
from tests.domain.assertions import recorded, refused, replayed, state, typed
from tests.domain.builders import ana, at
from tests.domain.request_builders import (
    ANA,
    BEN,
    BY_HAND,
    CLAIM,
    CONTENT,
    ENDED,
    FOUR_EYES,
    LOSS,
    OTHER_CONTENT,
    REPROCESS,
    SENT,
    Given,
    a_claimed_request,
    a_holding,
    a_merged_request,
    a_request,
    a_signed_request,
    an_unassigned_request,
    assign,
    attach,
    claim,
    decide,
    dispose,
    hand_out,
    handle_due,
    one_found_twice,
    one_to_check,
    release,
    reopen,
    resend,
    sign,
    take_again,
)
from tests.domain.request_steps import decide_in_bulk, keep, send_back, undo


def one_assigned() -> HeldRequest:
    """Give a request that was assigned, and waits for the end of the window."""
    request = an_unassigned_request()
    assign(request, at("11:30"))
    return request


class TestMerge:
    def test_is_a_repeat_of_the_one_that_is_there_and_each_knows_the_other(self) -> None:
        twin, request = a_request(), an_unassigned_request(received=at("11:05"))

        assign(request, at("11:30"), twin=twin)

        assert recorded(request)[1:] == ["held_request.assigned", "held_request.merged"]
        assert recorded(twin)[1:] == ["held_request.twin_merged", "held_request.repeated"]
        assert (request.state, request.is_open, request.settlement) == (RequestState.MERGED, False, None)
        assert (request.merged_into, twin.merges) == (twin.id, (Merge(request=request.id, replaced=None),))
        assert (twin.repeats, twin.last_received_at) == (1, at("11:05"))
        assert typed(state(replayed(twin))) == typed(state(twin))
        assert typed(state(replayed(request))) == typed(state(request))

    def test_of_another_content_has_that_checked(self) -> None:
        twin, request = a_signed_request(), an_unassigned_request()
        take_again(request, at("11:01"), OTHER_CONTENT)

        assign(request, at("13:00"), twin=twin)

        assert recorded(twin)[-3:] == [f"held_request.{name}" for name in ("twin_merged", "changed", "opened_again")]
        assert (twin.state, twin.content) == (RequestState.TO_CHECK, OTHER_CONTENT)
        claim(twin, at("13:01"))
        decide(twin, at("13:02"))
        assert twin.state is RequestState.AWAITING_SIGNATURE

    def test_of_what_failed_after_the_other_was_settled_has_that_checked(self) -> None:
        twin, request = a_signed_request(), an_unassigned_request(received=at("12:55"))

        assign(request, at("13:00"), a_holding(), twin=twin)

        assert twin.state is RequestState.TO_CHECK

    def test_of_what_is_the_same_leaves_it_settled(self) -> None:
        twin = a_signed_request()

        a_merged_request(twin)

        assert twin.state is RequestState.SETTLED

    def test_takes_what_was_found_outside_along(self) -> None:
        twin, request = one_to_check(), an_unassigned_request()
        attach(twin, at("12:10"))
        attach(request, at("12:20"), person=BEN)
        keep(request, at("12:30"))

        assign(request, at("13:00"), twin=twin)

        assert [(each.finding.kind, each.attached_by) for each in twin.evidence] == [
            (SENT.kind, ANA),
            ("resend", "marketplace"),
        ]

    def test_has_room_for_a_hundred(self) -> None:
        twin = a_request()
        for _ in range(MOST_TWINS):
            a_merged_request(twin)
        before, request = state(twin), an_unassigned_request()

        with refused(request, TooManyEntries, match="stands for 100 others"):
            assign(request, at("11:30"), twin=twin)
        assert state(twin) == before

    def test_leaves_nothing_to_do_with_the_one_that_was_merged(self) -> None:
        request = a_merged_request()
        known = state(request)

        assert not resend(request, at("12:30"))
        keep(request, at("12:30"))
        dispose(request, BY_HAND)
        assert not decide_in_bulk(request, at("12:40"))
        assert state(request) == known


class TestUndoing:
    @pytest.mark.parametrize("policy", [None, BY_HAND, REPROCESS], ids=["held", "to check", "to reprocess"])
    def test_lets_it_wait_for_an_operator_again(self, policy: object) -> None:
        request = one_assigned()
        if policy is not None:
            dispose(request, BY_HAND if policy is BY_HAND else REPROCESS)

        undo(request, at("12:30"))

        assert recorded(request)[-1] == "held_request.assignment_undone"
        assert (request.cause, request.state, request.is_open) == (None, RequestState.HELD, True)
        assert (request.disposition, request.disposed_at, request.due, request.due_at) == (None,) * 4
        assert request.held_since == at("12:30")
        assert len(request.handles) == 1
        assign(request, at("12:40"), a_holding(cause=LOSS))
        assert request.cause == LOSS

    def test_parts_what_was_merged(self) -> None:
        twin, request = a_request(), an_unassigned_request()
        assign(request, at("11:30"), twin=twin)

        undo(request, at("11:40"), twin=twin)

        assert (request.state, request.merged_into, twin.merges) == (RequestState.HELD, None, ())
        assert recorded(twin)[-1] == "held_request.twin_parted"

    def test_gives_the_other_its_content_back_and_has_that_checked(self) -> None:
        twin, request = a_signed_request(), an_unassigned_request()
        take_again(request, at("11:01"), OTHER_CONTENT)
        assign(request, at("13:00"), twin=twin)
        claim(twin, at("13:01"))
        decide(twin, at("13:02"))
        sign(twin, at("13:03"))

        undo(request, at("13:10"), twin=twin)

        assert (twin.content, twin.state) == (CONTENT, RequestState.TO_CHECK)
        assert request.content == OTHER_CONTENT

    def test_leaves_what_the_other_has_become_since(self) -> None:
        twin, request = a_request(), an_unassigned_request()
        take_again(request, at("11:01"), OTHER_CONTENT)
        assign(request, at("11:30"), twin=twin)
        take_again(twin, at("11:35"))

        undo(request, at("11:40"), twin=twin)

        assert (twin.content, twin.changes) == (CONTENT, 2)

    def test_opens_a_duplicate_of_old_logs(self) -> None:
        request = one_found_twice()

        undo(request, at("12:30"))

        assert (request.cause, request.state, request.settlement) == (None, RequestState.HELD, None)

    def test_does_not_take_the_second_person_away(self) -> None:
        request = one_assigned()
        undo(request, at("12:30"), a_holding(FOUR_EYES))
        claim(request, at("12:40"))

        decide(request, at("12:41"))

        assert request.state is RequestState.AWAITING_SIGNATURE

    def test_is_of_what_was_assigned(self) -> None:
        for request, why in ((an_unassigned_request(), "has no cause"), (a_request(), "came with its cause")):
            with refused(request, NotAssigned, match=why):
                undo(request, at("12:30"))

    def test_waits_until_nobody_deals_with_it(self) -> None:
        claimed, leased, decided, settled = (one_assigned() for _ in range(4))
        for each, policy in ((claimed, BY_HAND), (leased, REPROCESS), (decided, FOUR_EYES), (settled, BY_HAND)):
            dispose(each, policy)
        for each in (claimed, decided, settled):
            claim(each, at("12:30"))
        hand_out(leased, at("12:30"))
        for each in (decided, settled):
            decide(each, at("12:31"))

        with refused(claimed, ClaimedByAnother):
            undo(claimed, at("12:32"))
        for each, why in (
            (leased, "leased until"),
            (decided, "until it is sent back"),
            (settled, "until it is reopened"),
        ):
            with refused(each, CauseIsFixed, match=why):
                undo(each, at("12:32"))
        reopen(settled, at("12:33"))
        undo(settled, at("12:34"))

    def test_waits_until_no_other_one_counts_on_it(self) -> None:
        twin = one_assigned()
        request = a_merged_request(twin)

        with refused(twin, CauseIsFixed, match=str(request.id)):
            undo(twin, at("12:00"))
        undo(request, at("12:00"), twin=twin)
        undo(twin, at("12:01"))

    def test_is_not_in_the_future(self) -> None:
        request = one_assigned()

        with refused(request, InTheFuture):
            request.undo_assignment(
                holding=a_holding(), twin=None, reason="no", provenance=ana(at("11:50"), at("11:40"))
            )


class TestUnassignedRequest:
    def test_is_claimed_and_decided_as_any_other(self) -> None:
        request = an_unassigned_request()

        claim(request, at("11:30"))
        assert (request.state, request.next_due) == (RequestState.TO_CHECK, at("11:30") + CLAIM)
        decide(request, at("11:40"), Outcome.ALREADY_DONE)

        assert request.settlement is not None
        assert (request.settlement.outcome, request.settlement.by) == (Outcome.ALREADY_DONE, Means.CHECK)
        assert request.next_due is None

    def test_is_decided_in_bulk_and_signed_where_nobody_can_tell(self) -> None:
        request = an_unassigned_request()

        assert decide_in_bulk(request, at("11:30"), Outcome.CANNOT_TELL)
        send_back(request, at("11:31"))
        assert (request.state, request.cause) == (RequestState.TO_CHECK, None)

        assign(request, at("11:32"))
        assert request.state is RequestState.HELD

    def test_waits_for_anybody_once_its_claim_ran_out(self) -> None:
        request = an_unassigned_request()
        claim(request, at("11:30"))

        handle_due(request, at("12:00"))

        assert (request.claim, request.next_due, request.state) == (None, None, RequestState.TO_CHECK)

    def test_is_assigned_once_nobody_checks_it(self) -> None:
        request = an_unassigned_request()
        claim(request, at("11:30"))

        with refused(request, ClaimedByAnother):
            assign(request, at("11:31"))
        release(request, at("11:32"))
        assign(request, at("11:33"))
        dispose(request, REPROCESS)
        assert request.state is RequestState.REPROCESSING

    @pytest.mark.parametrize("outcome", [Outcome.DONE_NOW, Outcome.CANNOT_TELL])
    def test_is_not_assigned_once_it_is_decided(self, outcome: Outcome) -> None:
        request = an_unassigned_request()
        claim(request, at("11:30"))
        decide(request, at("11:31"), outcome)

        with refused(request, CauseIsFixed):
            assign(request, at("11:32"))

    @pytest.mark.parametrize("given", [a_claimed_request, a_merged_request])
    def test_is_no_other(self, given: Given) -> None:
        request = given()

        with refused(request, AlreadyAssigned):
            assign(request, ENDED)
