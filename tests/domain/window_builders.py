"""What the tests of maintenance windows are given: a night, its plan, and windows in every state."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.errors import AlreadyCompleted
from domain.impact import Status
from domain.maintenance import MaintenanceWindow, Origin, Plan, Timetable, WindowOutcome
from domain.maintenance.errors import AlreadyBegun, Cancelled, NotYetBegun
from domain.maintenance.series import MaintenanceSeries
from domain.maintenance.series_state import Pattern
from domain.maintenance.values import REMINDERS
from domain.text import Text
from tests.domain.builders import CARRIER, ana, at, in_english, the_clock

PLANNED_AT = datetime(2025, 3, 1, 12, tzinfo=UTC)
A_DAY_BEFORE = at("02:00") - timedelta(days=1)
AN_HOUR_BEFORE = at("01:00")
LATE = in_english("It takes longer.")
Given = Callable[[], MaintenanceWindow]
WEEKLY = Pattern(
    rule="FREQ=WEEKLY",
    zone="UTC",
    start="2025-03-04T02:00",
    end="2025-03-04T04:00",
    duration=None,
    ambiguous=None,
    markets=(),
)


def a_timetable(start: str = "02:00", end: str = "04:00") -> Timetable:
    """Give the times of a window of the night of the tests, by a clock in UTC."""
    return Timetable(
        zone="UTC",
        start=f"2025-03-04T{start}",
        end=f"2025-03-04T{end}",
        duration=None,
        ambiguous=None,
        starts_at=at(start),
        ends_at=at(end),
        local_times=(),
        tzdata="2025b",
    )


def a_plan(
    *,
    components: Mapping[str, Status] | None = None,
    covers: tuple[str, ...] = (),
    remind_before: tuple[timedelta, ...] = REMINDERS,
) -> Plan:
    """Give a plan, which puts one carrier under maintenance."""
    return Plan(
        title=in_english("An upgrade"),
        reason=in_english("It has grown."),
        description={},
        components={CARRIER: Status.UNDER_MAINTENANCE} if components is None else components,
        covers=covers,
        audiences={},
        request_policies={},
        remind_before=remind_before,
    )


def a_window(
    *,
    plan: Plan | None = None,
    timetable: Timetable | None = None,
    announced: bool = True,
    planned: datetime = PLANNED_AT,
    origin: Origin | None = None,
) -> MaintenanceWindow:
    """Give a window from 02:00 to 04:00 that Ana has just planned."""
    return MaintenanceWindow.schedule(
        id=UUID(int=1),
        plan=plan or a_plan(),
        timetable=timetable or a_timetable(),
        announced=announced,
        origin=origin,
        provenance=ana(planned),
    )


def a_window_in_progress(*, covers: tuple[str, ...] = (), announced: bool = True) -> MaintenanceWindow:
    """Give a window that the clock began at 02:00."""
    window = a_window(plan=a_plan(covers=covers), announced=announced)
    let_time_pass(window, until=at("02:00"))
    return window


def a_window_being_verified(*, covers: tuple[str, ...] = ()) -> MaintenanceWindow:
    """Give a window that was held, and came to its end at 04:00."""
    window = a_window_in_progress(covers=covers)
    hold(window, at("02:30"))
    let_time_pass(window, until=at("04:00"))
    return window


def a_completed_window() -> MaintenanceWindow:
    """Give a window that the clock completed at 04:00."""
    window = a_window()
    let_time_pass(window, until=at("04:00"))
    return window


def a_cancelled_window() -> MaintenanceWindow:
    """Give a window that Ana gave up at 00:30."""
    window = a_window()
    let_time_pass(window, until=at("00:30"))
    cancel(window, at("00:30"))
    return window


def a_pattern(rule: str, *, start: datetime, zone: str = "UTC", **more: Any) -> Pattern:  # noqa: ANN401 - any
    """Give a pattern of windows of one hour."""
    given: dict[str, Any] = {"end": None, "duration": timedelta(hours=1), "ambiguous": None, "markets": ()}
    return Pattern(rule=rule, zone=zone, start=start.isoformat(), **given | more)


def a_series(*, plan: Plan | None = None) -> MaintenanceSeries:
    """Give a series that Ana has just planned, without a window yet."""
    return MaintenanceSeries.begin(
        id=UUID(int=9), plan=plan or a_plan(), pattern=WEEKLY, announced=True, provenance=ana(PLANNED_AT)
    )


def handle_due(window: MaintenanceWindow, moment: datetime, *, recorded: datetime | None = None) -> None:
    """Let the clock visit the window for what is due at ``moment``."""
    window.handle_due(provenance=the_clock(moment, recorded))


def let_time_pass(window: MaintenanceWindow, *, until: datetime) -> None:
    """Let the clock do what is due up to ``until``, in order."""
    while window.next_due is not None and window.next_due <= until:
        handle_due(window, window.next_due, recorded=until)


def announce(window: MaintenanceWindow, moment: datetime) -> None:
    """Let Ana announce it."""
    window.announce(message=in_english("We upgrade."), reason="agreed", provenance=ana(moment))


def revise(
    window: MaintenanceWindow, moment: datetime, plan: Plan | None = None, timetable: Timetable | None = None
) -> None:
    """Let Ana change what is said of it."""
    window.revise(
        plan=plan or replace(window.plan, title=in_english("A great upgrade")),
        timetable=timetable or window.timetable,
        reason="better words",
        provenance=ana(moment),
    )


def reschedule(window: MaintenanceWindow, moment: datetime, timetable: Timetable) -> None:
    """Let Ana move it."""
    window.reschedule(timetable=timetable, message=LATE, reason="the supplier", provenance=ana(moment))


def start(window: MaintenanceWindow, moment: datetime, *, recorded: datetime | None = None) -> None:
    """Let Ana begin early."""
    window.start(message=in_english("We begin."), reason="all are here", provenance=ana(moment, recorded))


def update(
    window: MaintenanceWindow,
    moment: datetime,
    components: Mapping[str, Status] | None = None,
    *,
    expected_at: datetime | None = None,
    internal: bool = False,
    recorded: datetime | None = None,
) -> None:
    """Let Ana say how the work goes."""
    window.update(
        message=in_english("Half is done."),
        components=components or {},
        expected_at=expected_at,
        internal=internal,
        provenance=ana(moment, recorded),
    )


def extend(window: MaintenanceWindow, moment: datetime, *, end: datetime, recorded: datetime | None = None) -> None:
    """Let Ana move the end."""
    timetable = replace(window.timetable, end=None, duration=end - window.timetable.starts_at, ends_at=end)
    window.extend(timetable=timetable, message=LATE, reason="the copy is slow", provenance=ana(moment, recorded))


def hold(window: MaintenanceWindow, moment: datetime) -> None:
    """Let Ana keep the clock from completing it."""
    window.hold(reason="we look first", provenance=ana(moment))


def release(window: MaintenanceWindow, moment: datetime) -> None:
    """Let Ana leave it to the clock again."""
    window.release(reason="all looks well", provenance=ana(moment))


def complete(
    window: MaintenanceWindow,
    moment: datetime,
    *,
    outcome: WindowOutcome = WindowOutcome.DONE,
    recorded: datetime | None = None,
    message: Text | None = None,
) -> None:
    """Let Ana end it."""
    window.complete(outcome=outcome, message=message, reason="seen", provenance=ana(moment, recorded))


def cancel(window: MaintenanceWindow, moment: datetime) -> None:
    """Let Ana give it up."""
    window.cancel(message=in_english("Another night."), reason="a holiday", provenance=ana(moment))


OVER = [(a_completed_window, AlreadyCompleted), (a_cancelled_window, Cancelled)]
NOT_UNDER_WAY = [(a_window, NotYetBegun), *OVER]
BEGUN_OR_OVER = [(a_window_in_progress, AlreadyBegun), (a_window_being_verified, AlreadyBegun), *OVER]
