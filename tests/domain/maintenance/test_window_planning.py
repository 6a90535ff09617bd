"""A window is planned, and announced then or later."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.errors import EndsBeforeItBegins, InTheFuture, NoImpact
from domain.impact import EVERYWHERE, Status
from domain.maintenance import MaintenanceWindow, Origin, What, WindowState
from domain.maintenance.errors import AlreadyAnnounced, Cancelled
from domain.provenance import FUTURE_TOLERANCE
from tests.domain.assertions import recorded, refused
from tests.domain.builders import CARRIER, IMPORT, TICK, ana, at
from tests.domain.window_builders import (
    A_DAY_BEFORE,
    AN_HOUR_BEFORE,
    PLANNED_AT,
    a_plan,
    a_timetable,
    a_window,
    a_window_in_progress,
    announce,
    let_time_pass,
    start,
    update,
)

HOUR = timedelta(hours=1)


class TestPlan:
    def test_waits_for_its_start(self) -> None:
        window = a_window()

        assert recorded(window) == ["maintenance_window.planned"]
        assert window.state is WindowState.SCHEDULED
        assert (window.revision, window.transitions, window.handles) == (1, (), {})
        assert window.statuses == {}

    def test_reminds_a_day_and_an_hour_before(self) -> None:
        window = a_window()

        assert window.reminders == (A_DAY_BEFORE, AN_HOUR_BEFORE)
        assert window.next_due == A_DAY_BEFORE

    def test_reminds_each_time_once_and_in_order(self) -> None:
        window = a_window(plan=a_plan(remind_before=(HOUR, 2 * HOUR, HOUR)))

        assert window.reminders == (at("00:00"), at("01:00"))

    @pytest.mark.parametrize(
        ("planned", "reminders"),
        [
            (A_DAY_BEFORE - TICK, (A_DAY_BEFORE, AN_HOUR_BEFORE)),
            (A_DAY_BEFORE, (AN_HOUR_BEFORE,)),
            (AN_HOUR_BEFORE, ()),
            (at("02:30"), ()),
        ],
    )
    def test_reminds_only_at_what_is_still_to_come(self, planned: datetime, reminders: tuple[datetime, ...]) -> None:
        assert a_window(planned=planned).reminders == reminders

    def test_of_a_private_window_reminds_nobody(self) -> None:
        window = a_window(announced=False)

        assert window.reminders == ()
        assert window.next_due == at("02:00")
        assert window.announced_at is None

    def test_whose_time_is_over_begins_and_ends_by_the_clock(self) -> None:
        window = a_window(planned=at("09:00"))

        let_time_pass(window, until=at("09:00"))

        assert (window.started_at, window.ended_at) == (at("02:00"), at("04:00"))

    def test_names_the_series_that_it_comes_from(self) -> None:
        origin = Origin(series=UUID(int=9), occurrence="2025-03-04T02:00")

        assert a_window(origin=origin).origin == origin

    @pytest.mark.parametrize("end", ["02:00", "01:59:59.999999", "00:00"])
    def test_is_refused_if_it_ends_before_it_begins(self, end: str) -> None:
        with pytest.raises(EndsBeforeItBegins, match="02:00"):
            a_window(timetable=a_timetable("02:00", end))

    def test_may_last_for_a_moment(self) -> None:
        assert a_window(timetable=a_timetable("02:00", "02:00:00.000001")).state is WindowState.SCHEDULED

    @pytest.mark.parametrize("key", [CARRIER, EVERYWHERE])
    @pytest.mark.parametrize("status", [Status.OPERATIONAL, Status.UNKNOWN])
    def test_is_refused_if_a_component_would_carry_nothing(self, key: str, status: Status) -> None:
        with pytest.raises(NoImpact, match=str(status)):
            a_window(plan=a_plan(components={IMPORT: Status.MAJOR_OUTAGE, key: status}))

    def test_is_refused_in_the_future(self) -> None:
        with pytest.raises(InTheFuture):
            MaintenanceWindow.schedule(
                id=UUID(int=1),
                plan=a_plan(),
                timetable=a_timetable(),
                announced=True,
                provenance=ana(PLANNED_AT + FUTURE_TOLERANCE + TICK, PLANNED_AT),
            )


class TestAnnouncement:
    def test_shows_the_window_from_now_on(self) -> None:
        window = a_window(announced=False)

        announce(window, at("00:00"))

        assert recorded(window)[-1] == "maintenance_window.announced"
        assert window.is_public
        assert window.announced_at == at("00:00")

    def test_keeps_what_was_written_before_private(self) -> None:
        window = a_window(announced=False)
        update(window, at("00:10"))

        announce(window, at("00:20"))

        assert [(entry.what, entry.is_public) for entry in window.timeline] == [
            (What.PLANNED, False),
            (What.UPDATED, False),
            (What.ANNOUNCED, True),
        ]

    @pytest.mark.parametrize(
        ("moment", "reminders"),
        [
            (A_DAY_BEFORE - TICK, (A_DAY_BEFORE, AN_HOUR_BEFORE)),
            (at("00:00"), (AN_HOUR_BEFORE,)),
            (AN_HOUR_BEFORE, ()),
        ],
    )
    def test_reminds_only_at_what_is_still_to_come(self, moment: datetime, reminders: tuple[datetime, ...]) -> None:
        window = a_window(announced=False)

        announce(window, moment)

        assert window.reminders == reminders

    def test_of_one_under_way_touches_neither_state_nor_components(self) -> None:
        window = a_window_in_progress(announced=False)
        carried = window.statuses

        announce(window, at("02:30"))

        assert (window.state, window.statuses) == (WindowState.IN_PROGRESS, carried)
        assert window.next_due == at("04:00")

    def test_of_one_that_began_early_reminds_nobody(self) -> None:
        window = a_window(announced=False)
        start(window, at("00:10"))

        announce(window, at("00:20"))

        assert window.reminders == ()

    def test_is_refused_of_one_that_was_cancelled(self) -> None:
        window = a_window(announced=False)
        window.cancel(message=None, reason=None, provenance=ana(at("00:10")))

        with refused(window, Cancelled):
            announce(window, at("00:20"))

    def test_is_refused_a_second_time(self) -> None:
        window = a_window(announced=False)
        announce(window, at("00:00"))

        with refused(window, AlreadyAnnounced):
            announce(window, at("00:01"))

    def test_is_refused_in_the_future(self) -> None:
        window = a_window(announced=False)

        with refused(window, InTheFuture):
            window.announce(message=None, reason=None, provenance=ana(at("00:00:05.000001"), at("00:00")))
