"""The clock of the machine."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The time of now, in UTC."""

    def now(self) -> datetime:
        """Read the clock."""
        return datetime.now(UTC)
