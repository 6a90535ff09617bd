"""What runs hand out: nothing while their cause goes on again, or once they were stopped."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.access.keyring import Role
from domain.ledger.cause import Cause, CauseType
from domain.ledger.errors import CauseVoid, RunStopped
from domain.ledger.held_request import RequestState, Result
from domain.ledger.reprocessing import ReprocessingRun, Selection
from tests.application.held_requests import Desk, an_order
from tests.application.program import ANA, LABELS, Program, at
from tests.application.recovery import Recovery
from tests.application.window_steps import Maintenance


@pytest.fixture
def program(program: Program) -> Program:
    """A program with one component and one panel, at ten o'clock."""
    program.register(LABELS)
    Recovery(program).register()
    return program


@pytest.fixture
def desk(program: Program) -> Desk:
    """The desk of that program."""
    return Desk(program)


def end(program: Program, cause: Cause) -> None:
    """Resolve an incident, or restore access, and let the clock do what is due."""
    if cause.type is CauseType.INCIDENT:
        program.resolve(cause.id)
    else:
        Recovery(program).restore(cause.id)
    program.let_time_pass(program.clock.now())


def goes_on_again(program: Program, cause: Cause) -> None:
    """Reopen an incident, or lose access again."""
    if cause.type is CauseType.INCIDENT:
        program.reopen(cause.id)
    else:
        Recovery(program).lose_again(cause.id)


def ended(program: Program, desk: Desk, kind: CauseType) -> tuple[Cause, UUID, list[UUID]]:
    """Let a cause end that held two orders up, and give it, its run, and the orders."""
    cause = desk.declare() if kind is CauseType.INCIDENT else desk.lose()
    program.clock.show(at("11:00"))
    desk.hand_in(*(an_order(f"{number}", cause, received_at=at("10:30")) for number in range(2)))
    program.clock.show(at("12:00"))
    end(program, cause)
    return cause, ReprocessingRun.id_by_policy(cause), list(desk.requests())


@pytest.mark.parametrize("kind", [CauseType.INCIDENT, CauseType.RESTORATION])
def test_pauses_while_the_cause_goes_on_again_and_takes_what_was_handed_out(
    program: Program, desk: Desk, kind: CauseType
) -> None:
    cause, run, ids = ended(program, desk, kind)
    [leased] = desk.lease(run, ids, limit=1).requests
    program.clock.show(at("12:01"))
    goes_on_again(program, cause)

    paused = desk.lease(run, ids)

    assert (paused.is_paused, list(paused.requests), paused.until) == (True, [], None)
    assert desk.report(run, {leased.id: Result.DONE}) == ["recorded"]
    program.clock.show(at("12:02"))
    end(program, cause)
    assert [each.id for each in desk.lease(run, ids).requests] == [id for id in ids if id != leased.id]


def test_hands_out_nothing_once_it_was_stopped(program: Program, desk: Desk) -> None:
    _, run, ids = ended(program, desk, CauseType.INCIDENT)
    [leased] = desk.lease(run, ids, limit=1).requests
    desk.stop(run)

    with pytest.raises(RunStopped):
        desk.lease(run, ids)

    assert desk.report(run, {leased.id: Result.FAILED}) == ["recorded"]
    for id in ids:
        if id != leased.id:
            desk.withdraw_from_run(id)
    assert {each.state for each in desk.requests().values()} == {RequestState.TO_CHECK}


@pytest.mark.parametrize("kind", [CauseType.INCIDENT, CauseType.MAINTENANCE_WINDOW])
def test_is_not_begun_for_a_cause_that_was_taken_back(program: Program, desk: Desk, kind: CauseType) -> None:
    if kind is CauseType.INCIDENT:
        cause = desk.declare()
        program.withdraw(cause.id)
    else:
        cause = desk.plan(at("11:00"), at("12:00"))
        Maintenance(program).cancel(cause.id)
    before = program.recorded()

    with pytest.raises(CauseVoid):
        desk.start_run(Selection(cause=cause))

    assert program.recorded() == before


def test_hands_out_nothing_that_belongs_to_another_cause_by_now(program: Program, desk: Desk) -> None:
    wrong, right = desk.declare(), desk.declare()
    program.clock.show(at("11:00"))
    desk.hand_in(an_order("1", None, received_at=at("10:30")), an_order("2", wrong, received_at=at("10:30")))
    lonely, other = (each.id for each in desk.requests().values())
    desk.assign(lonely, wrong)
    for cause in (wrong, right):
        end(program, cause)
    desk.undo(lonely)
    desk.assign(lonely, right)

    leased = desk.lease(ReprocessingRun.id_by_policy(wrong), [lonely, other]).requests

    assert [each.id for each in leased] == [other]
    assert [each.id for each in desk.lease(ReprocessingRun.id_by_policy(right), [lonely, other]).requests] == [lonely]


@pytest.mark.both_stores
def test_hands_out_at_once_what_a_worker_had_whose_token_was_revoked(program: Program, desk: Desk) -> None:
    _, run, ids = ended(program, desk, CauseType.INCIDENT)
    tokens = program.facade.commands.tokens
    program.do(lambda log: tokens.issue(log, name="importer-1", role=Role.EMITTER, person="importer", caller=ANA))
    desk.lease(run, ids, limit=1, worker="importer-1")
    desk.lease(run, ids, limit=1, worker="importer-2")

    program.do(lambda log: tokens.revoke(log, name="importer-1", caller=ANA))

    [again] = desk.lease(run, ids, worker="importer-3").requests
    assert program.recorded().count("held_request.lease_released") == 1
    assert desk.report(run, {again.id: Result.DONE}, worker="importer-1") == ["refused"]
    assert desk.report(run, {again.id: Result.DONE}, worker="importer-3") == ["recorded"]
