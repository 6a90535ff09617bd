"""What a cause held up goes on when that ends: in pieces, through restarts, late, and not while it goes on again."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from application.ledger.disposition import AT_ONCE
from domain.ledger.cause import Cause
from domain.ledger.errors import ClaimedByAnother, NotClaimed
from domain.ledger.held_request import Outcome, RequestState, Result
from domain.ledger.reprocessing import ReprocessingRun
from tests.application.held_requests import CLAIM, KINDS, LEASE, ORDER, PRICE, SALE, STOCK, Desk, a_resend, an_order
from tests.application.program import LABELS, TICK, FrozenClock, Program, at, running
from tests.application.recovery import Recovery

ENDS = at("12:00")
MOMENT = timedelta(milliseconds=1)
MANY = 2 * AT_ONCE + 50


@pytest.fixture
def program(program: Program) -> Program:
    """A program with one component and one panel, at half past ten."""
    program.register(LABELS)
    Recovery(program).register()
    return program


def held_up(program: Program, count: int, *, kind: str = ORDER) -> tuple[Desk, Cause]:
    """Let a window hold requests up until twelve."""
    desk = Desk(program)
    window = desk.plan(at("10:00"), ENDS)
    program.clock.show(at("10:30"))
    desk.hand_in(*(an_order(f"{number}", window, kind=kind) for number in range(count)))
    return desk, window


class TestManyRequests:
    def test_are_disposed_of_in_pieces_so_that_others_need_not_wait(self, program: Program) -> None:
        desk, window = held_up(program, MANY)
        left = [MANY]
        for number in range(4):
            program.let_time_pass(ENDS + number * MOMENT)
            left.append(Counter(desk.states().values())[RequestState.HELD])

        assert left == [MANY, MANY - AT_ONCE, MANY - 2 * AT_ONCE, 0, 0]
        assert not desk.disposing(window)
        assert {each.disposed_at for each in desk.requests().values()} == {ENDS}

    def test_go_on_where_the_program_stopped(self, database: str) -> None:
        with running(database) as program:
            program.register(LABELS)
            desk, window = held_up(program, MANY)
            program.let_time_pass(ENDS)
            assert desk.disposing(window)
        with running(database, FrozenClock(at("12:30"))) as program:
            desk = Desk(program)
            for number in range(3):
                program.let_time_pass(at("12:30") + number * MOMENT)

            assert Counter(desk.states().values()) == {RequestState.REPROCESSING: MANY}
            assert Counter(program.recorded())["held_request.disposed"] == MANY
            assert Counter(program.recorded())["reprocessing_run.started"] == 1
            assert not desk.disposing(window)

    @pytest.mark.parametrize("count", [1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1])
    def test_are_disposed_of_to_the_last(self, program: Program, count: int) -> None:
        desk, window = held_up(program, count)
        for number in range(3):
            program.let_time_pass(ENDS + number * MOMENT)

        assert Counter(desk.states().values()) == {RequestState.REPROCESSING: count}
        assert not desk.disposing(window)

    def test_of_which_some_are_left_wait_again_if_the_cause_goes_on(self, program: Program) -> None:
        desk = Desk(program)
        incident = desk.declare()
        desk.hand_in(*(an_order(f"{number}", incident, received_at=at("10:00")) for number in range(AT_ONCE + 9)))
        program.clock.show(at("11:00"))
        program.resolve(incident.id)
        program.let_time_pass(at("11:00"))
        program.reopen(incident.id)
        program.let_time_pass(at("11:30"))
        assert Counter(desk.states().values()) == {RequestState.REPROCESSING: AT_ONCE, RequestState.HELD: 9}
        desk.hand_in(an_order("late", incident, received_at=at("11:30")))

        program.resolve(incident.id)
        program.let_time_pass(at("11:31"))

        disposed = Counter(each.disposed_at for each in desk.requests().values())
        assert disposed == {at("11:00"): AT_ONCE, at("11:30"): 10}

    def test_of_which_some_are_left_keep_the_deadlines_of_the_others(self, program: Program) -> None:
        desk = Desk(program)
        incident = desk.declare()
        numbers = range(AT_ONCE + 9)
        desk.hand_in(*(an_order(f"{it}", incident, kind=STOCK, received_at=at("10:00")) for it in numbers))
        program.clock.show(at("11:00"))
        program.resolve(incident.id)
        program.let_time_pass(at("11:00"))
        program.reopen(incident.id)
        assert Counter(desk.states().values()) == {RequestState.AWAITING_SOURCE: AT_ONCE, RequestState.HELD: 9}

        program.let_time_pass(at("13:00"))

        assert Counter(desk.states().values()) == {RequestState.TO_CHECK: AT_ONCE, RequestState.HELD: 9}


class TestTheClockDownOverTheEnd:
    def test_loses_nothing_and_keeps_every_time(self, database: str) -> None:
        with running(database) as program:
            program.register(LABELS)
            desk = Desk(program)
            window = desk.plan(at("10:00"), ENDS)
            program.clock.show(at("10:30"))
            desk.hand_in(*(an_order(kind, window, kind=kind) for kind in KINDS))
        with running(database, FrozenClock(at("14:30"))) as program:
            program.let_time_pass(at("14:30"))
            desk = Desk(program)

            requests = {each.reference.kind: each for each in desk.requests().values()}
            assert {each.disposed_at for each in requests.values()} == {ENDS}
            assert (requests[STOCK].state, requests[STOCK].due) == (RequestState.TO_CHECK, at("14:00"))
            assert (requests[SALE].state, requests[SALE].due) == (RequestState.AWAITING_SOURCE, at("15:00"))
            [passed] = [event for event in program.events() if event.TOPIC == "held_request.deadline_passed"]
            assert (passed.provenance.occurred_at, passed.provenance.recorded_at) == (at("14:00"), at("14:30"))


class TestCauseThatGoesOn:
    @pytest.mark.parametrize("kind", ["incident", "restoration"])
    def test_disposes_of_what_came_meanwhile_at_its_next_end(self, program: Program, kind: str) -> None:
        desk, recovery = Desk(program), Recovery(program)
        cause = desk.declare() if kind == "incident" else desk.lose()
        end = program.resolve if kind == "incident" else recovery.restore
        resume = program.reopen if kind == "incident" else recovery.lose_again
        desk.hand_in(an_order("1", cause, kind=STOCK, received_at=at("10:00")))
        program.clock.show(at("11:00"))
        end(cause.id)
        program.let_time_pass(at("11:10"))
        resume(cause.id)

        desk.hand_in(an_order("2", cause, kind=STOCK, received_at=at("11:05")))
        program.let_time_pass(at("11:30"))
        assert desk.states() == {"1": RequestState.AWAITING_SOURCE, "2": RequestState.HELD}
        end(cause.id)
        program.let_time_pass(at("11:30"))

        assert {each.due for each in desk.requests().values()} == {at("13:00"), at("13:30")}


class TestResend:
    def test_that_comes_before_its_request_is_disposed_of_settles_it(self, program: Program) -> None:
        desk, window = held_up(program, MANY, kind=STOCK)
        program.let_time_pass(ENDS)
        held = [reference for reference, state in desk.states().items() if state is RequestState.HELD]
        assert len(held) == MANY - AT_ONCE

        outcomes = desk.send_again(*(a_resend(reference) for reference in held))

        assert outcomes == ["settled"] * len(held)
        for number in range(3):
            program.let_time_pass(ENDS + number * MOMENT)
        assert Counter(desk.states().values()) == {
            RequestState.SETTLED: len(held),
            RequestState.AWAITING_SOURCE: AT_ONCE,
        }
        assert not desk.disposing(window)

    def test_that_comes_before_the_end_settles_nothing(self, program: Program) -> None:
        desk, _ = held_up(program, 1, kind=STOCK)

        assert desk.send_again(a_resend("0"), a_resend("unheard-of")) == ["not_waiting", "unmatched"]

        program.let_time_pass(ENDS)
        assert desk.states() == {"0": RequestState.AWAITING_SOURCE}

    def test_settles_all_of_its_name_that_wait_and_is_then_a_repeat(self, program: Program) -> None:
        desk, _ = held_up(program, 1, kind=STOCK)
        incident = desk.declare(occurred_at=at("10:00"))
        desk.hand_in(an_order("0", incident, kind=STOCK), an_order("0", incident, kind=STOCK, source="erp"))
        program.resolve(incident.id)
        program.let_time_pass(ENDS)

        assert desk.send_again(a_resend("0"), a_resend("0")) == ["settled", "repeat"]

        assert Counter(each.state for each in desk.requests().values()) == {
            RequestState.SETTLED: 2,
            RequestState.AWAITING_SOURCE: 1,
        }

    def test_leaves_what_is_claimed_or_received_no_earlier(self, program: Program) -> None:
        desk, _ = held_up(program, 2, kind=PRICE)
        program.let_time_pass(ENDS)
        claimed, _ = desk.requests()
        desk.claim(claimed)

        sent = [a_resend(f"{number}", at("10:30"), kind=PRICE) for number in range(2)]
        assert desk.send_again(*sent) == ["not_waiting"] * 2
        assert sorted(desk.send_again(*(a_resend(f"{number}", kind=PRICE) for number in range(2)))) == [
            *("not_waiting", "settled"),
        ]
        assert desk.request(claimed).claim is not None


class TestWhatRunsOutWhileTheProgramIsDown:
    def test_is_handed_out_again(self, database: str) -> None:
        with running(database) as program:
            program.register(LABELS)
            desk, window = held_up(program, 3)
            program.let_time_pass(ENDS)
            run = ReprocessingRun.id_by_policy(window)
            assert len(desk.lease(run, desk.requests()).requests) == 3
            assert desk.lease(run, desk.requests(), worker="importer-2").requests == []
        with running(database, FrozenClock(ENDS + LEASE)) as program:
            desk = Desk(program)
            batch = desk.lease(run, desk.requests(), worker="importer-2")

            assert len(batch.requests) == 3
            ids = [request.id for request in batch.requests]
            results = dict.fromkeys(ids, Result.DONE)
            assert desk.report(run, results, worker="importer") == ["refused"] * 3
            assert desk.report(run, results, worker="importer-2") == ["recorded"] * 3
            assert desk.report(run, dict.fromkeys(ids, Result.DONE), worker="importer-2") == ["repeat"] * 3
            assert desk.report(run, dict.fromkeys(ids, Result.FAILED), worker="importer-2") == ["late"] * 3
            assert desk.run(run).results[Result.DONE] == 3
            assert sum(desk.run(run).results.values()) == 3

    @pytest.mark.parametrize(("later", "is_free"), [(CLAIM - TICK, False), (CLAIM, True)])
    def test_frees_the_request(self, database: str, later: timedelta, is_free: bool) -> None:
        with running(database) as program:
            program.register(LABELS)
            desk, _ = held_up(program, 1, kind=PRICE)
            program.let_time_pass(ENDS)
            [id] = desk.requests()
            desk.claim(id)
        with running(database, FrozenClock(ENDS + later)) as program:
            desk = Desk(program)
            if is_free:
                with pytest.raises(NotClaimed):
                    desk.decide(id)
                desk.claim(id, "ben")
            else:
                desk.decide(id)
            assert desk.request(id).is_open == is_free


class TestTwoPrograms:
    def test_dispose_of_everything_once(self, postgres_url: str) -> None:
        clock = FrozenClock(at("10:00"))
        with running(postgres_url, clock) as one, running(postgres_url, clock) as other:
            one.register(LABELS)
            desk, window = held_up(one, MANY)
            for number in range(4):
                clock.show(ENDS + number * MOMENT)
                with ThreadPoolExecutor() as threads:
                    list(threads.map(lambda each: each.do(lambda log: log.position), (one, other, one, other)))

            assert Counter(desk.states().values()) == {RequestState.REPROCESSING: MANY}
            assert Counter(one.recorded())["held_request.disposed"] == MANY
            assert Counter(one.recorded())["ledger.disposed"] == 1
            assert not desk.disposing(window)

    def test_take_the_same_request_once_and_hand_it_out_once(self, postgres_url: str) -> None:
        with running(postgres_url) as one, running(postgres_url) as other:
            one.register(LABELS)
            desks = [Desk(one), Desk(other)] * 5
            window = desks[0].plan(at("10:00"), ENDS)
            entries = [an_order(f"{number}", window, received_at=at("10:00")) for number in range(5)]
            with ThreadPoolExecutor(10) as threads:
                outcomes = list(threads.map(lambda desk: desk.hand_in(*entries), desks))
                assert Counter(outcome for each in outcomes for outcome in each) == {"held": 5, "repeat": 45}
                one.clock.show(ENDS)
                other.clock.show(ENDS)
                one.let_time_pass(ENDS)
                run, ids = ReprocessingRun.id_by_policy(window), list(desks[0].requests())
                batches = list(threads.map(lambda desk: desk.lease(run, ids, limit=2).requests, desks))

            handed_out = [request.id for batch in batches for request in batch]
            assert sorted(handed_out) == sorted(ids)
            assert desks[0].run(run).handed_out == 5

    def test_let_one_of_two_people_claim(self, postgres_url: str) -> None:
        with running(postgres_url) as one, running(postgres_url) as other:
            one.register(LABELS)
            desk, _ = held_up(one, 1, kind=PRICE)
            one.let_time_pass(ENDS)
            other.clock.show(ENDS)
            [id] = desk.requests()

            def claim(program: Program, person: str) -> bool:
                try:
                    Desk(program).claim(id, person)
                except ClaimedByAnother:
                    return False
                return True

            with ThreadPoolExecutor() as threads:
                won = list(threads.map(claim, (one, other), ("ana", "ben")))

            assert sorted(won) == [False, True]
            winner = ("ana", "ben")[won.index(True)]
            desk.decide(id, Outcome.REJECTED, winner)
            assert not desk.request(id).is_open
