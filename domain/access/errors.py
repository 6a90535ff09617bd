"""Refusals about tokens and sessions."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, NotFound


class SourcesNeedEmitter(Invalid):
    """Only the token of an emitter can be bound to sources."""


class NoSuchSession(NotFound):
    """There is no such session, or it is not yours."""


class SessionHasEnded(Conflict):
    """The session ended before."""
