"""What is said late of a capability holds until whatever was said next, and no longer."""

from domain.panels.restoration import CapabilityState
from tests.domain.panel_builders import ORDERS, a_condition, a_return, march, say

DEGRADED, SUSPENDED, AVAILABLE = CapabilityState.DEGRADED, CapabilityState.SUSPENDED, CapabilityState.AVAILABLE


class TestLateCondition:
    def test_holds_until_the_first_of_several_that_were_said_of_later(self) -> None:
        restoration = a_return()
        say(restoration, march(17), ORDERS, a_condition(DEGRADED))
        say(restoration, march(18), ORDERS, a_condition(AVAILABLE))

        say(restoration, march(16), ORDERS, a_condition(SUSPENDED), recorded=march(19))

        spells = restoration.capabilities[ORDERS][-3:]
        assert [(spell.condition.state, spell.start, spell.end) for spell in spells] == [
            (SUSPENDED, march(16), march(17)),
            (DEGRADED, march(17), march(18)),
            (AVAILABLE, march(18), None),
        ]
