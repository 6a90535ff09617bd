"""What stands in the timeline of a window after each thing that people do to it."""

from domain.impact import Status
from domain.maintenance import What, WindowState
from domain.maintenance.values import Entry
from tests.domain.builders import CARRIER, at, in_english
from tests.domain.window_builders import a_window_in_progress, update


class TestEntry:
    def test_of_an_update_says_all_that_was_said(self) -> None:
        window = a_window_in_progress()

        update(window, at("02:30"), {CARRIER: Status.MAJOR_OUTAGE}, expected_at=at("03:30"), recorded=at("02:31"))

        assert window.timeline[-1] == Entry(
            number=3,
            what=What.UPDATED,
            state=WindowState.IN_PROGRESS,
            message=in_english("Half is done."),
            occurred_at=at("02:30"),
            recorded_at=at("02:31"),
            starts_at=at("02:00"),
            ends_at=at("04:00"),
            components={CARRIER: Status.MAJOR_OUTAGE},
            expected_at=at("03:30"),
            internal=False,
            public_number=3,
            by_clock=False,
            reason=None,
        )
