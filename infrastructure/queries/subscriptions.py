"""Reads subscriptions by e-mail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from application.register_view import REGISTER_VIEW
from application.subscriptions.projection import SUBSCRIBERS
from application.subscriptions.queries import KnownSubscription
from domain.subscriptions.values import Channel
from infrastructure.queries.document_table import DocumentTable
from infrastructure.store.base import optional_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infrastructure.store.base import Store, Value

COLUMNS = ("because", "version", "preferences")
BY_MAIL = {active: f"channel = '{Channel.EMAIL}' AND active = {int(active)}" for active in (True, False)}


class SqlSubscriptionQueries:
    """Implements ``SubscriptionQueries`` on a store; see there for what each method gives."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._subscribers = DocumentTable(store, REGISTER_VIEW, SUBSCRIBERS, COLUMNS)

    def count(self, at: int, channel: Channel, *, active: bool) -> Mapping[str, int]:
        """Count by language."""
        return self._subscribers.count_by(at, "language", channel=str(channel), active=int(active))

    def find(self, at: int, id: UUID) -> KnownSubscription | None:
        """Give one."""
        found = self._subscribers.find(at, subscription=str(id), channel=str(Channel.EMAIL))
        return None if found is None else _known(id, found)

    def page(self, at: int, *, active: bool | None, after: str | None, limit: int) -> Sequence[KnownSubscription]:
        """List them."""
        wanted = (True, False) if active is None else (active,)
        rows = self._subscribers.page(
            at, "subscription", after=after, limit=limit, either=tuple(BY_MAIL[each] for each in wanted)
        )
        return [_known(UUID(str(row[0])), row[1:]) for row in rows]


def _known(id: UUID, row: tuple[Value, ...]) -> KnownSubscription:
    because, version, preferences = row
    return KnownSubscription(
        id=id,
        ended_because=optional_text(because),
        version=int(version or 0),
        preferences=json.loads(str(preferences)),
    )
