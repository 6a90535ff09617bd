"""Held requests come in in any order, in any number of pieces, again, late, and without a cause."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.ledger.intake import RequestEntry
from domain.errors import Invalid
from domain.ledger.cause import Cause, CauseType
from domain.ledger.errors import AlreadyAssigned, OutsideCause
from domain.ledger.held_request import HeldRequest, RequestState
from tests.application.held_requests import (
    INVOICE,
    KINDS,
    ORDER,
    PRICE,
    SALE,
    STOCK,
    TOLERANCE,
    Desk,
    a_resend,
    an_order,
)
from tests.application.program import LABELS, TICK, Program, at
from tests.contracts.snapshots import wipe

BEGINS, ENDS = at("10:00"), at("12:00")
DISPOSED = {
    ORDER: RequestState.REPROCESSING,
    STOCK: RequestState.AWAITING_SOURCE,
    SALE: RequestState.AWAITING_SOURCE,
    INVOICE: RequestState.TO_CHECK,
    PRICE: RequestState.TO_CHECK,
}


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
    """A window that goes on."""
    return desk.plan(BEGINS, ENDS)


class TestIntake:
    def test_takes_each_once(self, desk: Desk, window: Cause) -> None:
        assert desk.hand_in(an_order("1", window), an_order("2", window), an_order("1", window)) == [
            *("held", "held", "repeat"),
        ]
        assert desk.hand_in(an_order("1", window, content="other"), an_order("2", None)) == ["changed", "unassigned"]
        assert desk.states() == {"1": "held", "2": "held"}

    def test_is_not_stopped_by_what_is_refused(self, program: Program, desk: Desk, window: Cause) -> None:
        nobody = Cause(type=CauseType.INCIDENT, id=UUID(int=1))
        misnamed = Cause(type=CauseType.INCIDENT, id=window.id)
        late = an_order("5", window, received_at=at("10:30") + TOLERANCE + TICK)
        before = program.recorded()

        outcomes = desk.hand_in(
            an_order("1", nobody), an_order("2", misnamed), an_order("3", window, received_at=at("09:54")), late
        )

        assert outcomes == ["refused"] * 4
        assert program.recorded() == before
        assert desk.hand_in(an_order("6", nobody), an_order("7", window)) == ["refused", "held"]

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_ends_the_same_in_any_order_and_however_it_is_split(self, program: Program, data: st.DataObject) -> None:
        wipe(program.bitacora.store)
        program.clock.show(BEGINS)
        program.register(LABELS)
        desk = Desk(program)
        causes = [desk.plan(BEGINS, ENDS), desk.declare(), None]
        entries = [an_order(f"{number}", cause, kind=kind) for number in range(2) for kind in KINDS for cause in causes]
        handed_in = data.draw(st.permutations([*entries, *data.draw(st.lists(st.sampled_from(entries), max_size=30))]))
        ended = data.draw(st.integers(0, len(handed_in)), "handed in before the end")
        program.clock.show(at("10:30"))
        outcomes: list[str] = []
        for piece in pieces(data, handed_in[:ended]):
            outcomes += desk.hand_in(*piece)
        program.let_time_pass(ENDS)
        assert causes[1] is not None
        program.resolve(causes[1].id)
        for piece in pieces(data, handed_in[ended:]):
            outcomes += desk.hand_in(*piece)
        program.let_time_pass(ENDS + timedelta(minutes=1))

        requests = desk.requests()
        assert set(requests) == {each.identity for each in entries}
        assert outcomes.count("repeat") == len(handed_in) - len(entries)
        for entry in entries:
            request = requests[entry.identity]
            assert request.repeats == handed_in.count(entry) - 1
            assert request.state == ("held" if entry.cause is None else DISPOSED[entry.reference.kind])
            assert entry.cause is None or request.disposed_at == ENDS
            assert request.due == due(request)

    def test_again_after_the_end_settles_nothing_and_begins_nothing(
        self, program: Program, desk: Desk, window: Cause
    ) -> None:
        entries = [an_order(kind, window, kind=kind) for kind in KINDS]
        desk.hand_in(*entries)
        program.let_time_pass(ENDS)
        before = desk.states()

        assert desk.hand_in(*entries) == ["repeat"] * len(KINDS)
        assert desk.states() == before


class TestLateRequest:
    def test_is_disposed_of_at_once_and_waits_from_then_on(self, program: Program, desk: Desk, window: Cause) -> None:
        program.let_time_pass(at("13:00"))

        assert desk.hand_in(*(an_order(kind, window, kind=kind) for kind in KINDS)) == ["held"] * len(KINDS)

        assert desk.states() == {kind: DISPOSED[kind] for kind in KINDS}
        [stock] = [each for each in desk.requests().values() if each.reference.kind == STOCK]
        assert (stock.disposed_at, stock.due) == (at("13:00"), at("15:00"))
        program.let_time_pass(at("15:00"))
        assert desk.states()[STOCK] == RequestState.TO_CHECK

    @pytest.mark.parametrize(
        ("received", "outcome"),
        [
            (BEGINS - TOLERANCE - TICK, "refused"),
            (BEGINS - TOLERANCE, "held"),
            (ENDS + TOLERANCE, "held"),
            (ENDS + TOLERANCE + TICK, "refused"),
        ],
    )
    def test_is_taken_by_when_it_was_received(
        self, program: Program, desk: Desk, window: Cause, received: datetime, outcome: str
    ) -> None:
        program.let_time_pass(at("13:00"))

        assert desk.hand_in(an_order("1", window, received_at=received)) == [outcome]

    def test_may_come_before_the_window_is_known_to_have_begun(self, program: Program, desk: Desk) -> None:
        window = desk.plan(at("11:00"), ENDS)
        early = an_order("1", window, received_at=at("10:56"))
        program.clock.show(at("10:56"))

        assert desk.hand_in(early, an_order("2", window, received_at=at("10:54"))) == ["held", "refused"]

        program.let_time_pass(ENDS)
        assert desk.states() == {"1": RequestState.REPROCESSING}


class TestUnassignedRequest:
    def test_waits_for_an_operator_whatever_ends(self, program: Program, desk: Desk, window: Cause) -> None:
        desk.hand_in(an_order("1", None, kind=STOCK), an_order("2", window, kind=STOCK))
        program.let_time_pass(at("13:00"))

        assert desk.send_again(a_resend("1")) == ["not_waiting"]
        assert desk.states() == {"1": RequestState.HELD, "2": RequestState.AWAITING_SOURCE}

    def test_takes_the_identity_of_the_same_one_of_the_cause(self, program: Program, desk: Desk, window: Cause) -> None:
        desk.hand_in(an_order("1", None))
        [id] = desk.requests()

        desk.assign(id, window)

        assert desk.hand_in(an_order("1", window), an_order("1", None)) == ["repeat", "repeat"]
        assert desk.hand_in(an_order("1", window, content="other")) == ["changed"]
        assert set(desk.requests()) == {id}
        program.let_time_pass(ENDS)
        assert desk.states() == {"1": RequestState.REPROCESSING}

    def test_is_disposed_of_at_once_if_the_cause_has_ended(self, program: Program, desk: Desk, window: Cause) -> None:
        desk.hand_in(an_order("1", None, kind=STOCK))
        [id] = desk.requests()
        program.let_time_pass(at("13:00"))

        desk.assign(id, window)

        request = desk.request(id)
        assert (request.state, request.due) == (RequestState.AWAITING_SOURCE, at("15:00"))

    def test_is_assigned_once_and_to_what_can_have_held_it_up(
        self, program: Program, desk: Desk, window: Cause
    ) -> None:
        desk.hand_in(an_order("1", None), an_order("2", None, received_at=at("09:00")))
        [first, early] = desk.requests()
        desk.assign(first, window)
        before = program.recorded()

        for id, refusal in ((first, AlreadyAssigned), (early, OutsideCause)):
            with pytest.raises(refusal):
                desk.assign(id, window)
        with pytest.raises(Invalid, match="there is no incident"):
            desk.assign(early, Cause(type=CauseType.INCIDENT, id=UUID(int=1)))
        assert program.recorded() == before


def pieces(data: st.DataObject, entries: list[RequestEntry]) -> list[list[RequestEntry]]:
    """Cut what is handed in into pieces."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(entries)), max_size=4), "cuts"))
    return [entries[start:end] for start, end in zip([0, *cuts], [*cuts, len(entries)], strict=True)]


def due(request: HeldRequest) -> datetime | None:
    """Tell until when a request waits for its source, which everyone has had to wait for since the end."""
    policy = request.disposition
    return ENDS + policy.deadline if policy and request.state is RequestState.AWAITING_SOURCE else None
