"""The guards of a maintenance window: each refuses a command whose condition does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import AlreadyCompleted, EndsBeforeItBegins, NoImpact, UnknownMoment
from domain.impact import Status
from domain.instants import written
from domain.maintenance.errors import AlreadyAnnounced, AlreadyBegun, Cancelled, NotYetBegun
from domain.maintenance.values import WindowState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from domain.maintenance.state import MaintenanceWindowState
    from domain.maintenance.values import Timetable
    from domain.provenance import Provenance


def require_not_over(window: MaintenanceWindowState) -> None:
    """Refuse a window that is over.

    Raises:
        AlreadyCompleted: if it is completed.
        Cancelled: if it was cancelled.
    """
    if window.state is WindowState.COMPLETED:
        raise AlreadyCompleted(f"window {window.id} is completed")
    require_not_cancelled(window)


def require_not_cancelled(window: MaintenanceWindowState) -> None:
    """Refuse a window that was cancelled.

    Raises:
        Cancelled: if it was cancelled.
    """
    if window.state is WindowState.CANCELLED:
        raise Cancelled(f"window {window.id} was cancelled")


def require_scheduled(window: MaintenanceWindowState, otherwise: str) -> None:
    """Refuse a window that has begun; ``otherwise`` says what can be done instead.

    Raises:
        AlreadyBegun: if it has begun; so too ``AlreadyCompleted`` and ``Cancelled``.
    """
    require_not_over(window)
    if window.is_under_way:
        raise AlreadyBegun(f"window {window.id} has begun; {otherwise}")


def require_under_way(window: MaintenanceWindowState, otherwise: str) -> None:
    """Refuse a window that has not begun; ``otherwise`` says what can be done instead.

    Raises:
        NotYetBegun: if it has not begun; so too ``AlreadyCompleted`` and ``Cancelled``.
    """
    require_not_over(window)
    if not window.is_under_way:
        raise NotYetBegun(f"window {window.id} has not begun; {otherwise}")


def require_unannounced(window: MaintenanceWindowState) -> None:
    """Refuse a window that is announced.

    Raises:
        AlreadyAnnounced: if readers can see it.
    """
    if window.is_public:
        raise AlreadyAnnounced(f"window {window.id} is announced already")


def require_timely(window: MaintenanceWindowState, provenance: Provenance) -> None:
    """Refuse an ``occurred_at`` in the future, or before the window began.

    Raises:
        InTheFuture: if it lies more than five seconds from now.
        UnknownMoment: if it lies before the start.
    """
    provenance.require_past()
    require_after_start(window, provenance.occurred_at)


def require_after_start(window: MaintenanceWindowState, moment: datetime) -> None:
    """Refuse a time before the window began.

    Raises:
        UnknownMoment: if ``moment`` lies before its start.
    """
    if window.started_at is not None and moment < window.started_at:
        raise UnknownMoment(f"window {window.id} began at {written(window.started_at)}, after {written(moment)}")


def require_order(timetable: Timetable) -> None:
    """Refuse a window without length.

    Raises:
        EndsBeforeItBegins: if it would end before it begins, or as it begins.
    """
    if timetable.ends_at <= timetable.starts_at:
        start, end = written(timetable.starts_at), written(timetable.ends_at)
        raise EndsBeforeItBegins(f"a window that begins at {start} cannot end at {end}")


def require_impacts(components: Mapping[str, Status]) -> None:
    """Refuse a status that a plan cannot give a component.

    Raises:
        NoImpact: if a component is planned to be ``operational`` or ``unknown``.
    """
    for key, status in components.items():
        if not status.is_impact:
            raise NoImpact(f"component {key} cannot be {status} by a maintenance window")
