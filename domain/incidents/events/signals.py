"""What signals do to an incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.aggregate import Created
from domain.incidents.events.base import IncidentEvent
from domain.incidents.firing import Cover, Firing, FiringSignals
from domain.incidents.state import IncidentState
from domain.incidents.values import Because, Relapse


class Detected(Created, IncidentEvent):
    """A signal began to fire on a component without an open incident; ``persists_at`` is when it is published.

    ``markets`` are those that the incident names from then on, here as in the events below; None changes nothing.
    """

    TOPIC = "incident.detected"
    VERSION = 2
    firing: Firing
    persists_at: datetime
    markets: tuple[str, ...] | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read what changed no markets."""
        return {**state, "markets": None}

    def apply(self, aggregate: IncidentState) -> None:
        """Begin as a private detection."""
        aggregate.is_automatic = True
        aggregate.started_at = self.at
        aggregate.cause = self.firing.cause
        aggregate.signals = aggregate.signals.fired(self.firing, at=self.at, persists_at=self.persists_at)
        aggregate.raise_impact(self.firing, self.at)
        aggregate.name_markets(self.markets)


class SignalFired(IncidentEvent):
    """A signal fires on a component of the incident; ``persists_at`` is when the problem will have persisted."""

    TOPIC = "incident.signal_fired"
    VERSION = 2
    firing: Firing
    persists_at: datetime | None
    markets: tuple[str, ...] | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read what changed no markets."""
        return {**state, "markets": None}

    def apply(self, aggregate: IncidentState) -> None:
        """Take notice, and let the component show at least what it implies."""
        at = aggregate.counted_from(self.at)
        aggregate.signals = aggregate.signals.fired(self.firing, at=at, persists_at=self.persists_at)
        aggregate.cause = aggregate.cause or self.firing.cause
        aggregate.raise_impact(self.firing, at)
        aggregate.name_markets(self.markets)
        if aggregate.is_open and aggregate.is_automatic and aggregate.started_at is not None:
            aggregate.started_at = min(aggregate.started_at, self.at)


class Covered(IncidentEvent):
    """The problem began inside a maintenance window that covers it: it has to persist from the end of that on.

    ``until`` is that end, None while nobody can know it; ``persists_at`` is when the problem will have persisted.
    """

    TOPIC = "incident.covered"
    window: UUID
    until: datetime | None
    persists_at: datetime | None

    def apply(self, aggregate: IncidentState) -> None:
        """Wait for the end of the window."""
        cover = Cover(window=self.window, until=self.until)
        aggregate.signals = replace(aggregate.signals, cover=cover, persists_at=self.persists_at)


class SignalCleared(IncidentEvent):
    """A signal of the incident has cleared.

    ``clear_at`` is when the gap becomes an end, ``stable_at`` when the fix will have held.
    """

    TOPIC = "incident.signal_cleared"
    signal: UUID
    clear_at: datetime | None
    stable_at: datetime | None

    def apply(self, aggregate: IncidentState) -> None:
        """Take notice; no status changes by it."""
        aggregate.signals = aggregate.signals.cleared(
            self.signal, at=self.at, clear_at=self.clear_at, stable_at=self.stable_at
        )


class Relapsed(IncidentEvent):
    """A signal fired after the resolution; nobody outside sees it before ``persists_at``."""

    TOPIC = "incident.relapsed"
    VERSION = 2
    firing: Firing
    persists_at: datetime
    markets: tuple[str, ...] | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read what changed no markets."""
        return {**state, "markets": None}

    def apply(self, aggregate: IncidentState) -> None:
        """Begin a private run beside the resolved incident."""
        at = aggregate.counted_from(self.at)
        aggregate.relapse = Relapse(began_at=at, ended_at=None, impact={})
        aggregate.signals = FiringSignals(firing={}).fired(self.firing, at=at, persists_at=self.persists_at)
        aggregate.raise_impact(self.firing, at)
        aggregate.name_markets(self.markets)


class RelapseEnded(IncidentEvent):
    """The relapse was over before readers saw it."""

    TOPIC = "incident.relapse_ended"
    because: Because
    reason: str | None

    def apply(self, aggregate: IncidentState) -> None:
        """Stay resolved."""
        aggregate.end_relapse(self.at, self.reason or self.because)
