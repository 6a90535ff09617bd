"""What a withdrawn, dismissed or cancelled cause held up is checked by hand, and nothing of it is carried out."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from application.ledger.disposition import AT_ONCE
from domain.ledger.cause import Cause, CauseType, Void
from domain.ledger.held_request import HeldRequest, RequestState, Result
from domain.ledger.reprocessing import ReprocessingRun
from tests.application.held_requests import INVOICE, KINDS, ORDER, PRICE, STOCK, Desk, an_order
from tests.application.program import LABELS, Program, at
from tests.application.recovery import Recovery
from tests.application.window_steps import Maintenance

MOMENT = timedelta(milliseconds=1)
pytestmark = pytest.mark.both_stores


@pytest.fixture
def program(program: Program) -> Program:
    """A program with one component and one panel, at ten o'clock."""
    program.register(LABELS)
    Recovery(program).register()
    return program


def settle_down(program: Program, desk: Desk, cause: Cause) -> None:
    """Let the clock dispose of all that a cause held up."""
    moment = program.clock.now()
    for number in range(1, 5):
        program.let_time_pass(moment + number * MOMENT)
    assert not desk.disposing(cause)


class TestVoid:
    def test_withdrawal_takes_back_what_had_gone_on_after_the_resolution(self, program: Program) -> None:
        desk = Desk(program)
        cause = desk.declare(occurred_at=at("10:00"))
        program.clock.show(at("11:00"))
        desk.hand_in(*(an_order(f"price-{it}", cause, kind=PRICE) for it in range(AT_ONCE + 9)))
        desk.hand_in(*(an_order(kind, cause, kind=kind) for kind in KINDS))
        program.resolve(cause.id)
        settle_down(program, desk, cause)
        run = ReprocessingRun.id_by_policy(cause)
        assert {desk.states()[ORDER], desk.states()[STOCK]} == {RequestState.REPROCESSING, RequestState.AWAITING_SOURCE}

        program.withdraw(cause.id)
        assert desk.lease(run, desk.requests()).is_paused
        settle_down(program, desk, cause)

        requests = desk.requests().values()
        assert {(each.state, each.void) for each in requests} == {(RequestState.TO_CHECK, Void.WITHDRAWN)}
        assert {each.needs_signature for each in requests if each.reference.kind == INVOICE} == {True}
        assert Counter(program.recorded())["held_request.cause_voided"] == len(requests)
        assert desk.reconciled_at(cause) is None

    @pytest.mark.parametrize("comes_again", [False, True])
    def test_withdrawal_is_known_to_what_was_settled_before_once_it_is_opened_again(
        self, program: Program, comes_again: bool
    ) -> None:
        desk = Desk(program)
        cause = desk.declare(occurred_at=at("10:00"))
        program.clock.show(at("11:00"))
        order = an_order("1", cause, received_at=at("10:30"))
        desk.hand_in(order)
        program.resolve(cause.id)
        settle_down(program, desk, cause)
        run = ReprocessingRun.id_by_policy(cause)
        [request] = desk.lease(run, desk.requests()).requests
        desk.report(run, {request.id: Result.DONE})
        program.withdraw(cause.id)
        settle_down(program, desk, cause)

        if comes_again:
            desk.hand_in(an_order("1", cause, received_at=at("10:30"), content="another"))
        else:
            desk.reopen(request.id)

        opened = program.rebuilt(HeldRequest, request.id)
        assert (opened.state, opened.void) == (RequestState.TO_CHECK, Void.WITHDRAWN)

    @pytest.mark.parametrize("void", Void)
    def test_cause_lets_nothing_be_carried_out_and_nothing_be_waited_for(self, program: Program, void: Void) -> None:
        desk = Desk(program)
        if void is Void.CANCELLED:
            cause = desk.with_policies(Maintenance(program).plan(at("10:04"), at("12:00")))
        elif void is Void.WITHDRAWN:
            cause = desk.declare()
        else:
            cause = desk.declare(publish=False)
        desk.hand_in(*(an_order(kind, cause, kind=kind, received_at=at("10:00")) for kind in KINDS))

        if void is Void.CANCELLED:
            Maintenance(program).cancel(cause.id)
        else:
            (program.withdraw if void is Void.WITHDRAWN else program.dismiss)(cause.id)
        settle_down(program, desk, cause)
        desk.hand_in(an_order("late", cause, received_at=at("10:00")))

        assert {(each.state, each.void) for each in desk.requests().values()} == {(RequestState.TO_CHECK, void)}
        assert "reprocessing_run.started" not in program.recorded()

    def test_cause_is_left_behind_by_what_was_assigned_wrongly(self, program: Program) -> None:
        desk = Desk(program)
        wrong, right = desk.declare(), desk.declare()
        desk.hand_in(an_order("1", None, received_at=at("10:00")))
        [id] = desk.requests()
        desk.assign(id, wrong)
        program.withdraw(wrong.id)
        settle_down(program, desk, wrong)
        desk.undo(id)
        desk.assign(id, right)
        program.resolve(right.id)
        settle_down(program, desk, right)

        request = program.rebuilt(HeldRequest, id)
        assert (request.state, request.void, request.cause) == (RequestState.REPROCESSING, None, right)


class TestDefaults:
    def test_are_what_an_incident_begins_with_that_a_signal_begins(self, program: Program) -> None:
        desk = Desk(program)
        before = program.fire("f0").incident
        assert before is not None
        program.resolve(before)
        desk.set_defaults()
        program.clock.show(at("10:30"))
        incident = program.fire("f1", component=program_imports(program)).incident
        assert incident is not None
        cause = Cause(type=CauseType.INCIDENT, id=incident)
        desk.hand_in(*(an_order(kind, cause, kind=kind) for kind in KINDS))
        program.resolve(incident)
        settle_down(program, desk, cause)

        assert desk.states() == {
            ORDER: RequestState.REPROCESSING,
            STOCK: RequestState.AWAITING_SOURCE,
            "sale_notification": RequestState.AWAITING_SOURCE,
            INVOICE: RequestState.TO_CHECK,
            PRICE: RequestState.TO_CHECK,
        }
        [taken] = [event for event in program.events() if event.TOPIC == "incident.request_policies_changed"]
        assert (taken.originator_id, taken.provenance.actor) == (incident, "policy:request_policies")


def program_imports(program: Program) -> str:
    """Register a further component, and give its key."""
    program.register("imports")
    return "imports"
