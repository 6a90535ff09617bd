"""Requests of a restoration can be handed in from its newest recovery point on, not from the earliest ever named."""

from datetime import timedelta

from tests.application.held_requests import Desk, an_order
from tests.application.program import Program, at
from tests.application.recovery import Recovery

DAYS = timedelta(days=1)


class TestRecoveryPoint:
    def test_that_is_corrected_narrows_what_may_be_handed_in(self, program: Program) -> None:
        desk, recovery = Desk(program), Recovery(program)
        recovery.register()
        cause = desk.lose(occurred_at=at("09:00"))
        recovery.recover_until(cause.id, at("08:00") - 9_000 * DAYS)
        old = an_order("old", cause, received_at=at("08:00") - 900 * DAYS)
        assert desk.hand_in(old) == ["held"]

        recovery.recover_until(cause.id, at("08:00"))

        assert desk.hand_in(an_order("older", cause, received_at=at("08:00") - 900 * DAYS)) == ["refused"]
        assert desk.hand_in(an_order("in time", cause, received_at=at("06:00"))) == ["held"]
        # What was held up stays so.
        assert desk.hand_in(old) == ["repeat"]

    def test_of_a_later_loss_leaves_the_gap_of_the_first(self, program: Program) -> None:
        desk, recovery = Desk(program), Recovery(program)
        recovery.register()
        cause = desk.lose(occurred_at=at("08:00"))
        recovery.recover_until(cause.id, at("05:00"))
        recovery.restore(cause.id)
        recovery.lose_again(cause.id)
        recovery.recover_until(cause.id, at("09:50"))

        assert desk.hand_in(an_order("1", cause, received_at=at("03:00"))) == ["held"]
