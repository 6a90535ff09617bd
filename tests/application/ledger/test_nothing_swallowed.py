"""What fails again is another request or opens the old one, twins are merged, and resends are never forgotten."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.ledger.cause import Cause
from domain.ledger.cause_ledger import Ledger
from domain.ledger.errors import CauseIsFixed
from domain.ledger.held_request import Outcome, RequestState
from tests.application.held_requests import (
    CLAIM,
    INVOICE,
    KINDS,
    ORDER,
    PRICE,
    STOCK,
    Desk,
    a_resend,
    an_order,
)
from tests.application.program import LABELS, Program, at
from tests.domain.request_builders import SENT

pytestmark = pytest.mark.both_stores

BEGINS, ENDS, LATER = at("10:00"), at("12:00"), at("14:00")


@pytest.fixture
def program(program: Program) -> Program:
    """A program with one component, at half past ten."""
    program.register(LABELS)
    program.clock.show(at("10:30"))
    return program


@pytest.fixture
def desk(program: Program) -> Desk:
    """The desk of that program."""
    return Desk(program)


@pytest.fixture
def window(desk: Desk) -> Cause:
    """A window that goes on until noon."""
    return desk.plan(BEGINS, ENDS)


class TestNamesake:
    def test_of_what_was_settled_long_ago_is_another_request(self, program: Program, desk: Desk, window: Cause) -> None:
        first = an_order("1", None, kind=PRICE)
        desk.hand_in(first)
        desk.assign(first.identity, window)
        program.let_time_pass(ENDS)
        desk.decide_many([first.identity])
        program.clock.show(LATER)
        outage = desk.declare(occurred_at=at("13:00"))
        second = an_order("1", None, kind=PRICE, received_at=at("13:30"))

        assert desk.hand_in(second, second, first) == ["unassigned", "repeat", "repeat"]
        [id] = [id for id in desk.requests() if id != first.identity]
        desk.assign(id, outage)
        # The same file again, and a third try: each line is known by when it was received.
        third = an_order("1", None, kind=PRICE, received_at=at("13:40"))
        assert desk.hand_in(first, second, third, third) == ["repeat", "repeat", "unassigned", "repeat"]
        requests = desk.requests()
        assert [(each.cause, each.state) for each in requests.values()] == [
            (window, RequestState.SETTLED),
            (outage, RequestState.HELD),
            (None, RequestState.HELD),
        ]
        assert [each.repeats for each in requests.values()] == [2, 2, 1]

    def test_of_what_is_unassigned_is_a_repeat_also_once_that_has_its_cause(self, desk: Desk, window: Cause) -> None:
        first, again = (an_order("1", None, received_at=at(moment)) for moment in ("10:10", "10:20"))

        assert desk.hand_in(first, again) == ["unassigned", "repeat"]
        desk.assign(first.identity, window)

        assert desk.hand_in(first, again) == ["repeat", "repeat"]
        assert len(desk.requests()) == 1

    def test_that_fails_again_after_its_incident_was_reopened_is_checked_again(
        self, program: Program, desk: Desk
    ) -> None:
        incident = desk.declare(occurred_at=BEGINS)
        entry = an_order("1", incident, kind=PRICE)
        desk.hand_in(entry)
        program.resolve(incident.id)
        program.let_time_pass(at("10:50"))
        desk.decide_many([entry.identity])
        assert desk.reconciled_at(incident) is not None
        program.reopen(incident.id)
        program.clock.show(at("11:00"))

        assert desk.hand_in(entry, an_order("1", incident, kind=PRICE, received_at=at("10:55"))) == ["repeat"] * 2

        assert desk.states() == {"1": RequestState.TO_CHECK}
        program.resolve(incident.id)
        assert desk.reconciled_at(incident) is None


class TestTwin:
    def test_is_merged_and_has_the_other_checked_by_two(self, program: Program, desk: Desk, window: Cause) -> None:
        known = an_order("1", window, kind=INVOICE)
        twin = an_order("1", None, kind=INVOICE, content="other")
        desk.hand_in(known)
        program.let_time_pass(ENDS)
        settle(desk)
        desk.hand_in(twin)

        desk.assign(twin.identity, window)

        merged, other = desk.request(twin.identity), desk.request(known.identity)
        assert (merged.state, merged.merged_into) == (RequestState.MERGED, known.identity)
        assert ([each.request for each in other.merges], other.content) == ([twin.identity], twin.content)
        assert other.state is RequestState.TO_CHECK
        assert desk.reconciled_at(window) is None
        # Whoever hands it in again is answered by the one that stands for it.
        assert desk.hand_in(twin, known) == ["repeat", "changed"]
        desk.decide_many([known.identity], bulk="b-2")
        assert desk.request(known.identity).state is RequestState.AWAITING_SIGNATURE

    def test_hands_evidence_on_to_the_one_that_stands_for_it(self, desk: Desk, window: Cause) -> None:
        known, twin = an_order("1", window, kind=PRICE), an_order("1", None, kind=PRICE)
        desk.hand_in(known, twin)
        desk.assign(twin.identity, window)

        desk.attach(twin.identity, SENT)

        assert [each.finding for each in desk.request(known.identity).evidence] == [SENT]

    def test_is_parted_again(self, desk: Desk, window: Cause) -> None:
        known, twin = an_order("1", window, kind=PRICE), an_order("1", None, kind=PRICE)
        desk.hand_in(known, twin)
        desk.assign(twin.identity, window)

        desk.undo(twin.identity)

        assert desk.request(twin.identity).cause is None
        assert desk.hand_in(known, twin) == ["repeat", "repeat"]
        assert [desk.request(each.identity).repeats for each in (known, twin)] == [2, 1]


class TestUndoneAssignment:
    def test_gives_the_cause_its_place_back(self, program: Program, desk: Desk, window: Cause) -> None:
        entry = an_order("1", None, kind=STOCK)
        desk.hand_in(entry)
        program.let_time_pass(ENDS)
        desk.assign(entry.identity, window)
        assert desk.reconciled_at(window) is None

        desk.undo(entry.identity)

        assert desk.request(entry.identity).state is RequestState.HELD
        assert desk.reconciled_at(window) is not None
        assert program.rebuilt(Ledger, Ledger.id_of(window)).assigned == {}
        assert desk.hand_in(an_order("1", window, kind=STOCK)) == ["held"]
        # Nothing is due with it any more, whatever is with others.
        program.let_time_pass(at("20:00"))
        assert desk.request(entry.identity).state is RequestState.HELD
        desk.assign(entry.identity, window)
        assert desk.request(entry.identity).state is RequestState.MERGED

    def test_of_what_is_settled_waits_until_it_is_reopened(self, program: Program, desk: Desk, window: Cause) -> None:
        entry = an_order("1", None, kind=PRICE)
        desk.hand_in(entry)
        desk.assign(entry.identity, window)
        program.let_time_pass(ENDS)
        desk.decide_many([entry.identity])

        with pytest.raises(CauseIsFixed):
            desk.undo(entry.identity)
        desk.reopen(entry.identity)
        desk.undo(entry.identity)


class TestUnassignedRequest:
    def test_is_claimed_for_as_long_as_any_other_and_decided(self, program: Program, desk: Desk) -> None:
        first, second = an_order("1", None), an_order("2", None)
        desk.hand_in(first, second)
        desk.claim(first.identity)
        desk.claim(second.identity)
        desk.decide(second.identity)

        program.let_time_pass(at("10:30") + CLAIM)

        assert desk.request(first.identity).claim is None
        assert desk.states() == {"1": RequestState.TO_CHECK, "2": RequestState.SETTLED}
        assert desk.hand_in(first, second) == ["repeat", "repeat"]
        assert desk.hand_in(an_order("2", None, received_at=at("10:59"))) == ["unassigned"]


class TestEarlyResend:
    def test_settles_whatever_waits_once_the_cause_ends(self, program: Program, desk: Desk, window: Cause) -> None:
        desk.hand_in(*(an_order(kind, window, kind=kind) for kind in KINDS))
        resends = [a_resend(kind, at("10:40"), kind=kind) for kind in KINDS]
        program.clock.show(at("10:41"))

        assert desk.send_again(*resends) == ["not_waiting"] * len(KINDS)
        position = program.recorded()
        assert desk.send_again(*resends) == ["not_waiting"] * len(KINDS)
        assert program.recorded() == position

        program.let_time_pass(ENDS)
        assert set(desk.states().values()) == {RequestState.SETTLED}
        assert {each.settlement and each.settlement.outcome for each in desk.requests().values()} == {Outcome.RESENT}
        assert desk.reconciled_at(window) is not None
        assert program.do(lambda log: log.find_ids(f"due:{window.id}")) == []

    def test_settles_what_is_handed_in_later(self, program: Program, desk: Desk, window: Cause) -> None:
        program.let_time_pass(at("12:30"))
        sent = a_resend("1", at("12:20"), kind=ORDER)
        assert desk.send_again(sent, a_resend("1", at("12:10"), kind=ORDER)) == ["unmatched", "unmatched"]

        assert desk.hand_in(
            an_order("1", window),
            an_order("1", None),
            an_order("2", window),
            an_order("1", window, source="another"),
        ) == ["held", "unassigned", "held", "held"]

        requests = {id: (each.state, len(each.evidence)) for id, each in desk.requests().items()}
        assert list(requests.values()) == [
            (RequestState.SETTLED, 1),
            (RequestState.HELD, 1),
            (RequestState.REPROCESSING, 0),
            (RequestState.REPROCESSING, 0),
        ]

    def test_settles_nothing_that_was_received_after_it(self, program: Program, desk: Desk, window: Cause) -> None:
        assert desk.send_again(a_resend("1", at("10:20"), kind=STOCK)) == ["unmatched"]
        desk.hand_in(an_order("1", window, kind=STOCK, received_at=at("10:25")))

        program.let_time_pass(ENDS)

        assert desk.states() == {"1": RequestState.AWAITING_SOURCE}

    def test_is_evidence_for_whoever_has_claimed_it(self, program: Program, desk: Desk, window: Cause) -> None:
        entry = an_order("1", window, kind=PRICE)
        desk.hand_in(entry)
        program.let_time_pass(ENDS)
        desk.claim(entry.identity)
        program.clock.show(at("12:05"))

        assert desk.send_again(a_resend("1", kind=PRICE)) == ["not_waiting"]

        request = desk.request(entry.identity)
        assert (request.state, request.suggested) == (RequestState.TO_CHECK, (Outcome.RESENT,))


class TestMoment:
    def test_of_a_clock_that_was_never_set_is_refused(self, program: Program, desk: Desk, window: Cause) -> None:
        never = datetime(1, 1, 1, tzinfo=UTC)
        before = program.recorded()

        assert desk.hand_in(an_order("1", None, received_at=never), an_order("1", window, received_at=never)) == [
            "refused",
            "refused",
        ]
        assert desk.send_again(a_resend("1", never)) == ["refused"]
        assert program.recorded() == before


class TestName:
    def test_is_the_same_if_it_looks_the_same(self, program: Program, desk: Desk, window: Cause) -> None:
        plain, other = an_order("caf\u00e9 1", window, kind=STOCK), "\ufeffcafe\u0301\u00a01 "

        assert desk.hand_in(plain, an_order(other, window, kind=STOCK, source="\u200bshop", content=other)) == [
            "held",
            "changed",
        ]
        program.let_time_pass(ENDS)
        assert desk.send_again(a_resend(other, at("11:00"), source="shop\u00a0")) == ["settled"]


def settle(desk: Desk) -> None:
    """Let Ana decide the open request, and Ben sign."""
    [id] = [id for id, each in desk.requests().items() if each.is_open]
    desk.claim(id)
    desk.decide(id)
    desk.sign(id)
