"""Refusals about components."""

from __future__ import annotations

from domain.errors import Conflict, NotFound


class Retired(Conflict):
    """The component is retired."""


class CauseStillOpen(Conflict):
    """The component cannot be retired while something still affects it."""


class NoSuchPin(NotFound):
    """The component has no pin of that id."""


class HeartbeatNotExpected(Conflict):
    """The component has no heartbeat set."""
