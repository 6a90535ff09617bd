"""Which views are left alone for a moment: those that failed, and those that another process keeps."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

REST_SECONDS = 1.0
"""How long a view that failed is left alone, so that whoever rebuilds it comes to the lock."""
LEAD_SECONDS = 0.5
"""How long a view is left to another process that was seen to keep it; two that take turns undo each other's memory."""


class Yielding:
    """Says whose turn it is, and how far those had come that another process keeps."""

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        """Begin with every view ours; ``seconds`` tells how time goes on."""
        self._seconds = seconds
        self._until: dict[str, float] = {}
        self._led: set[str] = set()
        self._sample = (seconds(), 0)

    def failed(self, name: str) -> None:
        """Leave a view alone that has failed."""
        self._until[name] = self._seconds() + REST_SECONDS

    def led(self, name: str) -> None:
        """Leave a view to the process that was seen to keep it."""
        self._until[name] = self._seconds() + LEAD_SECONDS
        self._led.add(name)

    def resting(self) -> set[str]:
        """Name the views that are left alone now."""
        now = self._seconds()
        resting = {name for name, until in self._until.items() if now < until}
        self._led &= resting
        return resting

    @property
    def has_led(self) -> bool:
        """Whether another process keeps one."""
        return bool(self._led)

    def confirmed(self, positions: Iterable[tuple[str, int]], end: int) -> dict[str, float]:
        """Give the moments at which the views that another process keeps were behind nothing that we saw.

        ``end`` is where the log ends now; a busy log is always a little ahead, so that the end of a while ago counts.
        """
        moment, seen = self._sample
        reached = {name: moment for name, position in positions if name in self._led and position >= seen}
        if len(reached) == len(self._led):
            self._sample = (self._seconds(), end)
        return reached
