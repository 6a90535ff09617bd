"""What an incident counts of the signals that fire."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.impact import Status
from domain.incidents import Firing
from domain.incidents.firing import FiringSignals
from domain.incidents.signal import SignalCause
from tests.domain.builders import at

NUMBERS = st.integers(1, 3)
FIRED = st.tuples(NUMBERS, st.sampled_from([None, SignalCause.CODE_CHANGE]))
CLEARED = st.tuples(NUMBERS, st.just("cleared"))


class TestSignals:
    @given(st.lists(FIRED | CLEARED))
    def test_count_those_that_name_a_change_of_code(self, steps: list[tuple[int, SignalCause | str | None]]) -> None:
        signals = FiringSignals(firing={})
        for number, what in steps:
            id = UUID(int=number)
            if isinstance(what, SignalCause) or what is None:
                firing = Firing(signal=id, component="labels", status=Status.MAJOR_OUTAGE, cause=what)
                signals = signals.fired(firing, at=at("10:00"), persists_at=None)
            else:
                signals = signals.cleared(id, at=at("10:00"), clear_at=None, stable_at=None)

            assert signals.code_changes == sum(firing.cause is not None for firing in signals.firing.values())
