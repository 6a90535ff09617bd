"""A subscription by e-mail, from its confirmation on. Its address is no part of it, so that it can be erased."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from domain.aggregate import Aggregate, Created, Event
from domain.provenance import Provenance
from domain.subscriptions.errors import SubscriptionEnded
from domain.subscriptions.values import Channel, EndReason, Preferences


class SubscriptionState:
    """What is known of a subscription; only its events change it."""

    preferences: Preferences
    ended: EndReason | None


class SubscriptionEvent(Event):
    """Something that happened to a subscription."""


class SubscriptionConfirmed(Created, SubscriptionEvent):
    """A reader confirmed from the mailbox that it is his."""

    TOPIC = "subscription.confirmed"
    preferences: Preferences

    def apply(self, aggregate: SubscriptionState) -> None:
        """Take over what he wants."""
        aggregate.preferences, aggregate.ended = self.preferences, None


class SubscriptionChanged(SubscriptionEvent):
    """The reader wants to be notified of other things, in another language, or at another rhythm."""

    TOPIC = "subscription.changed"
    preferences: Preferences

    def apply(self, aggregate: SubscriptionState) -> None:
        """Take over what he wants."""
        aggregate.preferences = self.preferences


class SubscriptionHasEnded(SubscriptionEvent):
    """Nothing more is sent."""

    TOPIC = "subscription.ended"
    reason: EndReason

    def apply(self, aggregate: SubscriptionState) -> None:
        """Keep why."""
        aggregate.ended = self.reason


class Subscription(SubscriptionState, Aggregate):
    """A confirmed subscription by e-mail."""

    TOPIC = "subscription"
    Event = SubscriptionEvent
    Confirmed = SubscriptionConfirmed
    Changed = SubscriptionChanged
    HasEnded = SubscriptionHasEnded

    @property
    def is_active(self) -> bool:
        """Whether anything is sent."""
        return self.ended is None

    @classmethod
    def confirm(cls, *, id: UUID, preferences: Preferences, provenance: Provenance) -> Self:
        """Begin to notify a reader who confirmed.

        Raises:
            Invalid: if no subscription can have these preferences.
        """
        provenance.require_past()
        preferences.require_valid(Channel.EMAIL)
        subscription: Self = cls.begin_with(cls.Confirmed, id=id, preferences=preferences, provenance=provenance)
        return subscription

    def change(self, *, preferences: Preferences, provenance: Provenance) -> None:
        """Take other preferences; the same ones are recorded no second time.

        Raises:
            SubscriptionEnded: if it has ended.
            Invalid: if no subscription can have these preferences.
        """
        provenance.require_past()
        preferences.require_valid(Channel.EMAIL)
        if not self.is_active:
            raise SubscriptionEnded("the subscription has ended")
        if preferences != self.preferences:
            self.record(self.Changed, preferences=preferences, provenance=provenance)

    def end(self, *, reason: EndReason, provenance: Provenance) -> None:
        """Send nothing more; no-op if it has ended."""
        provenance.require_past()
        if self.is_active:
            self.record(self.HasEnded, reason=reason, provenance=provenance)
