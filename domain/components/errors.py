"""Refusals about components."""

from __future__ import annotations

from domain.errors import DomainError


class Retired(DomainError):
    """The component is retired."""


class CauseStillOpen(DomainError):
    """The component cannot be retired while something still affects it."""


class NoSuchPin(DomainError):
    """The component has no pin of that id."""


class HeartbeatNotExpected(DomainError):
    """The component has no heartbeat set."""
