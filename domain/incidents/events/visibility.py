"""What makes an incident public, keeps it private, or takes it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.incidents.events.base import IncidentEvent
from domain.incidents.state import IncidentState
from domain.incidents.values import Because, Standing
from domain.text import Text


class Published(IncidentEvent):
    """Readers can see the incident from now on."""

    TOPIC = "incident.published"
    because: Because
    title: Text
    message: Text
    reason: str | None

    def apply(self, aggregate: IncidentState) -> None:
        """Show it, under this title."""
        aggregate.is_public, aggregate.held = True, None
        aggregate.published_at = self.at
        aggregate.signals = aggregate.signals.cleared_no_earlier(self.at)
        aggregate.title = self.title
        aggregate.write(self.provenance, message=self.message, by_policy=self.because is not Because.PERSON)


class PublicationHeld(IncidentEvent):
    """An operator keeps every policy from publishing, dismissing or reopening it."""

    TOPIC = "incident.publication_held"
    reason: str

    def apply(self, aggregate: IncidentState) -> None:
        """Hold."""
        aggregate.held = self.reason


class PublicationReleased(IncidentEvent):
    """The hold has ended; what it kept from happening is due at ``persists_at`` or ``clear_at``."""

    TOPIC = "incident.publication_released"
    reason: str | None
    persists_at: datetime | None
    clear_at: datetime | None

    def apply(self, aggregate: IncidentState) -> None:
        """Let the policies act again."""
        aggregate.held = None
        aggregate.signals = replace(aggregate.signals, persists_at=self.persists_at, clear_at=self.clear_at)


class WasDismissed(IncidentEvent):
    """It will never be public; its impact is void from now on."""

    TOPIC = "incident.dismissed"
    because: Because
    reason: str | None

    def apply(self, aggregate: IncidentState) -> None:
        """End without a trace outside."""
        aggregate.end(Standing.DISMISSED, self.at, self.reason or self.because)


class WasWithdrawn(IncidentEvent):
    """It was a false alarm; its impact is void from now on, and it stays listed as withdrawn."""

    TOPIC = "incident.withdrawn"
    reason: str

    def apply(self, aggregate: IncidentState) -> None:
        """Take it back."""
        aggregate.end_relapse(self.at, self.reason)
        aggregate.end(Standing.WITHDRAWN, self.at, self.reason)
