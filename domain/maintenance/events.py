"""What can happen to a maintenance window; each event says its effect beside its facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.aggregate import Created, Event
from domain.impact import Status
from domain.maintenance.state import WindowInMotion
from domain.maintenance.values import Origin, Plan, Timetable, What, WindowOutcome
from domain.text import Text


class WindowEvent(Event):
    """Something that happened to a maintenance window."""

    @property
    def at(self) -> datetime:
        """When it was true in the world."""
        return self.provenance.occurred_at


class Planned(Created, WindowEvent):
    """An operator, or a series, planned a window; ``reminders`` are the instants at which it reminds."""

    TOPIC = "maintenance_window.planned"
    plan: Plan
    timetable: Timetable
    announced: bool
    reminders: tuple[datetime, ...]
    origin: Origin | None

    def apply(self, aggregate: WindowInMotion) -> None:
        """Wait for its start."""
        aggregate.plan, aggregate.timetable, aggregate.origin = self.plan, self.timetable, self.origin
        aggregate.is_public, aggregate.reminders = self.announced, self.reminders
        aggregate.announced_at = self.provenance.recorded_at if self.announced else None
        aggregate.write(What.PLANNED, self.provenance)


class Announced(WindowEvent):
    """Readers can see the window from now on."""

    TOPIC = "maintenance_window.announced"
    message: Text | None
    reason: str | None
    reminders: tuple[datetime, ...]

    def apply(self, aggregate: WindowInMotion) -> None:
        """Show it, and remind from now on."""
        aggregate.is_public, aggregate.reminders = True, self.reminders
        aggregate.revisions_unseen = aggregate.revision - 1
        aggregate.announced_at = self.provenance.recorded_at
        aggregate.write(What.ANNOUNCED, self.provenance, message=self.message, reason=self.reason)


class Revised(WindowEvent):
    """An operator changed what is said of the window, but not its times."""

    TOPIC = "maintenance_window.revised"
    plan: Plan
    timetable: Timetable
    reminders: tuple[datetime, ...]
    reason: str | None

    def apply(self, aggregate: WindowInMotion) -> None:
        """Take the plan."""
        aggregate.plan, aggregate.timetable, aggregate.reminders = self.plan, self.timetable, self.reminders


class Rescheduled(WindowEvent):
    """An operator moved the window before it began; what was due by the old times never is."""

    TOPIC = "maintenance_window.rescheduled"
    timetable: Timetable
    message: Text | None
    reason: str | None
    reminders: tuple[datetime, ...]

    def apply(self, aggregate: WindowInMotion) -> None:
        """Be a new revision."""
        aggregate.timetable, aggregate.reminders = self.timetable, self.reminders
        aggregate.revision += 1
        aggregate.write(What.RESCHEDULED, self.provenance, message=self.message, reason=self.reason)


class Reminded(WindowEvent):
    """The window begins in ``before``: a notifier that follows the log tells the audiences."""

    TOPIC = "maintenance_window.reminded"
    before: timedelta
    starts_at: datetime
    revision: int

    def apply(self, aggregate: WindowInMotion) -> None:
        """Remind no second time."""
        aggregate.note_reminder(self.provenance)


class Started(WindowEvent):
    """The window began, at its time or early."""

    TOPIC = "maintenance_window.started"
    by_clock: bool
    message: Text | None
    reason: str | None

    def apply(self, aggregate: WindowInMotion) -> None:
        """Let its components carry what the plan says."""
        aggregate.begin(self.at)
        aggregate.enter(What.STARTED, self.at)
        aggregate.write(What.STARTED, self.provenance, message=self.message, by_clock=self.by_clock, reason=self.reason)


class Updated(WindowEvent):
    """An operator said how the work goes."""

    TOPIC = "maintenance_window.updated"
    message: Text
    components: Mapping[str, Status]
    expected_at: datetime | None
    internal: bool

    def apply(self, aggregate: WindowInMotion) -> None:
        """Write it down; components carry what it says of them."""
        aggregate.show(self.components, self.at)
        aggregate.write(
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

    def apply(self, aggregate: WindowInMotion) -> None:
        """Go on until the new end."""
        aggregate.timetable = self.timetable
        aggregate.enter(What.EXTENDED, self.at)
        aggregate.write(What.EXTENDED, self.provenance, message=self.message, reason=self.reason)


class WasHeld(WindowEvent):
    """An operator decided that a person completes the window, and not the clock."""

    TOPIC = "maintenance_window.held"
    reason: str | None

    def apply(self, aggregate: WindowInMotion) -> None:
        """Wait for a person at the end."""
        aggregate.is_held, aggregate.held_because = True, self.reason


class Released(WindowEvent):
    """An operator took the hold back: the clock completes the window."""

    TOPIC = "maintenance_window.released"
    reason: str | None

    def apply(self, aggregate: WindowInMotion) -> None:
        """Wait for nobody."""
        aggregate.is_held, aggregate.held_because = False, None


class VerificationBegan(WindowEvent):
    """The end of the window came, and it is held: a person looks whether all is well."""

    TOPIC = "maintenance_window.verification_began"

    def apply(self, aggregate: WindowInMotion) -> None:
        """Keep what the components carry."""
        aggregate.enter(What.VERIFYING, self.at)
        aggregate.write(What.VERIFYING, self.provenance, by_clock=True)


class Completed(WindowEvent):
    """The window is over."""

    TOPIC = "maintenance_window.completed"
    outcome: WindowOutcome
    by_clock: bool
    message: Text | None
    reason: str | None

    def apply(self, aggregate: WindowInMotion) -> None:
        """Let its components carry nothing more."""
        aggregate.outcome = self.outcome
        aggregate.end(self.at)
        aggregate.enter(What.COMPLETED, self.at)
        aggregate.write(
            What.COMPLETED, self.provenance, message=self.message, by_clock=self.by_clock, reason=self.reason
        )


class WasCancelled(WindowEvent):
    """An operator gave the window up before it began."""

    TOPIC = "maintenance_window.cancelled"
    message: Text | None
    reason: str | None

    def apply(self, aggregate: WindowInMotion) -> None:
        """Never begin."""
        aggregate.end(self.at)
        aggregate.enter(What.CANCELLED, self.at)
        aggregate.write(What.CANCELLED, self.provenance, message=self.message, reason=self.reason)
