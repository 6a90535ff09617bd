"""What is answered of subscriptions and endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NotRequired

from typing_extensions import TypedDict

from application.document import Id, Instant, Key, Page
from application.ids import written
from application.schema import Encodes, documented
from domain.impact import Level
from domain.subscriptions.endpoint import Endpoint
from domain.subscriptions.values import Channel, NotificationScope, Preferences, Rhythm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.subscriptions.subscription import Subscription


@documented
class ScopeDocument(TypedDict):
    """What somebody is notified of: whatever any of these keys covers; without any key, everything."""

    components: list[Key]
    groups: list[Key]
    audiences: list[Key]
    panels: list[Key]
    impact: Annotated[str, Encodes(Level)]
    """Of incidents, only those with this impact or a higher one."""


@documented
class PreferencesDocument(TypedDict):
    """What somebody is notified of, and how."""

    language: str
    rhythm: Annotated[str, Encodes(Rhythm)]
    """E-mails come at once, hourly or daily; endpoints get everything at once."""
    scope: ScopeDocument


@documented
class SubscriptionDocument(PreferencesDocument):
    """A subscription by e-mail."""

    id: Id
    channel: Annotated[str, Encodes(Channel)]
    state: str
    """`asked` (not confirmed yet), `active`, or `ended`."""
    ended_because: str | None
    """Null, or `reader`, `one_click`, `bounce`, `complaint` or `operator`."""
    address: str | None
    """Null once it was erased."""


@documented
class EndedSubscription(PreferencesDocument):
    """A subscription by e-mail that has ended, without its address."""

    id: Id
    channel: Annotated[str, Encodes(Channel)]
    state: str
    """`ended`."""
    ended_because: str | None
    """`reader`, `one_click`, `bounce`, `complaint` or `operator`."""


@documented
class EndpointDocument(PreferencesDocument):
    """An endpoint that gets notifications."""

    id: Id
    name: str
    channel: Annotated[str, Encodes(Channel)]
    host: str
    """The host of its address. The rest of the address is not shown again, because it can be a secret."""
    state: str
    """`active`, `disabled`, or `removed` in the answer that removed it."""
    disabled_by: str | None
    """`gone` (it answered 410), `failing` or `operator`."""
    version: int
    secret: NotRequired[str]
    """The secret that signs the messages to a webhook. It is shown once."""
    old_secret_until: NotRequired[Instant | None]
    """Until when messages are signed with the secret before, too."""


@documented
class RequestedSubscription(TypedDict):
    """That somebody asked for a subscription, whether the address is known or not."""

    state: str
    """`asked`: a mail with a link to confirm was sent."""


@documented
class SubscriberCounts(TypedDict):
    """How many are notified."""

    total: int
    counts: dict[str, dict[str, int]]
    """Those who are notified, by channel and language; a channel that nobody has is left out."""
    ended: int
    """The subscriptions by e-mail that have ended."""
    disabled: int
    """The endpoints that are disabled."""


@documented
class EndpointPage(Page):
    """All endpoints, in the order in which they were registered."""

    data: list[EndpointDocument]


@documented
class SubscriptionPage(Page):
    """Subscriptions by e-mail, in the order in which they were asked for."""

    data: list[SubscriptionDocument]


def subscriber_counts(active: Mapping[Channel, Mapping[str, int]], inactive: Mapping[Channel, int]) -> SubscriberCounts:
    """Write how many there are: who is notified by channel and language, and who is not any more by channel."""
    return {
        "total": sum(sum(counts.values()) for counts in active.values()),
        "counts": {str(channel): dict(sorted(counts.items())) for channel, counts in active.items() if counts},
        "ended": inactive.get(Channel.EMAIL, 0),
        "disabled": sum(count for channel, count in inactive.items() if channel is not Channel.EMAIL),
    }


def preferences_document(preferences: Preferences) -> PreferencesDocument:
    """Write what somebody wants."""
    scope = preferences.scope
    return {
        "language": preferences.language,
        "rhythm": str(preferences.rhythm),
        "scope": {
            "components": list(scope.components),
            "groups": list(scope.groups),
            "audiences": list(scope.audiences),
            "panels": list(scope.panels),
            "impact": str(scope.impact),
        },
    }


def ended_subscription(subscription: Subscription) -> EndedSubscription:
    """Write a subscription that has ended."""
    return {
        **preferences_document(subscription.preferences),
        "id": written(subscription.id),
        "channel": str(Channel.EMAIL),
        "state": "ended",
        "ended_because": None if subscription.ended is None else str(subscription.ended),
    }


def endpoint_document(endpoint: Endpoint) -> EndpointDocument:
    """Write an endpoint, without its address."""
    preferences = preferences_document(endpoint.preferences)
    state = "active" if endpoint.is_active else "disabled"
    return {
        "id": written(endpoint.id),
        "name": endpoint.name,
        "channel": str(endpoint.channel),
        "host": endpoint.host,
        "state": "removed" if endpoint.removed_at is not None else state,
        "disabled_by": None if endpoint.disabled_by is None else str(endpoint.disabled_by),
        "version": endpoint.version,
        "language": preferences["language"],
        "rhythm": preferences["rhythm"],
        "scope": preferences["scope"],
    }


def preferences_of(found: PreferencesDocument) -> Preferences:
    """Read what ``preferences_document`` has written."""
    scope = found["scope"]
    return Preferences(
        language=found["language"],
        rhythm=Rhythm(found["rhythm"]),
        scope=NotificationScope(
            components=tuple(scope["components"]),
            groups=tuple(scope["groups"]),
            audiences=tuple(scope["audiences"]),
            panels=tuple(scope["panels"]),
            impact=Level(scope["impact"]),
        ),
    )
