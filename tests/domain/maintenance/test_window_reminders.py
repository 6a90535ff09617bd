"""A reminder that is due, and that the clock has not given yet, is not lost by a change of words."""

from tests.domain.assertions import recorded
from tests.domain.builders import at
from tests.domain.window_builders import A_DAY_BEFORE, AN_HOUR_BEFORE, a_window, let_time_pass, revise


class TestRevision:
    def test_leaves_a_reminder_that_is_due(self) -> None:
        window = a_window()

        revise(window, at("01:30"))

        assert window.reminders == (A_DAY_BEFORE, AN_HOUR_BEFORE)
        let_time_pass(window, until=at("01:30"))
        assert recorded(window)[2:] == ["maintenance_window.reminded", "maintenance_window.reminded"]

    def test_leaves_out_a_reminder_that_was_given(self) -> None:
        window = a_window()
        let_time_pass(window, until=A_DAY_BEFORE)

        revise(window, at("00:30"))

        assert window.reminders == (AN_HOUR_BEFORE,)
