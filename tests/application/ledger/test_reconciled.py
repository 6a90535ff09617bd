"""A cause of any kind is reconciled once it has ended and nothing of it is open, and no longer if one more comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest

from domain.ledger.cause import Cause
from domain.ledger.held_request import Outcome, Result
from domain.ledger.reprocessing import ReprocessingRun
from tests.application.held_requests import INVOICE, ORDER, PRICE, STOCK, Desk, a_resend, an_order
from tests.application.program import LABELS, Program, at
from tests.application.recovery import Recovery
from tests.application.window_steps import Maintenance

ENDS = at("12:00")
Kind = str


@pytest.fixture
def program(program: Program) -> Program:
    """A program with one component and one panel, at ten o'clock."""
    program.register(LABELS)
    Recovery(program).register()
    return program


@pytest.fixture(params=["incident", "maintenance_window", "restoration"])
def kind(request: pytest.FixtureRequest) -> Kind:
    """The kind of a cause."""
    return str(request.param)


@pytest.fixture
def desk(program: Program) -> Desk:
    """The desk of that program."""
    return Desk(program)


@pytest.fixture
def cause(program: Program, desk: Desk, kind: Kind) -> Cause:
    """A cause that goes on, at eleven o'clock."""
    begin: dict[Kind, Callable[[], Cause]] = {
        "incident": desk.declare,
        "maintenance_window": lambda: desk.plan(at("10:00"), at("23:00")),
        "restoration": desk.lose,
    }
    found = begin[kind]()
    program.clock.show(at("11:00"))
    return found


def end(program: Program, cause: Cause, moment: datetime) -> None:
    """End a cause, and let the clock do what is due."""
    program.clock.show(moment)
    ends: dict[Kind, Callable[[UUID], None]] = {
        "incident": program.resolve,
        "maintenance_window": Maintenance(program).complete,
        "restoration": Recovery(program).restore,
    }
    ends[cause.type](cause.id)
    program.let_time_pass(moment)


class TestReconciledCause:
    def test_is_one_that_ended_with_nothing_handed_in(self, program: Program, desk: Desk, cause: Cause) -> None:
        assert desk.reconciled_at(cause) is None

        end(program, cause, ENDS)

        assert desk.reconciled_at(cause) == ENDS
        assert "reconciled" not in " ".join(program.recorded())

    def test_is_one_of_which_the_last_request_is_settled(self, program: Program, desk: Desk, cause: Cause) -> None:
        kinds = (ORDER, STOCK, PRICE, INVOICE)
        desk.hand_in(*(an_order(each, cause, kind=each, received_at=at("11:00")) for each in kinds))
        end(program, cause, ENDS)
        ids = {request.reference.kind: id for id, request in desk.requests().items()}
        run = ReprocessingRun.id_by_policy(cause)
        program.clock.show(at("12:10"))
        desk.lease(run, ids.values())
        desk.report(run, {ids[ORDER]: Result.ALREADY_THERE})
        desk.send_again(a_resend(STOCK))
        assert desk.decide_many([ids[PRICE], ids[INVOICE]], Outcome.DONE_NOW) == 2
        assert desk.reconciled_at(cause) is None
        program.clock.show(at("12:20"))

        desk.sign(ids[INVOICE])

        assert desk.reconciled_at(cause) == at("12:20")
        assert program.recorded()[-1].endswith(".reconciled")

    @pytest.mark.parametrize("how", ["claimed", "resent", "carried_out", "in_bulk"])
    def test_is_noticed_however_the_last_one_is_settled(
        self, program: Program, desk: Desk, cause: Cause, how: str
    ) -> None:
        wanted = {"claimed": PRICE, "resent": STOCK, "carried_out": ORDER, "in_bulk": PRICE}[how]
        desk.hand_in(an_order("1", cause, kind=wanted, received_at=at("11:00")))
        end(program, cause, ENDS)
        assert desk.reconciled_at(cause) is None
        program.clock.show(at("12:10"))

        settle(desk, cause, how)

        assert desk.reconciled_at(cause) == at("12:10")

    def test_is_none_after_one_more(self, program: Program, desk: Desk, cause: Cause) -> None:
        end(program, cause, ENDS)

        desk.hand_in(an_order("1", cause, kind=PRICE, received_at=at("11:00")))

        assert desk.reconciled_at(cause) is None
        program.clock.show(at("13:00"))
        settle(desk, cause, "in_bulk")
        assert desk.reconciled_at(cause) == at("13:00")

    def test_is_none_after_one_more_was_assigned(self, program: Program, desk: Desk, cause: Cause) -> None:
        desk.hand_in(an_order("1", None, kind=PRICE, received_at=at("11:00")))
        [id] = desk.requests()
        end(program, cause, ENDS)

        desk.assign(id, cause)

        assert desk.reconciled_at(cause) is None

    def test_is_none_after_a_reopening(self, program: Program, desk: Desk, cause: Cause) -> None:
        desk.hand_in(an_order("1", cause, kind=PRICE, received_at=at("11:00")))
        end(program, cause, ENDS)
        settle(desk, cause, "in_bulk")
        [id] = desk.requests()

        desk.reopen(id)

        assert desk.reconciled_at(cause) is None
        program.clock.show(at("14:00"))
        desk.claim(id)
        desk.decide(id)
        assert desk.reconciled_at(cause) == at("14:00")

    def test_stays_so_with_repeats_and_twins(self, program: Program, desk: Desk, cause: Cause) -> None:
        entry = an_order("1", cause, kind=PRICE, received_at=at("11:00"))
        desk.hand_in(entry, an_order("1", None, kind=PRICE, received_at=at("11:00")))
        end(program, cause, ENDS)
        desk.decide_many([entry.identity])
        program.clock.show(at("13:00"))

        desk.hand_in(entry)
        desk.assign(an_order("1", None, kind=PRICE).identity, cause)

        assert desk.reconciled_at(cause) == ENDS

    def test_is_so_no_longer_if_one_comes_changed(self, program: Program, desk: Desk, cause: Cause) -> None:
        entry = an_order("1", cause, kind=PRICE, received_at=at("11:00"))
        desk.hand_in(entry)
        end(program, cause, ENDS)
        desk.decide_many([entry.identity])
        assert desk.reconciled_at(cause) == ENDS

        desk.hand_in(an_order("1", cause, kind=PRICE, received_at=at("11:00"), content="other"))
        assert desk.reconciled_at(cause) is None
        desk.decide_many([entry.identity], bulk="b-2")
        assert desk.reconciled_at(cause) is not None

    def test_is_none_while_it_goes_on(self, desk: Desk, cause: Cause) -> None:
        entries = [an_order("1", each, kind=PRICE, received_at=at("11:00")) for each in (cause, None)]
        desk.hand_in(*entries)
        desk.assign(entries[1].identity, cause)

        assert desk.reconciled_at(cause) is None
        assert [each.is_open for each in desk.requests().values()] == [True, False]

    def test_is_noticed_where_all_was_settled_before_the_end(self, program: Program, desk: Desk, cause: Cause) -> None:
        entries = [an_order("1", each, kind=STOCK, received_at=at("11:00")) for each in (cause, None)]
        desk.hand_in(*entries)
        desk.assign(entries[1].identity, cause)
        end(program, cause, ENDS)

        assert desk.send_again(a_resend("1")) == ["settled"]

        assert desk.reconciled_at(cause) == ENDS

    def test_of_which_one_more_is_open_is_told_by_one_event(self, program: Program, desk: Desk, cause: Cause) -> None:
        end(program, cause, ENDS)
        for number in range(3):
            desk.hand_in(an_order(f"{number}", cause, kind=PRICE, received_at=at("11:00")))

        assert [name for name in program.recorded() if name.endswith(".requests_came")] == [
            f"{cause.type}.requests_came",
        ]


class TestCauseThatGoesOnAgain:
    @pytest.mark.parametrize("kind", ["incident", "restoration"], indirect=True)
    def test_is_reconciled_with_its_next_end(self, program: Program, desk: Desk, cause: Cause, kind: Kind) -> None:
        desk.hand_in(an_order("1", cause, kind=PRICE, received_at=at("11:00")))
        end(program, cause, ENDS)
        settle(desk, cause, "in_bulk")
        program.clock.show(at("13:00"))
        (program.reopen if kind == "incident" else Recovery(program).lose_again)(cause.id)
        assert desk.reconciled_at(cause) is None

        end(program, cause, at("14:00"))

        assert desk.reconciled_at(cause) == at("14:00")


def settle(desk: Desk, cause: Cause, how: str) -> None:
    """Settle the one request of a cause."""
    [id] = desk.requests()
    if how == "claimed":
        desk.claim(id)
        desk.decide(id)
    elif how == "resent":
        desk.send_again(a_resend("1"))
    elif how == "carried_out":
        run = ReprocessingRun.id_by_policy(cause)
        desk.lease(run, [id])
        desk.report(run, {id: Result.DONE})
    else:
        desk.decide_many([id])
