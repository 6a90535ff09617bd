"""Subscriptions, endpoints and notifications, to which everything has happened that can happen to them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from domain.impact import Level
from domain.subscriptions.endpoint import Endpoint
from domain.subscriptions.notification import Notification
from domain.subscriptions.subscription import Subscription
from domain.subscriptions.values import Channel, DisabledBy, EndReason, NotificationScope, Preferences, Rhythm
from tests.domain.builders import ana, at

EVERYTHING = Preferences(language="en")
LABELS_ALONE = Preferences(
    language="es", rhythm=Rhythm.DAILY, scope=NotificationScope(components=("labels",), impact=Level.MAJOR)
)
SUBSCRIPTION, ENDPOINT, ANNOUNCEMENT = UUID(int=31), UUID(int=32), UUID(int=33)
DAY = timedelta(days=1)


def a_subscription(preferences: Preferences = EVERYTHING) -> Subscription:
    """Give one that was just confirmed."""
    return Subscription.confirm(id=SUBSCRIPTION, preferences=preferences, provenance=ana(at("10:00")))


def an_endpoint(channel: Channel = Channel.WEBHOOK) -> Endpoint:
    """Give one that was just registered."""
    return Endpoint.register(
        id=ENDPOINT,
        name="Order desk",
        channel=channel,
        host="hooks.example.com",
        preferences=EVERYTHING,
        provenance=ana(at("10:00")),
    )


def an_ended_subscription() -> Subscription:
    """Give one that was changed, and then ended."""
    subscription = a_subscription()
    subscription.change(preferences=LABELS_ALONE, provenance=ana(at("10:10")))
    subscription.end(reason=EndReason.ONE_CLICK, provenance=ana(at("10:20")))
    return subscription


def a_long_endpoint() -> Endpoint:
    """Give one to which everything has happened but that it was removed, so that it is seen."""
    endpoint = an_endpoint()
    scope = NotificationScope(groups=("carriers",))
    endpoint.change(
        name="Night shift",
        host="hooks.example.org",
        preferences=Preferences(language="es", scope=scope),
        is_moved=True,
        provenance=ana(at("10:10")),
    )
    endpoint.change(
        name=endpoint.name,
        host=endpoint.host,
        preferences=endpoint.preferences,
        is_moved=True,
        provenance=ana(at("10:15")),
    )
    endpoint.rotate_secret(old_until=at("10:20") + DAY, provenance=ana(at("10:20")))
    endpoint.disable(by=DisabledBy.GONE, because="410 Gone", provenance=ana(at("10:30")))
    endpoint.enable(provenance=ana(at("10:40")))
    return endpoint


def a_removed_endpoint() -> Endpoint:
    """Give one that was removed."""
    endpoint = an_endpoint(Channel.SLACK)
    endpoint.remove(provenance=ana(at("10:50")))
    return endpoint


def a_notification() -> Notification:
    """Give one that somebody got again."""
    notification = Notification.plan(
        announcement=ANNOUNCEMENT,
        thing=f"incident/{UUID(int=1)}",
        kind="incident_updated",
        counts={"email/en": 2, "webhook/en": 1},
        provenance=ana(at("10:00")),
    )
    notification.send_again(subscription=SUBSCRIPTION, reason="It was lost.", provenance=ana(at("10:10")))
    return notification


SUBSCRIPTIONS = (an_ended_subscription, a_long_endpoint, a_removed_endpoint, a_notification)
