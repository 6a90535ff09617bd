"""How often somebody may ask for a subscription from one network."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.http.networks import network_of
from api.http.rate_limits import KEPT, RateLimits

MOST = 10
"""How many requests of one network are accepted at once."""
PER_REQUEST = timedelta(minutes=6)
"""After how long one more is: ten an hour."""


class NetworkLimits:
    """Counts the requests of each network, in memory."""

    def __init__(self, *, most: int = MOST, per_request: timedelta = PER_REQUEST, kept: int = KEPT) -> None:
        """Accept ``most`` at once, and one more each ``per_request``."""
        self._limits = RateLimits(most=most, per_request=per_request, kept=kept)

    def __len__(self) -> int:
        """Count the networks of which something is known."""
        return len(self._limits)

    def spend(self, address: str | None, now: datetime) -> int | None:
        """Count a request from an address.

        Returns:
            None if it is accepted, else in how many seconds one will be.
        """
        return self._limits.spend(network_of(address), now)
