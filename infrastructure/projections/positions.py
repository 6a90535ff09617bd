"""The positions of the views, and waiting for positions."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from application.errors import NotYetVisible
from application.status.board import STALE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infrastructure.projections.known_views import KnownViews
    from infrastructure.projections.standby_watch import StandbyWatch

PATIENCE_SECONDS = 5.0
OWN_PATIENCE_SECONDS = 0.25
STANDBY_PATIENCE_SECONDS = 1.0
"""Views are written without waiting for the disk, and sent to a standby when they are there: after 0.6 s at most."""


class ViewPositions:
    """Gives the positions of the views, and wakes who waits for one."""

    def __init__(self, follower: KnownViews) -> None:
        """Listen to ``follower``."""
        self._follower = follower
        self._committed = 0
        self._waiting: list[tuple[int, Sequence[str], asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._watching: list[tuple[str, int, asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._expecting: list[tuple[int, asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        follower.on_progress(self._advanced)

    @property
    def committed(self) -> int:
        """The position of the last event that this process has committed."""
        return self._committed

    @committed.setter
    def committed(self, position: int) -> None:
        self._committed = position
        self._has_committed(position)

    @property
    def lag(self) -> float | None:
        """The seconds that all that is read is behind what is written; None where both are one."""
        return None

    @property
    def position(self) -> int:
        """The position that every view reflects."""
        return self._follower.position

    def position_of(self, view: str) -> int:
        """Give the position that ``view`` reflects; other views may be behind it."""
        return self._follower.states[view].position

    def stand(self, view: str) -> tuple[int, str]:
        """Give the position that ``view`` reflects, with what tells the event there from every other."""
        return self._follower.states[view].stand

    def changed(self, view: str) -> int:
        """Give the position of the last event that changed a row of ``view``, or a later one."""
        return self._follower.states[view].changed

    def generation(self, view: str) -> str:
        """Tell one building of ``view`` from the next."""
        return self._follower.states[view].building

    def is_rebuilding(self, view: str) -> bool:
        """Tell whether ``view`` began anew and has not come to where the log ended then."""
        return not self._follower.states[view].is_complete

    def age(self, view: str) -> float:
        """Give the seconds since ``view`` was last seen to reflect the whole log."""
        return self._follower.age(view)

    @property
    def failed(self) -> Mapping[str, object]:
        """The views that have stopped, and why."""
        return self._follower.failed

    async def next_change(self, view: str, after: int) -> None:
        """Wait until an event after the position ``after`` has changed a row of ``view``."""
        loop = asyncio.get_running_loop()
        promise: asyncio.Future[None] = loop.create_future()
        entry = (view, after, loop, promise)
        self._watching.append(entry)
        try:
            # It may have changed between the look of the caller and the entry.
            if self.changed(view) <= after:
                await promise
        finally:
            self._watching.remove(entry)

    async def next_event(self, after: int, patience: float) -> None:
        """Wait until an event after the position ``after`` is known of, at most ``patience`` seconds."""
        loop = asyncio.get_running_loop()
        promise: asyncio.Future[None] = loop.create_future()
        entry = (after, loop, promise)
        self._expecting.append(entry)
        try:
            # It may have come between the look of the caller and the entry.
            if self._end <= after:
                await asyncio.wait_for(promise, patience)
        except TimeoutError:
            # Nobody tells of the events of other processes if all views have stopped.
            pass
        finally:
            self._expecting.remove(entry)

    async def reach_own(self, views: Sequence[str] = ()) -> None:
        """Wait a short time until some views, or all, reflect what this process has committed."""
        began = monotonic()
        try:
            await self.reach(self.committed, views, patience=self._own_patience)
        except NotYetVisible:
            waited = monotonic() - began
            if all(self._follower.age(view) < waited for view in views or self._follower.states):
                # They reflect the whole log as it was meanwhile: what was committed is no longer in it.
                self.committed = self._reached(views)

    async def reach(self, position: int, views: Sequence[str] = (), *, patience: float = PATIENCE_SECONDS) -> None:
        """Wait until some views, or all, reflect ``position``, at most ``patience`` seconds.

        Raises:
            NotYetVisible: if they do not by then.
        """
        if self._reached(views) >= position:
            return
        loop = asyncio.get_running_loop()
        promise: asyncio.Future[None] = loop.create_future()
        entry = (position, views, loop, promise)
        self._waiting.append(entry)
        self._follower.wake()
        try:
            # It may have come there between the look above and the entry.
            if self._reached(views) < position:
                await asyncio.wait_for(promise, patience)
        except TimeoutError:
            reached = self._reached(views)
            raise NotYetVisible(f"the views are at position {reached}, not yet at {position}") from None
        finally:
            self._waiting.remove(entry)

    @property
    def _end(self) -> int:
        """The position of the last event that is known of, and that can be read."""
        return max(self._committed, *self._follower.positions.values())

    def _reached(self, views: Sequence[str]) -> int:
        return min(map(self.position_of, views)) if views else self.position

    def _advanced(self, _position: int) -> None:
        for wanted, views, loop, promise in tuple(self._waiting):
            if self._reached(views) >= wanted:
                loop.call_soon_threadsafe(_wake, promise)
        if self._expecting:
            self._lengthened(self._end)
        for view, after, loop, promise in tuple(self._watching):
            if self.changed(view) > after:
                loop.call_soon_threadsafe(_wake, promise)

    @property
    def _own_patience(self) -> float:
        return OWN_PATIENCE_SECONDS

    def _has_committed(self, position: int) -> None:
        self._lengthened(position)

    def _lengthened(self, position: int) -> None:
        for after, loop, promise in tuple(self._expecting):
            if position > after:
                loop.call_soon_threadsafe(_wake, promise)


class StandbyPositions(ViewPositions):
    """Does the same for what is read from a hot standby: what is committed is there only when that has replayed it."""

    def __init__(self, watch: StandbyWatch) -> None:
        """Listen to ``watch``."""
        super().__init__(watch)
        self._watch = watch

    @property
    def lag(self) -> float:
        """The seconds that the standby is behind."""
        return self._watch.lag.seconds

    @property
    def _own_patience(self) -> float:
        # One that is known to be behind would let every read wait in vain.
        return STANDBY_PATIENCE_SECONDS if self.lag < STALE_SECONDS else 0.0

    @property
    def _end(self) -> int:
        return self._watch.end

    def _has_committed(self, position: int) -> None:
        self._watch.wake(position)


def _wake(promise: asyncio.Future[None]) -> None:
    if not promise.done():
        promise.set_result(None)
