"""What is said of a capability waits for a deadline if it is expected by it, and not available yet."""

import pytest

from domain.panels.restoration import CapabilityState, Condition
from tests.domain.panel_builders import a_condition, by_day

MISSING = [state for state in CapabilityState if state is not CapabilityState.AVAILABLE]


class TestCondition:
    @pytest.mark.parametrize("state", MISSING)
    def test_waits_for_the_deadline_by_which_it_is_expected(self, state: CapabilityState) -> None:
        condition = a_condition(state, expected=by_day(22))

        assert condition.waits_for(by_day(22))
        assert not condition.waits_for(by_day(23))
        assert not condition.waits_for(None)

    @pytest.mark.parametrize("state", MISSING)
    def test_waits_for_nothing_if_it_is_expected_by_no_day(self, state: CapabilityState) -> None:
        condition = a_condition(state)

        assert not condition.waits_for(None)
        assert not condition.waits_for(by_day(22))

    def test_waits_for_nothing_if_it_is_available(self) -> None:
        assert not a_condition(expected=by_day(22)).waits_for(by_day(22))

    def test_is_what_somebody_said_unless_it_is_marked_as_what_follows(self) -> None:
        condition = Condition(state=CapabilityState.DEGRADED, note={}, workaround={}, expected=None, components={})

        assert not condition.follows
