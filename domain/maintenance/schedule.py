"""What the clock does with a maintenance window, and the handles by which it is found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.ledger.reconciliation import CauseOfRequests
from domain.maintenance import events
from domain.maintenance.state import MaintenanceWindowState
from domain.maintenance.values import WindowOutcome, WindowState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.provenance import Provenance

NOT_OVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Ranks windows that are not over before those that are."""


class WindowByClock(MaintenanceWindowState, CauseOfRequests):
    """The part of a window that runs by the clock: reminders, start and end."""

    @property
    def next_due(self) -> datetime | None:
        """The next moment at which the clock reminds, starts or ends it."""
        if self.state is WindowState.SCHEDULED:
            return min((*self.reminders[:1], self.timetable.starts_at))
        return self.timetable.ends_at if self.state is WindowState.IN_PROGRESS else None

    @property
    def handles(self) -> Mapping[str, datetime]:
        """The handles by which retirements and signals find it: what it affects now, what it covers or has covered."""
        if self.started_at is None:
            return {}
        covers = {f"covers:{key}": self.ended_at or NOT_OVER for key in self.plan.covers}
        return covers | {f"affected:{key}": self.started_at for key in self.statuses}

    def handle_due(self, *, provenance: Provenance) -> None:
        """Do what is due at ``provenance.occurred_at``; no-op unless that is exactly ``next_due``."""
        at = provenance.occurred_at
        if self.next_due != at:
            return
        if self.state is WindowState.IN_PROGRESS:
            self._end_by_clock(provenance)
        elif self.reminders[:1] == (at,):
            starts_at = self.timetable.starts_at
            self.record(
                events.Reminded,
                before=starts_at - at,
                starts_at=starts_at,
                revision=self.revision,
                provenance=provenance,
            )
        else:
            self.record(events.Started, by_clock=True, message=None, reason=None, provenance=provenance)

    def covers(self, component: str, moment: datetime) -> bool:
        """Tell whether it covers a signal that fires on ``component`` at ``moment``."""
        if component not in self.plan.covers or self.started_at is None or moment < self.started_at:
            return False
        end = self.ends_for_signals
        return end is None or moment < end

    def _end_by_clock(self, provenance: Provenance) -> None:
        if self.is_held:
            self.record(events.VerificationBegan, provenance=provenance)
            return
        self.record(
            events.Completed,
            outcome=WindowOutcome.DONE,
            by_clock=True,
            message=None,
            reason=None,
            provenance=provenance,
        )
