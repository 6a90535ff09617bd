"""Reads endpoints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from application.register_view import REGISTER_VIEW
from application.subscriptions.projection import SUBSCRIBERS
from infrastructure.projections.temporal_tables import holding, latest, read_consistently
from infrastructure.store.base import optional_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from application.subscriptions.documents import EndpointDocument, PreferencesDocument
    from infrastructure.store.base import Store, Value

COLUMNS = "subscription, channel, active, name, host, because, version, preferences"
ENDPOINTS = f"""
    SELECT {COLUMNS} FROM ({holding(SUBSCRIBERS, COLUMNS, "channel <> 'email'")}) AS endpoints
    WHERE subscription > :after ORDER BY subscription LIMIT :limit
"""
ENDPOINT = latest(SUBSCRIBERS, COLUMNS, "subscription = :subscription AND channel <> 'email'")


class SqlEndpointQueries:
    """Implements ``EndpointQueries`` on a store; see there for what each method gives."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def page(self, at: int, after: str | None, limit: int) -> Sequence[EndpointDocument]:
        """List endpoints."""
        wanted: dict[str, Value] = {"at": at, "after": after or "", "limit": limit}
        return [_endpoint(row) for row in read_consistently(self._store, REGISTER_VIEW, ENDPOINTS, wanted)]

    def find(self, at: int, id: UUID) -> EndpointDocument | None:
        """Give one of them."""
        wanted: dict[str, Value] = {"at": at, "subscription": str(id)}
        rows = read_consistently(self._store, REGISTER_VIEW, ENDPOINT, wanted)
        return _endpoint(rows[0]) if rows else None


def _endpoint(row: tuple[Value, ...]) -> EndpointDocument:
    preferences: PreferencesDocument = json.loads(str(row[7]))
    return {
        "id": str(row[0]),
        "name": str(row[3]),
        "channel": str(row[1]),
        "host": str(row[4]),
        "state": "active" if row[2] else "disabled",
        "disabled_by": optional_text(row[5]),
        "version": int(row[6] or 0),
        "language": preferences["language"],
        "rhythm": preferences["rhythm"],
        "scope": preferences["scope"],
    }
