"""An endpoint that an operator registered: a webhook, a channel of Slack or of Teams.

Its address and its secrets are no part of it: an address of Slack or Teams is a secret itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from domain.aggregate import Aggregate, Created, Event
from domain.errors import Invalid
from domain.provenance import Provenance
from domain.subscriptions.errors import EndpointRemoved, HasNoSecret
from domain.subscriptions.values import Channel, DisabledBy, Preferences

LONGEST_NAME = 100


class EndpointState:
    """What is known of an endpoint; only its events change it."""

    name: str
    channel: Channel
    host: str
    preferences: Preferences
    disabled_by: DisabledBy | None
    disabled_because: str | None
    removed_at: datetime | None


class EndpointEvent(Event):
    """Something that happened to an endpoint."""


class EndpointRegistered(Created, EndpointEvent):
    """An operator registered an endpoint; ``host`` is that of its address."""

    TOPIC = "endpoint.registered"
    name: str
    channel: Channel
    host: str
    preferences: Preferences

    def apply(self, aggregate: EndpointState) -> None:
        """Begin to notify it."""
        aggregate.name, aggregate.channel, aggregate.host = self.name, self.channel, self.host
        aggregate.preferences = self.preferences
        aggregate.disabled_by = aggregate.disabled_because = aggregate.removed_at = None


class EndpointChanged(EndpointEvent):
    """An operator gave it another name, another address or other preferences."""

    TOPIC = "endpoint.changed"
    name: str
    host: str
    preferences: Preferences

    def apply(self, aggregate: EndpointState) -> None:
        """Take over what is said of it."""
        aggregate.name, aggregate.host, aggregate.preferences = self.name, self.host, self.preferences


class EndpointMoved(EndpointEvent):
    """An operator gave it another address on the same host."""

    TOPIC = "endpoint.moved"

    def apply(self, aggregate: EndpointState) -> None:
        """Change nothing that is known: the address stands elsewhere."""


class EndpointSecretRotated(EndpointEvent):
    """Its messages are signed with a new secret, and with the one before until a moment."""

    TOPIC = "endpoint.secret_rotated"
    old_until: datetime

    def apply(self, aggregate: EndpointState) -> None:
        """Change nothing that is known: the secrets stand elsewhere."""


class EndpointDisabled(EndpointEvent):
    """It gets nothing until somebody enables it; ``because`` is what it answered last, or what an operator says."""

    TOPIC = "endpoint.disabled"
    by: DisabledBy
    because: str | None

    def apply(self, aggregate: EndpointState) -> None:
        """Keep why."""
        aggregate.disabled_by, aggregate.disabled_because = self.by, self.because


class EndpointEnabled(EndpointEvent):
    """It gets what is announced from now on."""

    TOPIC = "endpoint.enabled"

    def apply(self, aggregate: EndpointState) -> None:
        """Begin again."""
        aggregate.disabled_by = aggregate.disabled_because = None


class EndpointWasRemoved(EndpointEvent):
    """An operator removed it."""

    TOPIC = "endpoint.removed"

    def apply(self, aggregate: EndpointState) -> None:
        """Keep since when."""
        aggregate.removed_at = self.provenance.occurred_at


class Endpoint(EndpointState, Aggregate):
    """An endpoint."""

    TOPIC = "endpoint"
    Event = EndpointEvent
    Registered = EndpointRegistered
    Changed = EndpointChanged
    Moved = EndpointMoved
    SecretRotated = EndpointSecretRotated
    Disabled = EndpointDisabled
    Enabled = EndpointEnabled
    WasRemoved = EndpointWasRemoved

    @property
    def is_active(self) -> bool:
        """Whether anything is sent to it."""
        return self.disabled_by is None and self.removed_at is None

    @classmethod
    def register(
        cls, *, id: UUID, name: str, channel: Channel, host: str, preferences: Preferences, provenance: Provenance
    ) -> Self:
        """Begin to notify an endpoint.

        Raises:
            Invalid: if it cannot have this name, this channel or these preferences.
        """
        provenance.require_past()
        if channel is Channel.EMAIL:
            raise Invalid("a subscription by e-mail is no endpoint: its reader confirms it", pointer="/channel")
        _require_name(name)
        preferences.require_valid(channel)
        endpoint: Self = cls.begin_with(
            cls.Registered,
            id=id,
            name=name,
            channel=channel,
            host=host,
            preferences=preferences,
            provenance=provenance,
        )
        return endpoint

    def change(self, *, name: str, host: str, preferences: Preferences, is_moved: bool, provenance: Provenance) -> None:
        """Take what an operator says of it; ``is_moved`` if its address is another one.

        Raises:
            EndpointRemoved: if it was removed.
            Invalid: if it cannot have this name or these preferences.
        """
        self._require_there(provenance)
        _require_name(name)
        preferences.require_valid(self.channel)
        if (name, host, preferences) != (self.name, self.host, self.preferences):
            self.record(self.Changed, name=name, host=host, preferences=preferences, provenance=provenance)
        elif is_moved:
            self.record(self.Moved, provenance=provenance)

    def rotate_secret(self, *, old_until: datetime, provenance: Provenance) -> None:
        """Sign with a new secret, and until ``old_until`` with the one before, too.

        Raises:
            EndpointRemoved: if it was removed.
            HasNoSecret: if it is no webhook.
        """
        self._require_there(provenance)
        if self.channel is not Channel.WEBHOOK:
            raise HasNoSecret(f"messages to {self.channel} are not signed")
        self.record(self.SecretRotated, old_until=old_until, provenance=provenance)

    def disable(self, *, by: DisabledBy, because: str | None, provenance: Provenance) -> None:
        """Send nothing to it; no-op if it is disabled already.

        Raises:
            EndpointRemoved: if it was removed.
        """
        self._require_there(provenance)
        if self.disabled_by is None:
            self.record(self.Disabled, by=by, because=because, provenance=provenance)

    def enable(self, *, provenance: Provenance) -> None:
        """Send it what is announced from now on; no-op if it is not disabled.

        Raises:
            EndpointRemoved: if it was removed.
        """
        self._require_there(provenance)
        if self.disabled_by is not None:
            self.record(self.Enabled, provenance=provenance)

    def remove(self, *, provenance: Provenance) -> None:
        """Send nothing to it any more.

        Raises:
            EndpointRemoved: if it was removed before.
        """
        self._require_there(provenance)
        self.record(self.WasRemoved, provenance=provenance)

    def _require_there(self, provenance: Provenance) -> None:
        provenance.require_past()
        if self.removed_at is not None:
            raise EndpointRemoved(f"there is no endpoint {self.id}: it was removed")


def _require_name(name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(f"the name of an endpoint has 1 to {LONGEST_NAME} printable characters", pointer="/name")
