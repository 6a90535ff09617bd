"""How often something may be done by somebody, counted in memory of a bounded size."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from math import ceil

KEPT = 10_000
"""Of how many it is known how often they asked; those that asked least recently are forgotten."""


class RateLimits:
    """Counts what each of many does, whoever they are: a network, a person."""

    def __init__(self, *, most: int, per_request: timedelta, kept: int = KEPT) -> None:
        """Accept ``most`` at once, and one more each ``per_request``."""
        self._most, self._per_request, self._kept = most, per_request, kept
        self._full_at: OrderedDict[str, datetime] = OrderedDict()
        """When each may ask as often as one that never asked."""

    def __len__(self) -> int:
        """Count those of whom something is known."""
        return len(self._full_at)

    def spend(self, who: str, now: datetime) -> int | None:
        """Count a request.

        Returns:
            None if it is accepted, else in how many seconds one will be.
        """
        whole = self._most * self._per_request
        # A clock may go back.
        full_at = min(max(self._full_at.get(who, now), now), now + whole)
        wait = full_at + self._per_request - now - whole
        if wait <= timedelta():
            full_at += self._per_request
        self._full_at[who] = full_at
        self._full_at.move_to_end(who)
        while len(self._full_at) > self._kept:
            self._full_at.popitem(last=False)
        return max(1, ceil(wait.total_seconds())) if wait > timedelta() else None
