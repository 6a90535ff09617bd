"""The clock of the machine, and one that is set by the program."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog

log = structlog.get_logger()


class SystemClock:
    """The system clock, in UTC."""

    def now(self) -> datetime:
        """Read the clock."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands where it is set, for replays."""

    def __init__(self, moment: datetime) -> None:
        """Put it at ``moment``."""
        self.moment = moment

    def now(self) -> datetime:
        """Tell the time."""
        return self.moment

    def set(self, moment: datetime) -> None:
        """Put it at ``moment``."""
        self.moment = moment


class ClockWatch:
    """Says in the log when the clock falls behind the last event, and when it has caught up: nothing is due between."""

    def __init__(self, tolerance: timedelta) -> None:
        """Say nothing of less than ``tolerance``; the clocks of two machines always differ."""
        self._tolerance = tolerance
        self._is_behind = False

    def note(self, behind: timedelta) -> None:
        """Take note of how far it is behind."""
        if behind > self._tolerance and not self._is_behind:
            log.error("clock_behind_log", seconds=round(behind.total_seconds()))
            self._is_behind = True
        elif behind <= timedelta() and self._is_behind:
            log.warning("clock_caught_up_with_log")
            self._is_behind = False
