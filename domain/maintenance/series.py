"""The series of maintenance windows: guards first, then the event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.aggregate import Aggregate
from domain.instants import written
from domain.maintenance import series_events as events
from domain.maintenance.errors import SeriesEnded
from domain.maintenance.guards import require_impacts
from domain.maintenance.series_state import MaintenanceSeriesState, Pattern

if TYPE_CHECKING:
    from datetime import datetime

    from domain.maintenance.values import Plan
    from domain.provenance import Provenance


class MaintenanceSeries(MaintenanceSeriesState, Aggregate):
    """Windows that recur by a rule; each of them is an aggregate of its own, and can be moved or cancelled alone."""

    TOPIC = "maintenance_series"
    Event = events.SeriesEvent
    Begun = events.Begun
    WindowMade = events.WindowMade
    OccurrenceLeftOut = events.OccurrenceLeftOut
    Ended = events.Ended

    @property
    def next_due(self) -> datetime | None:
        """When the next window comes within the horizon."""
        return self.looks_at

    @classmethod
    def begin(
        cls,
        *,
        id: UUID,
        plan: Plan,
        pattern: Pattern,
        announced: bool,
        looks_at: datetime | None = None,
        provenance: Provenance,
    ) -> Self:
        """Plan windows by a rule.

        Raises:
            NoImpact: if a component is planned to show what no cause can have.
        """
        provenance.require_past()
        require_impacts(plan.components)
        series: Self = cls.begin_with(
            cls.Begun,
            id=id,
            plan=plan,
            pattern=pattern,
            announced=announced,
            looks_at=looks_at,
            provenance=provenance,
        )
        return series

    def note_window(self, *, window: UUID, occurrence: str, looks_at: datetime | None, provenance: Provenance) -> None:
        """Record that a window was planned for an occurrence; ``looks_at`` is when to look for the next one."""
        self.record(self.WindowMade, window=window, occurrence=occurrence, looks_at=looks_at, provenance=provenance)

    def leave_out(self, *, occurrence: str, because: str, looks_at: datetime | None, provenance: Provenance) -> None:
        """Record that no window can be planned for an occurrence, and why."""
        self.record(
            self.OccurrenceLeftOut, occurrence=occurrence, because=because, looks_at=looks_at, provenance=provenance
        )

    def end(self, *, reason: str | None, provenance: Provenance) -> None:
        """End the series; the windows that it made stay.

        Raises:
            SeriesEnded: if it was ended before.
        """
        provenance.require_past()
        if self.ended_at is not None:
            raise SeriesEnded(f"series {self.id} ended at {written(self.ended_at)}")
        self.record(self.Ended, reason=reason, provenance=provenance)
