"""How many deliveries are on the wire to each host at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass
class _Share:
    slots: asyncio.Semaphore
    in_hand: int = 0
    on_wire: int = 0


class HostShares:
    """Slots of each host, of which a host that hangs cannot have more. It is used from one loop."""

    def __init__(self, most: int) -> None:
        """Let each host have ``most`` at once."""
        self._most = most
        self._shares: dict[str, _Share] = {}

    @property
    def queued(self) -> int:
        """How many wait for a slot of their host."""
        return sum(each.in_hand - each.on_wire for each in self._shares.values())

    @property
    def full(self) -> list[str]:
        """The hosts for which as many wait as may be on the wire."""
        return [host for host, each in self._shares.items() if each.in_hand >= 2 * self._most]

    async def acquire(self, host: str) -> None:
        """Wait for a slot of a host."""
        share = self._shares.setdefault(host, _Share(asyncio.Semaphore(self._most)))
        share.in_hand += 1
        try:
            await share.slots.acquire()
        except BaseException:
            self._leave(host, share)
            raise
        share.on_wire += 1

    def release(self, host: str) -> None:
        """Give a slot back."""
        share = self._shares[host]
        share.on_wire -= 1
        share.slots.release()
        self._leave(host, share)

    def _leave(self, host: str, share: _Share) -> None:
        share.in_hand -= 1
        # The hosts of all times would be too many to keep.
        if not share.in_hand:
            del self._shares[host]
