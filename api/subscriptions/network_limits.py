"""How often somebody may ask for a subscription from one network."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
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


@dataclass(kw_only=True)
class Bucket:
    """What is left to a network, as of a moment."""

    left: float
    at: datetime


class NetworkLimits:
    """Counts the requests of each network, in memory."""

    def __init__(self, *, most: int = MOST, per_request: timedelta = PER_REQUEST, kept: int = KEPT) -> None:
        """Accept ``most`` at once, and one more each ``per_request``."""
        self._most, self._per_request, self._kept = most, per_request, kept
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        """Count the networks of which something is known."""
        return len(self._buckets)

    def spend(self, address: str | None, now: datetime) -> int | None:
        """Count a request from an address.

        Returns:
            None if it is accepted, else in how many seconds one will be.
        """
        network = network_of(address)
        bucket = self._buckets.setdefault(network, Bucket(left=self._most, at=now))
        self._buckets.move_to_end(network)
        while len(self._buckets) > self._kept:
            self._buckets.popitem(last=False)
        # A clock may go back.
        passed = max(now - bucket.at, timedelta())
        bucket.left, bucket.at = min(self._most, bucket.left + passed / self._per_request), now
        if bucket.left < 1:
            return max(1, ceil((1 - bucket.left) * self._per_request.total_seconds()))
        bucket.left -= 1
        return None


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
