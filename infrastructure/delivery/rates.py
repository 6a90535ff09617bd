"""How many deliveries a second each host gets."""

from __future__ import annotations

from dataclasses import dataclass

NEARLY = 1e-6
"""By how much a token may be short, for what floating-point numbers lose."""


@dataclass
class _Bucket:
    tokens: float
    at: float


class HostRates:
    """A token bucket for each host, which holds the tokens of one second.

    Tokens can be reserved before they are there: the caller waits for them. Not safe for threads.
    """

    def __init__(self, rate: float) -> None:
        """Give each host ``rate`` tokens a second, and at least one at a time."""
        self._rate = rate
        self._capacity = max(rate, 1.0)
        self._buckets: dict[str, _Bucket] = {}

    def reserve(self, host: str, now: float) -> float:
        """Reserve a token at ``now``, in seconds of a monotonic clock, and give the seconds until it is there."""
        bucket = self._buckets.setdefault(host, _Bucket(self._capacity, now))
        self._fill(bucket, now)
        bucket.tokens -= 1
        return self._seconds(-bucket.tokens)

    def give_back(self, host: str) -> None:
        """Return a token that was reserved and is not needed."""
        if host in self._buckets:
            self._buckets[host].tokens += 1

    def waiting(self, now: float) -> dict[str, float]:
        """Give the hosts that have no token left, each with the seconds until there is one."""
        for bucket in self._buckets.values():
            self._fill(bucket, now)
        # A full bucket is like one that was never made, and the hosts of all times would be too many to keep.
        self._buckets = {host: bucket for host, bucket in self._buckets.items() if bucket.tokens < self._capacity}
        found = {host: self._seconds(1 - bucket.tokens) for host, bucket in self._buckets.items()}
        return {host: seconds for host, seconds in found.items() if seconds > 0}

    def _fill(self, bucket: _Bucket, now: float) -> None:
        bucket.tokens = min(bucket.tokens + max(now - bucket.at, 0.0) * self._rate, self._capacity)
        bucket.at = now

    def _seconds(self, missing: float) -> float:
        return missing / self._rate if missing > NEARLY else 0.0
