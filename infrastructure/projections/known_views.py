"""What one process knows of views: how far each has come, and who is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.projections.view_states import ViewState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from infrastructure.projections.view_states import Failure


class KnownViews:
    """The states of views by name; those that have stopped are named in ``failed``."""

    def __init__(self, names: Iterable[str]) -> None:
        """Know nothing of the views yet."""
        self.states = {name: ViewState() for name in names}
        self.failed: Mapping[str, Failure] = {}
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
