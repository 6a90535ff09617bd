"""A window is found by what it affects and covers, and tells which signals fire inside it."""

from domain.maintenance.schedule import NOT_OVER
from tests.domain.builders import CARRIER, IMPORT, TICK, at
from tests.domain.window_builders import (
    a_cancelled_window,
    a_plan,
    a_window,
    a_window_being_verified,
    a_window_in_progress,
    complete,
    extend,
    hold,
    release,
    start,
)


class TestHandles:
    """Where retirements and signals look for a window."""

    def test_name_what_it_affects_and_covers_while_it_is_under_way(self) -> None:
        for given in (a_window_in_progress, a_window_being_verified):
            assert given(covers=(IMPORT,)).handles == {
                f"affected:{CARRIER}": at("02:00"),
                f"covers:{IMPORT}": NOT_OVER,
            }

    def test_name_afterwards_what_it_covered(self) -> None:
        window = a_window_in_progress(covers=(IMPORT,))

        complete(window, at("03:00"))

        assert window.handles == {f"covers:{IMPORT}": at("03:00")}

    def test_are_none_before_it_begins(self) -> None:
        assert a_window(plan=a_plan(covers=(IMPORT,))).handles == {}
        assert a_cancelled_window().handles == {}


class TestCovering:
    def test_is_of_what_fires_inside(self) -> None:
        window = a_window_in_progress(covers=(IMPORT,))

        assert [window.covers(IMPORT, moment) for moment in (at("02:00"), at("04:00") - TICK)] == [True, True]
        assert [window.covers(IMPORT, moment) for moment in (at("02:00") - TICK, at("04:00"))] == [False, False]

    def test_is_of_the_components_that_the_plan_says(self) -> None:
        assert not a_window_in_progress(covers=(IMPORT,)).covers(CARRIER, at("03:00"))

    def test_begins_with_the_window(self) -> None:
        window = a_window(plan=a_plan(covers=(IMPORT,)))
        assert not window.covers(IMPORT, at("02:30"))

        start(window, at("01:30"))
        assert window.covers(IMPORT, at("01:30"))

    def test_goes_on_to_a_later_end(self) -> None:
        window = a_window_in_progress(covers=(IMPORT,))

        extend(window, at("03:00"), end=at("05:00"))

        assert window.covers(IMPORT, at("04:30"))
        assert window.ends_for_signals == at("05:00")

    def test_has_no_end_while_a_person_verifies(self) -> None:
        window = a_window_being_verified(covers=(IMPORT,))
        assert window.ends_for_signals is None
        assert window.covers(IMPORT, at("08:00"))

        complete(window, at("06:00"))
        assert window.ends_for_signals == at("06:00")
        assert not window.covers(IMPORT, at("06:00"))

    def test_ends_at_the_planned_end_though_it_is_held(self) -> None:
        window = a_window_in_progress(covers=(IMPORT,))

        hold(window, at("02:30"))
        assert window.ends_for_signals == at("04:00")

        release(window, at("03:00"))
        assert window.ends_for_signals == at("04:00")
