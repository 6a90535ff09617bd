"""Calendars in four programs: a window that is announced, moved twice and cancelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from tests.interop.observing import Observed
    from tests.interop.walk import Walk

PLANNED = ("announced", "moved", "moved_again", "cancelled")
BEFORE = ("calm", "declared", "identified", "resolved")
AFTERWARDS = ("lost", "promised", "access_back", "works_again", "completed")


def starts(walk: Walk) -> list[datetime]:
    """Give when the window was to begin at each step; when it was cancelled, as it was planned last."""
    zone = ZoneInfo("America/Sao_Paulo")
    moments = [datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC) for text in walk.starts]
    return [*moments, moments[-1]]


class TestIcalendar:
    def test_has_no_event_before_one_is_announced(self, observed: Observed) -> None:
        assert [observed["icalendar"][step]["events"] for step in BEFORE] == [[]] * len(BEFORE)

    def test_knows_the_window_as_one_event_that_moves_and_is_cancelled(self, observed: Observed, walk: Walk) -> None:
        seen = [observed["icalendar"][step]["events"] for step in PLANNED]
        assert [len(events) for events in seen] == [1, 1, 1, 1]
        events: list[Any] = [events[0] for events in seen]

        assert len({event["uid"] for event in events}) == 1
        assert [event["sequence"] for event in events] == [0, 1, 2, 3]
        assert [event["status"] for event in events] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]
        assert [event["start"] for event in events] == [moment.isoformat() for moment in starts(walk)]
        assert {event["zone"] for event in events} == {"America/Sao_Paulo"}
        assert all("New servers" in event["summary"] for event in events)
        assert "You cannot import orders." in events[0]["description"]

    def test_reads_without_a_fault_at_every_step(self, observed: Observed) -> None:
        for step, seen in observed["icalendar"].items():
            assert seen["errors"] == [], step
            assert seen["longest"] <= 75, step
            assert seen["media"] == "text/calendar; charset=utf-8", step

    def test_is_not_changed_by_what_is_no_maintenance(self, observed: Observed) -> None:
        last = observed["icalendar"]["cancelled"]["events"]
        assert all(observed["icalendar"][step]["events"] == last for step in AFTERWARDS)

    def test_finds_when_it_happens(self, observed: Observed, walk: Walk) -> None:
        happening = [observed["icalendar"][step]["happening"] for step in PLANNED[:3]]
        assert [[start for _, start in each] for each in happening] == [
            [moment.isoformat()] for moment in starts(walk)[:3]
        ]


class TestKhal:
    def test_lists_the_window_where_it_is_planned_now(self, observed: Observed, walk: Walk) -> None:
        for step, start in zip(PLANNED, starts(walk), strict=True):
            (line,) = observed["khal"][step]["listed"]
            ends = start + timedelta(hours=4)
            assert line.startswith(f"{start:%Y-%m-%d %H:%M} {ends:%Y-%m-%d %H:%M}"), (step, line)
            assert "New servers" in line
            assert ("CANCELLED" in line) is (step == "cancelled")


class TestVdirsyncer:
    def test_copies_what_is_new_once(self, observed: Observed) -> None:
        copied = [observed["vdirsyncer"][step]["copied"] for step in PLANNED]
        # What is changed is copied under another name, and the one before goes.
        assert copied == [[1, 0], [2, 0], [2, 0], [2, 0]]

    def test_has_the_newest_plan(self, observed: Observed) -> None:
        items = [observed["vdirsyncer"][step]["items"] for step in PLANNED]
        assert [[(sequence, status) for _, sequence, status in each] for each in items] == [
            [(0, "CONFIRMED")],
            [(1, "CONFIRMED")],
            [(2, "CONFIRMED")],
            [(3, "CANCELLED")],
        ]
