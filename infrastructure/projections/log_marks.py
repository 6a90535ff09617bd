"""Remembers where a log ended, and when: who has come to a position reflects the log as it was then."""

from __future__ import annotations

from typing import NamedTuple

MOST = 1_000
"""How many are remembered; beyond that every second one is forgotten."""


class LogMark(NamedTuple):
    """A position at which the log ended at a ``moment``, in seconds of the monotonic clock."""

    end: int
    moment: float


class LogMarks:
    """Marks in the order of their moments; a log that is another one, or shorter, begins them anew."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._marks: list[LogMark] = []

    @property
    def end(self) -> int:
        """Where the log ended when it was asked last; 0 if it was not asked."""
        return self._marks[-1].end if self._marks else 0

    def add(self, end: int, moment: float) -> None:
        """Note that the log ended at ``end`` at a moment."""
        if self._marks and end < self.end:
            self._marks.clear()
        if self._marks and end == self.end:
            # Nothing has come since: who has come there reflects this moment, too.
            self._marks.pop()
        self._marks.append(LogMark(end, moment))
        if len(self._marks) > MOST:
            del self._marks[1:-1:2]

    def reached(self, position: int) -> float | None:
        """Give the last moment at which the log had no event after ``position``; None if no such moment is known."""
        return next((mark.moment for mark in reversed(self._marks) if mark.end <= position), None)

    def forget(self, position: int) -> None:
        """Forget what came before the newest mark that has been reached, by whoever is last, with ``position``."""
        newest = next((place for place, mark in reversed([*enumerate(self._marks)]) if mark.end <= position), 0)
        del self._marks[:newest]
