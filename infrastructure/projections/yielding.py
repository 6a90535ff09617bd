"""Which views are not updated for a moment: those that failed, and those that another process updates."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

REST_SECONDS = 1.0
"""How long a view that failed is not updated, so that a rebuild can get the lock."""
LEAD_SECONDS = 0.5
"""How long a view is left to another process that updates it; alternating would invalidate the caches of both."""


class Yielding:
    """Knows which views not to update now, and since when those that another process updates are current."""

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        """Start with all views to be updated; ``seconds`` is a monotonic clock."""
        self._seconds = seconds
        self._until: dict[str, float] = {}
        self._led: set[str] = set()
        self._sample: tuple[float, int] | None = None

    def failed(self, name: str) -> None:
        """Pause a view that has failed."""
        self._until[name] = self._seconds() + REST_SECONDS

    def led(self, name: str) -> None:
        """Pause a view that another process was seen to update."""
        if not self._led:
            # What was seen before says nothing about how far the other process is behind.
            self._sample = None
        self._until[name] = self._seconds() + LEAD_SECONDS
        self._led.add(name)

    def resting(self) -> set[str]:
        """Give the names of the views that are paused now."""
        now = self._seconds()
        resting = {name for name, until in self._until.items() if now < until}
        self._led &= resting
        return resting

    @property
    def has_led(self) -> bool:
        """Whether another process updates one of the views."""
        return bool(self._led)

    def confirmed(self, positions: Iterable[tuple[str, int]], end: int) -> dict[str, float]:
        """Give the moments at which the views that another process updates had reached the end of the log.

        ``end`` is where the log ends now; a busy log is always a little ahead, so that the end of a while ago counts.
        """
        reached = {}
        if self._sample is not None:
            moment, seen = self._sample
            reached = {name: moment for name, position in positions if name in self._led and position >= seen}
        if self._sample is None or len(reached) == len(self._led):
            self._sample = (self._seconds(), end)
        return reached
