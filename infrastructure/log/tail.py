"""The end of the log in memory: what this process has just committed, for whoever follows the log in it."""

from __future__ import annotations

import threading
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.aggregate import Event

KEPT = 2_000
"""How many events stay in memory at most: a few batches; whoever is further behind reads the log."""


class Tail:
    """The last events, without a gap; they are what was read back from what is stored."""

    def __init__(self) -> None:
        """Begin with none."""
        self._events: deque[tuple[int, Event]] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def extend(self, first: int, events: Sequence[Event]) -> None:
        """Take committed events, from the position ``first`` on."""
        with self._lock:
            if self._events and self._events[-1][0] != first - 1:
                self._events.clear()
            self._events.extend(enumerate(events, first))

    def after(self, position: int, limit: int) -> list[tuple[int, Event]]:
        """Give the events after a position, in order; none if the log has to be asked."""
        with self._lock:
            start = position + 1 - self._events[0][0] if self._events else -1
            return list(islice(self._events, start, start + limit)) if start >= 0 else []
