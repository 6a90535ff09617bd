"""How often somebody may ask for a subscription from one network."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

MOST = 10
"""How many requests of one network are accepted at once."""
PER_REQUEST = timedelta(minutes=6)
"""After how long one more is: ten an hour."""
KEPT = 10_000
"""Of how many networks it is known how often they asked; those that asked least recently are forgotten."""
IPV4, IPV6 = 24, 56
"""The bits of an address that name a network; a customer of a provider often has all that is behind them."""


class NetworkLimits:
    """Counts the requests of each network, in memory."""

    def __init__(self, *, most: int = MOST, per_request: timedelta = PER_REQUEST, kept: int = KEPT) -> None:
        """Accept ``most`` at once, and one more each ``per_request``."""
        self._most, self._per_request, self._kept = most, per_request, kept
        self._full_at: OrderedDict[str, datetime] = OrderedDict()
        """When each network may ask as often as one that never asked."""

    def __len__(self) -> int:
        """Count the networks of which something is known."""
        return len(self._full_at)

    def spend(self, address: str | None, now: datetime) -> int | None:
        """Count a request from an address.

        Returns:
            None if it is accepted, else in how many seconds one will be.
        """
        network, whole = network_of(address), self._most * self._per_request
        # A clock may go back.
        full_at = min(max(self._full_at.get(network, now), now), now + whole)
        wait = full_at + self._per_request - now - whole
        if wait <= timedelta():
            full_at += self._per_request
        self._full_at[network] = full_at
        self._full_at.move_to_end(network)
        while len(self._full_at) > self._kept:
            self._full_at.popitem(last=False)
        return max(1, ceil(wait.total_seconds())) if wait > timedelta() else None


def network_of(address: str | None) -> str:
    """Give the network of an address; all that have none are one."""
    try:
        ip = ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    bits = IPV6 if isinstance(ip, IPv6Address) else IPV4
    return str(ip_network(f"{ip}/{bits}", strict=False))
