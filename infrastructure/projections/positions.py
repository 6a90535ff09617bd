"""The positions of the views, and waiting for positions."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from application.errors import NotYetVisible

if TYPE_CHECKING:
    from infrastructure.projections.follower import Follower

PATIENCE_SECONDS = 5.0
OWN_PATIENCE_SECONDS = 0.25


class ViewPositions:
    """Gives the positions of the views, and wakes who waits for one."""

    def __init__(self, follower: Follower) -> None:
        """Listen to ``follower``."""
        self._follower = follower
        self.committed = 0
        self._waiting: list[tuple[int, asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        follower.on_progress(self._advanced)

    @property
    def position(self) -> int:
        """The position that every view reflects."""
        return self._follower.position

    def position_of(self, view: str) -> int:
        """Give the position that ``view`` reflects; other views may be behind it."""
        return self._follower.positions[view]

    def changed(self, view: str) -> int:
        """Give the position of the last event that changed a row of ``view``, or a later one."""
        return self._follower.changed[view]

    def is_rebuilding(self, view: str) -> bool:
        """Tell whether ``view`` began anew and has not come to where it was before."""
        return self._follower.is_rebuilding(view)

    def age(self, view: str) -> float:
        """Give the seconds since ``view`` was last seen to reflect the whole log."""
        return self._follower.age(view)

    @property
    def failed(self) -> dict[str, str]:
        """The views that have stopped, and why."""
        return self._follower.failed

    async def reach_own(self) -> None:
        """Wait a short time for what this process has committed, so that its writer can read it."""
        with contextlib.suppress(NotYetVisible):
            await self.reach(self.committed, patience=OWN_PATIENCE_SECONDS)

    async def reach(self, position: int, *, patience: float = PATIENCE_SECONDS) -> None:
        """Wait until every view reflects ``position``, at most ``patience`` seconds.

        Raises:
            NotYetVisible: if they do not by then.
        """
        if self.position >= position:
            return
        loop = asyncio.get_running_loop()
        promise: asyncio.Future[None] = loop.create_future()
        entry = (position, loop, promise)
        self._waiting.append(entry)
        self._follower.wake()
        try:
            # It may have come there between the look above and the entry.
            if self.position < position:
                await asyncio.wait_for(promise, patience)
        except TimeoutError:
            raise NotYetVisible(f"the views are at position {self.position}, not yet at {position}") from None
        finally:
            self._waiting.remove(entry)

    def _advanced(self, position: int) -> None:
        for wanted, loop, promise in tuple(self._waiting):
            if position >= wanted:
                loop.call_soon_threadsafe(_wake, promise)


def _wake(promise: asyncio.Future[None]) -> None:
    if not promise.done():
        promise.set_result(None)
