"""The events of a maintenance window, and how each changes its state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.aggregate import Created, Event
from domain.impact import Status
from domain.maintenance.state import MaintenanceWindowState
from domain.maintenance.values import Origin, Plan, Timetable, What, WindowOutcome, named_freezes
from domain.text import Text


class WindowEvent(Event):
    """The base of the events of a window."""

    @property
    def at(self) -> datetime:
        """When it happened, which can be before it was recorded."""
        return self.provenance.occurred_at


class Planned(Created, WindowEvent):
    """An operator, or a series, planned a window; ``reminders`` are the instants at which it reminds."""

    TOPIC = "maintenance_window.planned"
    VERSION = 2
    plan: Plan
    timetable: Timetable
    announced: bool
    reminders: tuple[datetime, ...]
    origin: Origin | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read a plan whose frozen data had no names."""
        return {**state, "plan": named_freezes(state["plan"])}

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """Set the plan; the window is scheduled."""
        aggregate.plan, aggregate.timetable, aggregate.origin = self.plan, self.timetable, self.origin
        aggregate.is_public, aggregate.reminders = self.announced, self.reminders
        aggregate.announced_at = self.provenance.recorded_at if self.announced else None
        aggregate.add_entry(What.PLANNED, self.provenance)


class Announced(WindowEvent):
    """Readers can see the window from now on."""

    TOPIC = "maintenance_window.announced"
    message: Text | None
    reason: str | None
    reminders: tuple[datetime, ...]

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """Make it visible; the reminders count from now on."""
        aggregate.is_public, aggregate.reminders = True, self.reminders
        aggregate.revisions_unseen = aggregate.revision - 1
        aggregate.announced_at = self.provenance.recorded_at
        aggregate.add_entry(What.ANNOUNCED, self.provenance, message=self.message, reason=self.reason)


class Revised(WindowEvent):
    """An operator changed the plan of the window, but not its times."""

    TOPIC = "maintenance_window.revised"
    VERSION = 2
    plan: Plan
    timetable: Timetable
    reminders: tuple[datetime, ...]
    reason: str | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read a plan whose frozen data had no names."""
        return {**state, "plan": named_freezes(state["plan"])}

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """Replace the plan, the local times and the reminders."""
        aggregate.plan, aggregate.timetable, aggregate.reminders = self.plan, self.timetable, self.reminders


class Rescheduled(WindowEvent):
    """An operator moved the window before it began; its old timers and reminders no longer count."""

    TOPIC = "maintenance_window.rescheduled"
    timetable: Timetable
    message: Text | None
    reason: str | None
    reminders: tuple[datetime, ...]

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """Replace the times, and count a new revision."""
        aggregate.timetable, aggregate.reminders = self.timetable, self.reminders
        aggregate.revision += 1
        aggregate.add_entry(What.RESCHEDULED, self.provenance, message=self.message, reason=self.reason)


class Reminded(WindowEvent):
    """The window begins in ``before``: a notifier that follows the log tells the audiences."""

    TOPIC = "maintenance_window.reminded"
    before: timedelta
    starts_at: datetime
    revision: int

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """Move the reminder to those that are done."""
        aggregate.note_reminder(self.provenance)


class Started(WindowEvent):
    """The window began, at its time or early."""

    TOPIC = "maintenance_window.started"
    by_clock: bool
    message: Text | None
    reason: str | None

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """Give its components the statuses of the plan."""
        aggregate.begin(self.at)
        aggregate.enter(What.STARTED, self.at)
        aggregate.add_entry(
            What.STARTED, self.provenance, message=self.message, by_clock=self.by_clock, reason=self.reason
        )


class Updated(WindowEvent):
    """An operator wrote how the work goes."""

    TOPIC = "maintenance_window.updated"
    message: Text
    components: Mapping[str, Status]
    expected_at: datetime | None
    internal: bool

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """Add it to the timeline, and give components the statuses that it names."""
        aggregate.set_statuses(self.components, self.at)
        aggregate.add_entry(
            What.UPDATED,
            self.provenance,
            message=self.message,
            components=self.components,
            expected_at=self.expected_at,
            internal=self.internal,
        )


class Extended(WindowEvent):
    """An operator moved the end of a window that is under way."""

    TOPIC = "maintenance_window.extended"
    timetable: Timetable
    message: Text | None
    reason: str | None

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """Replace the end; the window is in progress, even if it was past its end."""
        aggregate.timetable = self.timetable
        aggregate.enter(What.EXTENDED, self.at)
        aggregate.add_entry(What.EXTENDED, self.provenance, message=self.message, reason=self.reason)


class WasHeld(WindowEvent):
    """An operator decided that a person completes the window, and not the clock."""

    TOPIC = "maintenance_window.held"
    reason: str | None

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """Mark it as held."""
        aggregate.is_held, aggregate.held_because = True, self.reason


class Released(WindowEvent):
    """An operator took the hold back: the clock completes the window."""

    TOPIC = "maintenance_window.released"
    reason: str | None

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """Remove the hold."""
        aggregate.is_held, aggregate.held_because = False, None


class VerificationBegan(WindowEvent):
    """The end of a held window came: a person verifies the work and completes it."""

    TOPIC = "maintenance_window.verification_began"

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """Enter the state; the components keep their statuses."""
        aggregate.enter(What.VERIFYING, self.at)
        aggregate.add_entry(What.VERIFYING, self.provenance, by_clock=True)


class Completed(WindowEvent):
    """The window is over."""

    TOPIC = "maintenance_window.completed"
    outcome: WindowOutcome
    by_clock: bool
    message: Text | None
    reason: str | None

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """End the window, and with it the statuses of its components."""
        aggregate.outcome = self.outcome
        aggregate.end(self.at)
        aggregate.enter(What.COMPLETED, self.at)
        aggregate.add_entry(
            What.COMPLETED, self.provenance, message=self.message, by_clock=self.by_clock, reason=self.reason
        )


class WasCancelled(WindowEvent):
    """An operator cancelled the window before it began."""

    TOPIC = "maintenance_window.cancelled"
    message: Text | None
    reason: str | None

    def apply(self, aggregate: MaintenanceWindowState) -> None:
        """End the window without a start."""
        aggregate.end(self.at)
        aggregate.enter(What.CANCELLED, self.at)
        aggregate.add_entry(What.CANCELLED, self.provenance, message=self.message, reason=self.reason)
