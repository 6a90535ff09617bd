"""What operators, and readers with a link, can read of subscriptions by e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from application.subscriptions.documents import PreferencesDocument

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_MESSAGES = 1_000
"""How many messages to one subscriber are listed at most."""


@dataclass(frozen=True, kw_only=True)
class KnownSubscription:
    """A confirmed subscription, without its address; ``ended_because`` is None while it is active."""

    id: UUID
    ended_because: str | None
    version: int
    preferences: PreferencesDocument


@dataclass(frozen=True, kw_only=True)
class PlannedMessage:
    """A message to a subscriber; ``thing`` is what it is about, as in ``incident/…``."""

    thing: str
    state: str
    planned_at: datetime
    finished_at: datetime | None


class SubscriptionQueries(Protocol):
    """Reads subscriptions by e-mail."""

    def find(self, at: int, id: UUID) -> KnownSubscription | None:
        """Give one; None if there was none at position ``at``.

        Raises:
            NotYetVisible: if the view does not reflect that position, as for each query below that takes one.
        """
        ...

    def page(self, at: int, *, active: bool | None, after: str | None, limit: int) -> Sequence[KnownSubscription]:
        """List them in the order of their ids, behind one of them; None is those that have ended, too."""
        ...

    def messages(self, id: UUID) -> Sequence[PlannedMessage]:
        """List the newest messages to one, of those that are kept, the newest first."""
        ...
