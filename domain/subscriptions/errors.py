"""Refusals about subscriptions and endpoints."""

from __future__ import annotations

from domain.errors import Conflict, NotFound


class SubscriptionEnded(Conflict):
    """The subscription has ended; ask for a new one."""


class EndpointRemoved(NotFound):
    """The endpoint was removed."""


class HasNoSecret(Conflict):
    """Only webhooks are signed, so that no other endpoint has a secret."""
