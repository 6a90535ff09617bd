"""The events of a series of maintenance windows, and how each changes its state."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from domain.aggregate import Created, Event
from domain.maintenance.series_state import MAX_LEFT_OUT, LeftOut, MaintenanceSeriesState, Pattern
from domain.maintenance.values import Plan, named_freezes


class SeriesEvent(Event):
    """The base of the events of a series."""


class Begun(Created, SeriesEvent):
    """An operator planned windows by a rule; ``looks_at`` is when the first one comes within the horizon."""

    TOPIC = "maintenance_series.begun"
    VERSION = 2
    plan: Plan
    pattern: Pattern
    announced: bool
    looks_at: datetime | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read a pattern that had nothing but its rule, and a plan whose frozen data had no names."""
        pattern = {**state["pattern"], "exdates": [], "rdates": []}
        return {**state, "pattern": pattern, "plan": named_freezes(state["plan"])}

    def apply(self, aggregate: MaintenanceSeriesState) -> None:
        """Set the plan and the pattern; only what begins after this moment is planned."""
        aggregate.planned_at = self.provenance.recorded_at
        aggregate.looks_at, aggregate.notifies = self.looks_at, self.provenance.notify is not False
        aggregate.plan, aggregate.pattern, aggregate.is_announced = self.plan, self.pattern, self.announced


class WindowMade(SeriesEvent):
    """A window was planned; ``looks_at`` is when the next one comes within the horizon, None if there is no next."""

    TOPIC = "maintenance_series.window_made"
    window: UUID
    occurrence: str
    looks_at: datetime | None

    def apply(self, aggregate: MaintenanceSeriesState) -> None:
        """Count the window, and go on to the next occurrence."""
        aggregate.made += 1
        aggregate.note_occurrence(self.occurrence, self.looks_at)


class OccurrenceLeftOut(SeriesEvent):
    """No window could be planned for an occurrence, for example because its civil time does not exist."""

    TOPIC = "maintenance_series.occurrence_left_out"
    occurrence: str
    because: str
    looks_at: datetime | None

    def apply(self, aggregate: MaintenanceSeriesState) -> None:
        """Keep it among the last ones, and go on to the next occurrence."""
        left_out = LeftOut(occurrence=self.occurrence, because=self.because)
        aggregate.left_out = (*aggregate.left_out, left_out)[-MAX_LEFT_OUT:]
        aggregate.note_occurrence(self.occurrence, self.looks_at)


class Ended(SeriesEvent):
    """An operator ended the series; the windows that it made stay."""

    TOPIC = "maintenance_series.ended"
    reason: str | None

    def apply(self, aggregate: MaintenanceSeriesState) -> None:
        """Set the end; nothing is due any more."""
        aggregate.ended_at, aggregate.ended_because, aggregate.looks_at = self.provenance.occurred_at, self.reason, None
