"""The rows of subscribers: who is notified, of what, in which language. None has an address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from application.ids import written
from application.projections.tables import Index, Row, Table
from application.subscriptions.documents import PreferencesDocument, preferences_document
from domain.aggregate import Aggregate
from domain.subscriptions.endpoint import Endpoint
from domain.subscriptions.subscription import Subscription
from domain.subscriptions.values import Channel

SUBSCRIBERS = Table(
    name="subscribers",
    key=("subscription",),
    columns={
        "subscription": "key",
        "channel": "key",
        "active": "flag",
        "language": "key",
        "name": "text",
        "host": "text",
        "because": "text",
        "version": "number",
        "preferences": "document",
    },
    indexes=(Index(("channel", "active", "subscription"), "to_position IS NULL"),),
)


@dataclass(frozen=True, kw_only=True)
class SubscriberRow(Row):
    """A confirmed subscription by e-mail, or an endpoint.

    ``name`` and ``host`` are those of an endpoint, ``because`` is why it gets nothing.
    """

    TABLE: ClassVar[Table] = SUBSCRIBERS

    subscription: str
    channel: str
    active: bool
    language: str
    name: str | None
    host: str | None
    because: str | None
    version: int
    preferences: PreferencesDocument


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the row of a subscriber; an endpoint that was removed has none."""
    match aggregate:
        case Subscription():
            yield SubscriberRow(
                subscription=written(aggregate.id),
                channel=str(Channel.EMAIL),
                active=aggregate.is_active,
                language=aggregate.preferences.language,
                name=None,
                host=None,
                because=None if aggregate.ended is None else str(aggregate.ended),
                version=aggregate.version,
                preferences=preferences_document(aggregate.preferences),
            )
        case Endpoint() if aggregate.removed_at is None:
            yield SubscriberRow(
                subscription=written(aggregate.id),
                channel=str(aggregate.channel),
                active=aggregate.is_active,
                language=aggregate.preferences.language,
                name=aggregate.name,
                host=aggregate.host,
                because=None if aggregate.disabled_by is None else str(aggregate.disabled_by),
                version=aggregate.version,
                preferences=preferences_document(aggregate.preferences),
            )
