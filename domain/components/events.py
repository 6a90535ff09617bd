"""What can happen to a component."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from domain.aggregate import Created, Event
from domain.components.state import ComponentState, Pin
from domain.impact import Status, StatusSpan
from domain.text import Text


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What is said of a component when it is registered.

    ``since`` is the day from which we vouch for it, ``vouched_from`` the instant at which that day began in
    the zone of the page; ``heartbeat`` the longest time without a sign of life.
    """

    key: str
    name: Text
    group: str
    description: Text
    markets: tuple[str, ...]
    is_public: bool
    since: date
    vouched_from: datetime
    position: int
    heartbeat: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What to change of a component; None leaves a thing as it is."""

    name: Text | None = None
    group: str | None = None
    description: Text | None = None
    markets: tuple[str, ...] | None = None
    is_public: bool | None = None
    since: date | None = None
    vouched_from: datetime | None = None
    position: int | None = None
    sets_heartbeat: bool = False
    heartbeat: timedelta | None = None


class ComponentEvent(Event):
    """Something that happened to a component."""


class Registered(Created, ComponentEvent):
    """An operator began to show the component."""

    TOPIC = "component.registered"
    profile: Profile

    def apply(self, aggregate: ComponentState) -> None:
        """Take over the profile."""
        aggregate.registered_at = self.provenance.occurred_at
        for name, value in vars(self.profile).items():
            setattr(aggregate, name, value)


class Renamed(ComponentEvent):
    """It got another name."""

    TOPIC = "component.renamed"
    name: Text

    def apply(self, aggregate: ComponentState) -> None:
        """Take the name."""
        aggregate.name = self.name


class Regrouped(ComponentEvent):
    """It moved to another group."""

    TOPIC = "component.regrouped"
    group: str

    def apply(self, aggregate: ComponentState) -> None:
        """Take the group."""
        aggregate.group = self.group


class Described(ComponentEvent):
    """It got another description."""

    TOPIC = "component.described"
    description: Text

    def apply(self, aggregate: ComponentState) -> None:
        """Take the description."""
        aggregate.description = self.description


class Reordered(ComponentEvent):
    """It moved to another place on the page."""

    TOPIC = "component.reordered"
    position: int

    def apply(self, aggregate: ComponentState) -> None:
        """Take the place."""
        aggregate.position = self.position


class MarketsChanged(ComponentEvent):
    """It is offered in other markets."""

    TOPIC = "component.markets_changed"
    markets: tuple[str, ...]

    def apply(self, aggregate: ComponentState) -> None:
        """Take the markets."""
        aggregate.markets = self.markets


class Shown(ComponentEvent):
    """Readers can see it from now on."""

    TOPIC = "component.shown"

    def apply(self, aggregate: ComponentState) -> None:
        """Show it."""
        aggregate.is_public = True


class Hidden(ComponentEvent):
    """Readers cannot see it any more."""

    TOPIC = "component.hidden"

    def apply(self, aggregate: ComponentState) -> None:
        """Hide it."""
        aggregate.is_public = False


class SinceChanged(ComponentEvent):
    """We vouch for it from another day on."""

    TOPIC = "component.since_changed"
    since: date
    vouched_from: datetime | None

    def apply(self, aggregate: ComponentState) -> None:
        """Take the day."""
        aggregate.since, aggregate.vouched_from = self.since, self.vouched_from


class HeartbeatChanged(ComponentEvent):
    """Its heartbeat was set, changed or removed."""

    TOPIC = "component.heartbeat_changed"
    heartbeat: timedelta | None

    def apply(self, aggregate: ComponentState) -> None:
        """Wait for the next sign of life anew."""
        aggregate.heartbeat = self.heartbeat
        aggregate.end_silence(self.provenance.occurred_at)


class Pinned(ComponentEvent):
    """An operator pinned it to a status."""

    TOPIC = "component.pinned"
    pin_id: UUID
    status: Status
    reason: str

    def apply(self, aggregate: ComponentState) -> None:
        """Add the pin."""
        pin = Pin(span=StatusSpan(status=self.status, start=self.provenance.occurred_at), reason=self.reason)
        aggregate.pins = {**aggregate.pins, self.pin_id: pin}


class Unpinned(ComponentEvent):
    """An operator removed a pin."""

    TOPIC = "component.unpinned"
    pin_id: UUID

    def apply(self, aggregate: ComponentState) -> None:
        """End the pin."""
        pin = aggregate.pins[self.pin_id].ended(self.provenance.occurred_at)
        aggregate.pins = {**aggregate.pins, self.pin_id: pin}


class FellSilent(ComponentEvent):
    """Nothing was heard of it for longer than its heartbeat."""

    TOPIC = "component.fell_silent"

    def apply(self, aggregate: ComponentState) -> None:
        """Begin a silence."""
        silence = StatusSpan(status=Status.UNKNOWN, start=self.provenance.occurred_at)
        aggregate.silences = (*aggregate.silences, silence)


class Heard(ComponentEvent):
    """It gave a sign of life after a silence."""

    TOPIC = "component.heard"

    def apply(self, aggregate: ComponentState) -> None:
        """End the silence."""
        aggregate.end_silence(self.provenance.occurred_at)


class WasRetired(ComponentEvent):
    """An operator retired it."""

    TOPIC = "component.retired"

    def apply(self, aggregate: ComponentState) -> None:
        """End its use."""
        aggregate.retired_at = self.provenance.occurred_at
        aggregate.end_silence(self.provenance.occurred_at)
