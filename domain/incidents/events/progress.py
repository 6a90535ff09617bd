"""What people and policies do to bring an incident to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from domain.aggregate import Created
from domain.impact import Status, StatusSpan, changed, inserted
from domain.incidents.events.base import IncidentEvent
from domain.incidents.report import SignalCause
from domain.incidents.state import IncidentState
from domain.incidents.values import Because, Progress, Standing
from domain.ledger.request_policy import RequestPolicy
from domain.text import Text


class Declared(Created, IncidentEvent):
    """A person declared the incident."""

    TOPIC = "incident.declared"
    title: Text
    message: Text
    components: Mapping[str, Status]
    cause: SignalCause | None
    markets: tuple[str, ...]
    public: bool
    backfilled: bool
    request_policies: Mapping[str, RequestPolicy]

    def apply(self, aggregate: IncidentState) -> None:
        """Begin as declared."""
        aggregate.title, aggregate.message = self.title, self.message
        aggregate.cause, aggregate.markets = self.cause, self.markets
        aggregate.request_policies, aggregate.is_backfilled = self.request_policies, self.backfilled
        aggregate.is_public, aggregate.started_at = self.public, self.at
        aggregate.published_at = self.provenance.recorded_at if self.public else None
        aggregate.set_impact(
            {
                key: (StatusSpan(status=status, start=self.at),) if status.is_impact else ()
                for key, status in self.components.items()
            }
        )
        aggregate.write(self.provenance, message=self.message, components=self.components)


class Updated(IncidentEvent):
    """A person wrote an update; ``stable_at`` is when the fix will have held, if a policy may resolve it."""

    TOPIC = "incident.updated"
    progress: Progress
    message: Text
    components: Mapping[str, Status]
    expected_at: datetime | None
    internal: bool
    stable_at: datetime | None

    def apply(self, aggregate: IncidentState) -> None:
        """Take over what it says."""
        if not self.internal:
            aggregate.go_to(self.progress, self.at)
        impact = {
            key: inserted(aggregate.impact.get(key, ()), status, self.at) for key, status in self.components.items()
        }
        aggregate.set_impact({**aggregate.impact, **impact})
        clear_at = aggregate.signals.clear_at
        past = clear_at is not None and clear_at <= self.provenance.recorded_at and aggregate.is_public
        aggregate.signals = replace(aggregate.signals, stable_at=self.stable_at, clear_at=None if past else clear_at)
        aggregate.write(
            self.provenance,
            message=self.message,
            progress=self.progress,
            components=self.components,
            expected_at=self.expected_at,
            internal=self.internal,
        )


class MonitoringBegan(IncidentEvent):
    """All signals have been clear past the grace; ``stable_at`` is when the fix will have held."""

    TOPIC = "incident.monitoring_began"
    message: Text
    stable_at: datetime

    def apply(self, aggregate: IncidentState) -> None:
        """Watch whether it stays so."""
        aggregate.be(Progress.MONITORING, self.at)
        aggregate.signals = replace(aggregate.signals, clear_at=None, stable_at=self.stable_at)
        aggregate.write(self.provenance, message=self.message, by_policy=True)


class FiredAgain(IncidentEvent):
    """A signal fired during monitoring: the fix did not hold."""

    TOPIC = "incident.fired_again"
    message: Text

    def apply(self, aggregate: IncidentState) -> None:
        """Go back to the known problem."""
        aggregate.be(Progress.IDENTIFIED, self.at)
        aggregate.write(self.provenance, message=self.message, by_policy=True)


class WasResolved(IncidentEvent):
    """The problem is over; its impact ends."""

    TOPIC = "incident.resolved"
    because: Because
    message: Text
    override_reason: str | None

    def apply(self, aggregate: IncidentState) -> None:
        """End, and keep the impact it had."""
        aggregate.end(Standing.RESOLVED, self.at, self.because)
        aggregate.write(self.provenance, message=self.message, by_policy=self.because is Because.STABLE)


class Reopened(IncidentEvent):
    """It goes on after its resolution."""

    TOPIC = "incident.reopened"
    because: Because
    message: Text
    components: Mapping[str, Status]
    reason: str | None

    def apply(self, aggregate: IncidentState) -> None:
        """Go on, with the impact of the relapse and what the person says."""
        aggregate.go_on(self.at)
        impact = {
            key: changed(aggregate.impact.get(key, ()), status, self.at) for key, status in self.components.items()
        }
        aggregate.set_impact({**aggregate.impact, **impact})
        aggregate.write(
            self.provenance,
            message=self.message,
            components=self.components,
            by_policy=self.because is not Because.PERSON,
        )
