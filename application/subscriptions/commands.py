"""What can be done with subscriptions and endpoints; addresses and secrets are kept elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain.subscriptions.endpoint import Endpoint
from domain.subscriptions.errors import EndpointRemoved
from domain.subscriptions.notification import Notification
from domain.subscriptions.subscription import Subscription
from domain.subscriptions.values import DisabledBy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from application.caller import Caller
    from application.log import Log
    from application.merging import Amendment
    from application.targets import Target
    from domain.provenance import Provenance
    from domain.subscriptions.values import Channel, EndReason, NotificationScope, Preferences

READER = "reader"
"""What provenance names whoever holds a link that was sent to a mailbox."""


@dataclass(frozen=True, kw_only=True)
class EndpointRegistration:
    """An endpoint as an operator registers it; ``host`` is that of its address."""

    name: str
    channel: Channel
    host: str
    preferences: Preferences


@dataclass(frozen=True, kw_only=True)
class EndpointRevision:
    """What changes of an endpoint; None leaves a thing as it is.

    ``host`` is that of another address, ``because`` says why it is disabled.
    """

    name: str | None = None
    host: str | None = None
    language: str | None = None
    scope: Amendment[NotificationScope] | None = None
    enabled: bool | None = None
    because: str | None = None


class Subscriptions:
    """The commands on subscriptions by e-mail."""

    def confirm(self, log: Log, *, id: UUID, preferences: Preferences, caller: Caller) -> Subscription:
        """Begin to notify a reader; confirming again changes nothing.

        Raises:
            Invalid: if no subscription can have these preferences.
        """
        subscription = log.find(Subscription, id)
        if subscription is None:
            subscription = Subscription.confirm(id=id, preferences=preferences, provenance=caller.says(log))
            log.save(subscription)
        return subscription

    def change(self, log: Log, *, target: Target, preferences: Preferences) -> Subscription:
        """Take other preferences.

        Raises:
            NotFound: if there is no such subscription.
            SubscriptionEnded: if it has ended.
        """
        subscription, provenance = target.load(log, Subscription)
        subscription.change(preferences=preferences, provenance=provenance)
        log.save(subscription)
        return subscription

    def end(self, log: Log, *, target: Target, reason: EndReason) -> Subscription:
        """Send nothing more; no-op if it has ended.

        Raises:
            NotFound: if there is no such subscription.
        """
        subscription, provenance = target.load(log, Subscription)
        subscription.end(reason=reason, provenance=provenance)
        log.save(subscription)
        return subscription


class Endpoints:
    """The commands on endpoints."""

    def register(self, log: Log, *, id: UUID, registration: EndpointRegistration, caller: Caller) -> Endpoint:
        """Begin to notify an endpoint.

        Raises:
            Invalid: if it cannot have this name, this channel or these preferences.
        """
        endpoint = Endpoint.register(
            id=id,
            name=registration.name,
            channel=registration.channel,
            host=registration.host,
            preferences=registration.preferences,
            provenance=caller.says(log),
        )
        log.save(endpoint)
        return endpoint

    def change(self, log: Log, *, target: Target, revision: EndpointRevision) -> Endpoint:
        """Change what is said of it, and disable or enable it.

        Raises:
            EndpointRemoved: if there is none, as for each command below.
            Invalid: if it cannot have this name or these preferences.
        """
        endpoint, provenance = self._load(log, target)
        present, scope = endpoint.preferences, revision.scope
        endpoint.change(
            name=endpoint.name if revision.name is None else revision.name,
            host=revision.host or endpoint.host,
            preferences=replace(
                present,
                language=revision.language or present.language,
                scope=present.scope if scope is None else scope.apply_to(present.scope),
            ),
            is_moved=revision.host is not None,
            provenance=provenance,
        )
        if revision.enabled:
            endpoint.enable(provenance=provenance)
        elif revision.enabled is False:
            endpoint.disable(by=DisabledBy.OPERATOR, because=revision.because, provenance=provenance)
        log.save(endpoint)
        return endpoint

    def rotate_secret(self, log: Log, *, target: Target, old_until: datetime) -> Endpoint:
        """Sign with a new secret, and with the one before until a moment.

        Raises:
            HasNoSecret: if it is no webhook.
        """
        endpoint, provenance = self._load(log, target)
        endpoint.rotate_secret(old_until=old_until, provenance=provenance)
        log.save(endpoint)
        return endpoint

    def disable(self, log: Log, *, target: Target, by: DisabledBy, because: str | None) -> Endpoint:
        """Send nothing to it; no-op if it is disabled already."""
        endpoint, provenance = self._load(log, target)
        endpoint.disable(by=by, because=because, provenance=provenance)
        log.save(endpoint)
        return endpoint

    def remove(self, log: Log, *, target: Target) -> Endpoint:
        """Send nothing to it any more, for good."""
        endpoint, provenance = self._load(log, target)
        endpoint.remove(provenance=provenance)
        log.save(endpoint)
        return endpoint

    def _load(self, log: Log, target: Target) -> tuple[Endpoint, Provenance]:
        endpoint, provenance = target.load(log, Endpoint)
        if endpoint.removed_at is not None:
            raise EndpointRemoved(f"there is no endpoint {target.id}: it was removed")
        return endpoint, provenance


class Notifications:
    """The commands on notifications."""

    def note_planned(
        self, log: Log, *, announcement: UUID, thing: str, kind: str, counts: Mapping[str, int], caller: Caller
    ) -> None:
        """Keep how many are notified of an announcement; once."""
        if log.find(Notification, announcement) is None:
            log.save(
                Notification.plan(
                    announcement=announcement, thing=thing, kind=kind, counts=counts, provenance=caller.says(log)
                )
            )

    def send_again(self, log: Log, *, target: Target, subscription: UUID, reason: str | None) -> Notification:
        """Keep that one of them is notified again.

        Raises:
            NotFound: if nobody was notified of such an announcement.
        """
        notification, provenance = target.load(log, Notification)
        notification.send_again(subscription=subscription, reason=reason, provenance=provenance)
        log.save(notification)
        return notification
