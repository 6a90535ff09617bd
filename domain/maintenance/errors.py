"""Refusals about planned work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import Conflict, Invalid
from domain.instants import written

if TYPE_CHECKING:
    from datetime import datetime


class UncertainTime(Invalid):
    """A civil time does not say which instant it means."""

    def __init__(self, sentence: str, *, earlier: datetime, later: datetime) -> None:
        """Name both instants."""
        either = f"it can mean {written(earlier)} or {written(later)}; say which"
        super().__init__(f"{sentence}: {either}", earlier=earlier, later=later)


class NonexistentTime(UncertainTime):
    """No clock in the zone shows a civil time, because the clocks go forward over it."""

    def __init__(self, civil: datetime, zone: str, *, earlier: datetime, later: datetime) -> None:
        """Name the time and the zone."""
        super().__init__(f"no clock in {zone} shows {civil.isoformat()}", earlier=earlier, later=later)


class AmbiguousTime(UncertainTime):
    """The clocks of the zone show a civil time twice, because they go back over it."""

    def __init__(self, civil: datetime, zone: str, *, earlier: datetime, later: datetime) -> None:
        """Name the time and the zone."""
        super().__init__(f"the clocks in {zone} show {civil.isoformat()} twice", earlier=earlier, later=later)


class NotAnExtension(Invalid):
    """The new end of a window lies in the past, or before the present end."""


class NotYetBegun(Conflict):
    """The window has not begun."""


class AlreadyBegun(Conflict):
    """The window has begun."""


class Cancelled(Conflict):
    """The window was cancelled."""


class AlreadyAnnounced(Conflict):
    """Readers can see the window already."""


class SeriesEnded(Conflict):
    """The series of windows has ended."""
