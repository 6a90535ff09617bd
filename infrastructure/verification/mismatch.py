"""What a check finds."""

from __future__ import annotations

from application.errors import ApplicationError


class LogMismatch(ApplicationError):
    """What is stored is not what was recorded."""

    def __init__(self, sentence: str, *, position: int | None = None) -> None:
        """Say what does not fit, and at which position that begins, if it has one."""
        super().__init__(sentence)
        self.position = position

    @property
    def order(self) -> tuple[bool, int]:
        """By which the first of several is found; those without a position come last."""
        return self.position is None, self.position or 0


class LogCut(LogMismatch):
    """Events are gone from the end of the log."""

    def __init__(self, size: int, before: int, witness: str) -> None:
        """Say that a log of ``size`` events had more ``before``, and what tells so."""
        gone = before - size
        super().__init__(
            f"the log has {size} events, and {witness} has {before}: "
            f"the last {gone} {'are' if gone > 1 else 'is'} gone",
            position=size + 1,
        )


class CannotVerify(ApplicationError):
    """What is to be compared cannot be read, or is no such thing."""


def first_of(found: list[LogMismatch]) -> LogMismatch | None:
    """Give the one with the lowest position; None if there is none."""
    return min(found, key=lambda each: each.order, default=None)
