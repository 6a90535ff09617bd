"""Refusals about tokens."""

from __future__ import annotations

from domain.errors import Invalid


class SourcesNeedEmitter(Invalid):
    """Only the token of an emitter can be bound to sources."""
