"""What one process knows of views: how far each has come, and who is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from infrastructure.event_log import recorder
from infrastructure.projections.view_states import ViewState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from infrastructure.projections.view_states import Failure
    from infrastructure.store.base import Store

log = structlog.get_logger()


class KnownViews:
    """The states of views by name; those that have stopped are named in ``failed``."""

    def __init__(self, names: Iterable[str]) -> None:
        """Know nothing of the views yet."""
        self.states = {name: ViewState() for name in names}
        self.failed: Mapping[str, Failure] = {}
        self._doubts = False
        self._listeners: list[Callable[[int], None]] = []

    @property
    def positions(self) -> dict[str, int]:
        """The position that each view reflects."""
        return {name: state.position for name, state in self.states.items()}

    @property
    def changed(self) -> dict[str, int]:
        """The position of the last event that changed each view, or a later one."""
        return {name: state.changed for name, state in self.states.items()}

    @property
    def position(self) -> int:
        """The position that every view reflects."""
        return min(state.position for state in self.states.values())

    def age(self, view: str) -> float:
        """Give the seconds since ``view`` was last seen to reflect the whole log."""
        return self.states[view].age

    def on_progress(self, listener: Callable[[int], None]) -> None:
        """Call ``listener``, on the thread that looks, with each position that all views have reached."""
        self._listeners.append(listener)

    def wake(self, _position: int = 0) -> None:
        """Look at once: there are new events."""

    def _resolve_doubts(self, store: Store) -> None:
        """After the store was away, look whether it still has the events that the views had seen.

        A server that took the place of another may lack the last ones. Others may have taken their positions by now,
        so that a position alone says nothing.
        """
        if not self._doubts:
            return
        with store.reading_log() as connection:
            stands = {state.stand for state in self.states.values() if state.position}
            lost = {stand for stand in stands if recorder.fingerprint_at(connection, stand[0]) != stand[1]}
        for name, state in self.states.items():
            if state.stand in lost:
                log.warning("view_saw_lost_event", view=name, position=state.position)
                state.begin_epoch()
        self._doubts = False
