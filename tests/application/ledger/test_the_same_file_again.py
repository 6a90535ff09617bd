"""Whatever becomes of requests meanwhile: the same lines, handed in again, change nothing and begin nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.errors import ApplicationError
from domain.errors import DomainError
from tests.application.held_requests import INVOICE, PRICE, STOCK, Desk, a_resend, an_order
from tests.application.program import LABELS, Program, at
from tests.contracts.snapshots import wipe

BEGINS, ENDS = at("10:00"), at("18:00")
AGAIN = {"held_request.repeated", "held_request.changed"}
"""Open requests have the content of the last line."""
lines = st.tuples(
    st.sampled_from(["1", "2", "\u20602 "]),
    st.sampled_from([PRICE, STOCK, INVOICE]),
    st.booleans(),
    st.integers(0, 20),
    st.sampled_from(["a", "a", "b"]),
)
steps = st.tuples(st.sampled_from(["hand in", "assign", "undo", "decide", "end", "resend", "wait"]), st.integers(0, 7))


class TestTheSameLines:
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(lines=st.lists(lines, min_size=3, max_size=10), steps=st.lists(steps, min_size=3, max_size=15))
    def test_are_repeats_for_ever(
        self,
        program: Program,
        lines: list[tuple[str, str, bool, int, str]],
        steps: list[tuple[str, int]],
    ) -> None:
        wipe(program.bitacora.store)
        program.clock.show(at("11:00"))
        program.register(LABELS)
        desk = Desk(program)
        causes = [desk.plan(BEGINS, ENDS), desk.declare(occurred_at=BEGINS)]
        entries = [
            an_order(
                reference,
                causes[0] if named else None,
                kind=kind,
                received_at=at("10:30") + timedelta(minutes=minute),
                content=content,
            )
            for reference, kind, named, minute, content in lines
        ]
        handed_in = entries[:2]
        desk.hand_in(*handed_in)
        for what, number in steps:
            known = list(desk.requests())
            with suppress(DomainError, ApplicationError):
                match what:
                    case "hand in":
                        handed_in.append(entries[number % len(entries)])
                        desk.hand_in(handed_in[-1])
                    case "assign":
                        desk.assign(known[number % len(known)], causes[number % 2])
                    case "undo":
                        desk.undo(known[number % len(known)])
                    case "decide":
                        desk.decide_many(known[number % 3 :: 3], bulk=f"b-{len(handed_in)}-{number}")
                    case "end":
                        program.resolve(causes[1].id)
                    case "resend":
                        desk.send_again(a_resend(str(number % 3), kind=STOCK))
                    case _:
                        program.let_time_pass(program.clock.now() + number * timedelta(hours=1))
        program.let_time_pass(program.clock.now() + timedelta(minutes=1))
        was_undone = "ledger.assignment_undone" in program.recorded()
        before, settled = len(program.recorded()), settled_in(desk)

        # Whose assignment was undone gives its place in the cause back, which a line that names the cause takes.
        desk.hand_in(*(line for line in handed_in if not (was_undone and line.cause)))

        assert set(program.recorded()[before:]) <= AGAIN
        assert settled_in(desk) == settled


def settled_in(desk: Desk) -> dict[object, tuple[object, object]]:
    """Give what is settled, how, and with which content."""
    return {id: (request.settlement, request.content) for id, request in desk.requests().items() if not request.is_open}
