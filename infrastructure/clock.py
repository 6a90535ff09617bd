"""The clock of the machine, and one that is set by the program."""

from __future__ import annotations

from datetime import UTC, datetime


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
