"""The state of a maintenance window, as its events have left it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from domain.impact import Impact, Status, changed, closed, current, inserted
from domain.ledger.reconciliation import Reconcilable
from domain.maintenance.values import (
    UNDER_WAY,
    Entry,
    Origin,
    Plan,
    Reminder,
    Timetable,
    Transition,
    What,
    WindowOutcome,
    WindowState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from domain.provenance import Provenance
    from domain.text import Text

ENTERED = {
    What.STARTED: WindowState.IN_PROGRESS,
    What.EXTENDED: WindowState.IN_PROGRESS,
    What.VERIFYING: WindowState.VERIFYING,
    What.COMPLETED: WindowState.COMPLETED,
    What.CANCELLED: WindowState.CANCELLED,
}
"""The state that a window enters by what happens."""


class MaintenanceWindowState(Reconcilable):
    """The state of a window; only its events change it."""

    plan: Plan
    timetable: Timetable

    if TYPE_CHECKING:

        @property
        def id(self) -> UUID:
            """Its id, which it has as an aggregate."""

    def __init__(self) -> None:
        """Start empty; the events fill it."""
        super().__init__()
        self.state = WindowState.SCHEDULED
        self.revision = 1
        self.revisions_unseen = 0
        self.is_public = False
        self.origin: Origin | None = None
        self.is_held = False
        self.held_because: str | None = None
        self.outcome: WindowOutcome | None = None
        self.announced_at: datetime | None = None
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.impact: Impact = {}
        self.reminders: tuple[datetime, ...] = ()
        self.reminded: tuple[Reminder, ...] = ()
        self.transitions: tuple[Transition, ...] = ()
        self.timeline: tuple[Entry, ...] = ()
        self.public_entries = 0
        self.notes = 0
        """How many entries of the timeline are internal."""
        self.expected_at: datetime | None = None
        self.public_expected_at: datetime | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether it has begun and is not over."""
        return self.state in UNDER_WAY

    @property
    def statuses(self) -> dict[str, Status]:
        """The status of each component that it affects now."""
        return current(self.impact)

    @property
    def ends_for_signals(self) -> datetime | None:
        """When the signals that it covers begin to count; None while it is verified, because the end is unknown."""
        if self.state is WindowState.VERIFYING:
            return None
        return self.ended_at or self.timetable.ends_at

    def enter(self, what: What, at: datetime) -> None:
        """Enter the state that ``what`` leads to, at ``at``."""
        self.state = ENTERED[what]
        self.transitions = (*self.transitions, Transition(state=self.state, since=at))

    def begin(self, at: datetime) -> None:
        """Start the window at ``at``, with the statuses of the plan."""
        self.started_at, self.reminders = at, ()
        self.impact = {key: changed((), status, at) for key, status in self.plan.components.items()}

    def set_statuses(self, components: Mapping[str, Status], at: datetime) -> None:
        """Give components other statuses from ``at`` on, until the next change that is known."""
        self.impact = {
            **self.impact,
            **{key: inserted(self.impact.get(key, ()), status, at) for key, status in components.items()},
        }

    def end(self, at: datetime) -> None:
        """End the window at ``at``, and the statuses of its components."""
        self.ended_at, self.is_held, self.held_because, self.reminders = at, False, None, ()
        self.impact = {key: closed(spans, at) for key, spans in self.impact.items()}

    def add_entry(
        self,
        what: What,
        provenance: Provenance,
        *,
        message: Text | None = None,
        components: Mapping[str, Status] | None = None,
        expected_at: datetime | None = None,
        internal: bool = False,
        by_clock: bool = False,
        reason: str | None = None,
    ) -> None:
        """Add an entry to the timeline, with the state and the times that hold now."""
        is_public = self.is_public and not internal
        self.public_entries += is_public
        self.notes += internal
        entry = Entry(
            number=len(self.timeline) + 1,
            what=what,
            state=self.state,
            message=message or {},
            occurred_at=provenance.occurred_at,
            recorded_at=provenance.recorded_at,
            starts_at=self.timetable.starts_at,
            ends_at=self.timetable.ends_at,
            components=components or {},
            expected_at=expected_at,
            internal=internal,
            public_number=self.public_entries if is_public else None,
            by_clock=by_clock,
            reason=reason,
        )
        self.timeline = (*self.timeline, entry)
        if expected_at is not None and not internal:
            self.expected_at = expected_at
            self.public_expected_at = expected_at if is_public else self.public_expected_at

    def note_reminder(self, provenance: Provenance) -> None:
        """Move the first reminder to those that are done."""
        due = provenance.occurred_at
        reminder = Reminder(before=self.timetable.starts_at - due, due=due, recorded_at=provenance.recorded_at)
        self.reminders, self.reminded = self.reminders[1:], (*self.reminded, reminder)
