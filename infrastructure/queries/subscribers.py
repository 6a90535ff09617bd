"""Reads who is notified."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from application.notifications.reach import Subscriber
from application.register_view import REGISTER_VIEW
from application.subscriptions.documents import preferences_of
from application.subscriptions.projection import SUBSCRIBERS
from domain.subscriptions.values import Channel
from infrastructure.projections.temporal_tables import branches, read_consistently
from infrastructure.store.base import optional_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.subscriptions.values import Preferences
    from infrastructure.store.base import Store, Value

COLUMNS = "subscription, channel, language, host, preferences"
FURTHER = "ORDER BY subscription LIMIT :limit"
NOW, *THEN = branches(SUBSCRIBERS, COLUMNS, "active = 1 AND subscription > :after")
AFTER = f"""
    SELECT * FROM (SELECT * FROM ({NOW} {FURTHER}) AS now UNION ALL {" UNION ALL ".join(THEN)}) AS subscribed {FURTHER}
"""
ANY = "SELECT 1 FROM subscribers WHERE from_position <= :at LIMIT 1"
MOST_KEPT = 10_000


class SqlSubscriberQueries:
    """Implements ``SubscriberQueries`` on a store."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store
        self._preferences: dict[str, Preferences] = {}

    def after(self, at: int, subscription: str, limit: int) -> Sequence[Subscriber]:
        """Give those who are notified at a position."""
        wanted: dict[str, Value] = {"at": at, "after": subscription, "limit": limit}
        rows = read_consistently(self._store, REGISTER_VIEW, AFTER, wanted)
        return [
            Subscriber(
                subscription=str(row[0]),
                channel=Channel(str(row[1])),
                language=str(row[2]),
                host=optional_text(row[3]),
                preferences=self._read(str(row[4])),
            )
            for row in rows
        ]

    def has_any(self, at: int) -> bool:
        """Tell whether anybody had ever subscribed by a position."""
        return bool(read_consistently(self._store, REGISTER_VIEW, ANY, {"at": at}))

    def _read(self, document: str) -> Preferences:
        # There are many subscribers, and few ways to subscribe.
        found = self._preferences.get(document)
        if found is None:
            if len(self._preferences) >= MOST_KEPT:
                self._preferences.clear()
            found = self._preferences[document] = preferences_of(json.loads(document))
        return found
