"""How far a view has come, where a test says it: for pages in memory, which ask for nothing else of one."""


class StandingView:
    """A view that is as old as a test says, and at which events arrive when it says so."""

    def __init__(self) -> None:
        """Let it be current, with one event."""
        self.seconds = 0.0
        self.changes = 1

    def stand(self, _view: str) -> tuple[int, str]:
        """Give the position of the last event."""
        return self.changes, "event"

    def changed(self, _view: str) -> int:
        """Give the position of the last event: each changes the view."""
        return self.changes

    def is_rebuilding(self, _view: str) -> bool:
        """Tell that it is whole."""
        return False

    def generation(self, _view: str) -> str:
        """Tell that it was built once."""
        return "first"

    def age(self, _view: str) -> float:
        """Give the seconds since it was last seen to be current."""
        return self.seconds
