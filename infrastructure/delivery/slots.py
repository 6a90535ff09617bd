"""How many deliveries are on the wire at once, in all and to each host."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

FEW = 4
"""Of fewer slots none is spared."""


@dataclass
class _Share:
    on_wire: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)


class SendSlots:
    """Slots of which hosts that hang cannot have all. They are used from one loop.

    A quarter of them, or at least two, is spared for hosts that have fewer: a host takes a further slot only while more
    are free than it has, or than are spared. So one host that hangs gets at most three quarters, and a second one at
    most half of the rest.
    """

    def __init__(self, slots: int) -> None:
        """Let so many be on the wire at once."""
        self._free = slots
        self._spared = max(2, slots // 4) if slots >= FEW else 0
        self._shares: dict[str, _Share] = {}

    @property
    def queued(self) -> int:
        """How many wait behind others to the same host."""
        return sum(len(each.waiting) for each in self._shares.values() if each.on_wire)

    @property
    def full(self) -> list[str]:
        """The hosts for which twice as many wait as are on the wire: enough while more is leased."""
        return [host for host, each in self._shares.items() if len(each.waiting) >= 2 * max(each.on_wire, 1)]

    async def acquire(self, host: str) -> None:
        """Wait for a slot to a host."""
        share = self._shares.setdefault(host, _Share())
        slot = asyncio.get_running_loop().create_future()
        share.waiting.append(slot)
        self._give()
        try:
            await slot
        except BaseException:
            with suppress(ValueError):
                share.waiting.remove(slot)
            if slot.done() and not slot.cancelled():
                share.on_wire -= 1
                self._free += 1
            self._forget(host, share)
            self._give()
            raise

    def release(self, host: str) -> None:
        """Give a slot back."""
        share = self._shares[host]
        share.on_wire -= 1
        self._free += 1
        self._forget(host, share)
        self._give()

    def _give(self) -> None:
        """Give what is free to those who wait, and first to the host that has the fewest."""
        while self._free:
            share = min((each for each in self._shares.values() if each.waiting), key=_on_wire, default=None)
            if share is None or self._free <= min(share.on_wire, self._spared):
                return
            slot = share.waiting.popleft()
            if not slot.done():
                share.on_wire += 1
                self._free -= 1
                slot.set_result(None)

    def _forget(self, host: str, share: _Share) -> None:
        # The hosts of all times would be too many to keep.
        if not (share.on_wire or share.waiting):
            self._shares.pop(host, None)


def _on_wire(share: _Share) -> int:
    return share.on_wire
