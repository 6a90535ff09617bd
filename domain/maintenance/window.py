"""The maintenance window and the decisions of people: guards first, then the event."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.errors import AlreadyHeld, InternalUpdateChangesNothing, NoImpact, NotHeld, UnknownMoment
from domain.impact import EVERYWHERE, Status
from domain.instants import written
from domain.ledger.reconciliation import reconciliation
from domain.maintenance import events, guards
from domain.maintenance.errors import NotAnExtension
from domain.maintenance.schedule import WindowByClock
from domain.maintenance.values import Plan, WindowOutcome, WindowState, reminders_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.maintenance.values import Origin, Timetable
    from domain.provenance import Provenance
    from domain.text import Text


class MaintenanceWindow(WindowByClock):
    """Planned work, which begins and ends by the clock or by hand."""

    TOPIC = "maintenance_window"
    Event = events.WindowEvent
    Planned = events.Planned
    Announced = events.Announced
    Revised = events.Revised
    Rescheduled = events.Rescheduled
    Reminded = events.Reminded
    Started = events.Started
    Updated = events.Updated
    Extended = events.Extended
    WasHeld = events.WasHeld
    Released = events.Released
    VerificationBegan = events.VerificationBegan
    Completed = events.Completed
    WasCancelled = events.WasCancelled
    RequestsCame, Reconciled, ReconciliationShown = reconciliation(events.WindowEvent, "maintenance_window")

    @classmethod
    def schedule(
        cls,
        *,
        id: UUID,
        plan: Plan,
        timetable: Timetable,
        announced: bool,
        origin: Origin | None = None,
        provenance: Provenance,
    ) -> Self:
        """Plan a window; one whose start or end has passed begins or ends by the clock, as any other does.

        Raises:
            EndsBeforeItBegins: if it would end before it begins, or as it begins.
            NoImpact: if a component is planned to show what no cause can have.
        """
        provenance.require_past()
        guards.require_order(timetable)
        guards.require_impacts(plan.components)
        reminders = reminders_of(plan.remind_before, timetable.starts_at, provenance.recorded_at) if announced else ()
        window: Self = cls.begin_with(
            cls.Planned,
            id=id,
            plan=plan,
            timetable=timetable,
            announced=announced,
            reminders=reminders,
            origin=origin,
            provenance=provenance,
        )
        return window

    def announce(self, *, message: Text | None, reason: str | None, provenance: Provenance) -> None:
        """Make it visible to readers.

        Raises:
            AlreadyAnnounced: if they can.
            Cancelled: if it was cancelled: readers never saw it, and need not learn that it will not take place.
        """
        provenance.require_past()
        guards.require_unannounced(self)
        guards.require_not_cancelled(self)
        reminders = self._reminders(self.plan, self.timetable, provenance)
        self.record(self.Announced, message=message, reason=reason, reminders=reminders, provenance=provenance)

    def revise(self, *, plan: Plan, timetable: Timetable, reason: str | None, provenance: Provenance) -> None:
        """Change the plan and its markets; no-op if nothing would change. It covers components in no order.

        Once it has begun, an update changes the statuses of its components, and no longer the plan.

        Raises:
            AlreadyCompleted: if it is over; so too ``Cancelled``.
            AlreadyBegun: if it has begun and other components, or statuses, or covers are named.
            NoImpact: if a component is planned to show what no cause can have.
        """
        provenance.require_past()
        guards.require_not_over(self)
        guards.require_impacts(plan.components)
        if set(plan.covers) == set(self.plan.covers):
            plan = replace(plan, covers=self.plan.covers)
        if (plan.components, plan.covers) != (self.plan.components, self.plan.covers):
            guards.require_scheduled(self, "an update changes what its components carry")
        if (plan, timetable) == (self.plan, self.timetable):
            return
        reminders = self.reminders
        if plan.remind_before != self.plan.remind_before and self.is_public:
            reminders = self._reminders(plan, self.timetable, provenance)
        self.record(
            self.Revised, plan=plan, timetable=timetable, reminders=reminders, reason=reason, provenance=provenance
        )

    def reschedule(
        self, *, timetable: Timetable, message: Text | None, reason: str | None, provenance: Provenance
    ) -> None:
        """Give it other times before it begins: a new revision, with timers and reminders of its own.

        Raises:
            AlreadyBegun: if it has begun; so too ``AlreadyCompleted`` and ``Cancelled``.
            EndsBeforeItBegins: if it would end before it begins, or as it begins.
        """
        provenance.require_past()
        guards.require_scheduled(self, "extend or complete it instead")
        guards.require_order(timetable)
        reminders = self._reminders(self.plan, timetable, provenance) if self.is_public else ()
        self.record(
            self.Rescheduled,
            timetable=timetable,
            message=message,
            reason=reason,
            reminders=reminders,
            provenance=provenance,
        )

    def start(self, *, message: Text | None, reason: str | None, provenance: Provenance) -> None:
        """Begin before the planned start; the planned end stays.

        Raises:
            AlreadyBegun: if it has begun; so too ``AlreadyCompleted`` and ``Cancelled``.
            UnknownMoment: if it is said to begin before it was planned, or not before its end.
        """
        provenance.require_past()
        guards.require_scheduled(self, "it cannot begin twice")
        planned, end = self.timeline[0].occurred_at, self.timetable.ends_at
        if not planned <= provenance.occurred_at < end:
            raise UnknownMoment(f"window {self.id} begins between {written(planned)} and {written(end)}")
        self.record(self.Started, by_clock=False, message=message, reason=reason, provenance=provenance)

    def update(
        self,
        *,
        message: Text,
        components: Mapping[str, Status],
        expected_at: datetime | None,
        internal: bool,
        provenance: Provenance,
    ) -> None:
        """Add an update to the timeline; ``operational`` ends the impact on a component before the window ends.

        Raises:
            AlreadyCompleted: if it is over; so too ``Cancelled``.
            NotYetBegun: if it says what components carry and has not begun.
            InternalUpdateChangesNothing: if a note for operators would change what readers see.
            NoImpact: if a component is said to be ``unknown``, or better than the whole product is.
            UnknownMoment: if it is said of a time before the window began, or expects its end for the past.
        """
        guards.require_not_over(self)
        guards.require_timely(self, provenance)
        provenance.require_ahead(expected_at)
        if components:
            guards.require_under_way(self, "its plan says what its components will carry")
        if internal and (components or expected_at):
            raise InternalUpdateChangesNothing(
                f"an internal update of window {self.id} cannot change components or expected_at"
            )
        everywhere = self.statuses.get(EVERYWHERE, Status.OPERATIONAL)
        for key, status in components.items():
            if status is Status.UNKNOWN:
                raise NoImpact(f"component {key} cannot be said to be unknown")
            if key != EVERYWHERE and status.rank < everywhere.rank:
                raise NoImpact(
                    f"component {key} cannot be {status}: window {self.id} says of the whole product {everywhere}"
                )
        self.record(
            self.Updated,
            message=message,
            components=components,
            expected_at=expected_at,
            internal=internal,
            provenance=provenance,
        )

    def extend(self, *, timetable: Timetable, message: Text | None, reason: str | None, provenance: Provenance) -> None:
        """Move its end; one that is being verified is in progress again.

        Raises:
            NotYetBegun: if it has not begun; so too ``AlreadyCompleted`` and ``Cancelled``.
            NotAnExtension: if the new end lies in the past, or not after the present one.
        """
        guards.require_under_way(self, "reschedule it instead")
        guards.require_timely(self, provenance)
        least = max(self.timetable.ends_at, provenance.recorded_at)
        if timetable.ends_at <= least:
            end = written(timetable.ends_at)
            raise NotAnExtension(f"window {self.id} cannot be extended to {end}, which is not after {written(least)}")
        self.record(self.Extended, timetable=timetable, message=message, reason=reason, provenance=provenance)

    def hold(self, *, reason: str | None, provenance: Provenance) -> None:
        """Leave its completion to a person instead of the clock.

        Raises:
            AlreadyHeld: if that is so already.
            AlreadyCompleted: if it is over; so too ``Cancelled``.
        """
        provenance.require_past()
        guards.require_not_over(self)
        if self.is_held:
            raise AlreadyHeld(f"window {self.id} is held already")
        self.record(self.WasHeld, reason=reason, provenance=provenance)

    def release(self, *, reason: str | None, provenance: Provenance) -> None:
        """Leave its completion to the clock again; one that is past its end is completed by hand.

        Raises:
            NotHeld: if it is not held, or its end has come.
        """
        provenance.require_past()
        if not self.is_held or self.state is WindowState.VERIFYING:
            because = "is past its end; complete or extend it" if self.is_held else "is not held"
            raise NotHeld(f"window {self.id} {because}")
        self.record(self.Released, reason=reason, provenance=provenance)

    def complete(
        self, *, outcome: WindowOutcome, message: Text | None, reason: str | None, provenance: Provenance
    ) -> None:
        """Complete it, early or after it was verified.

        Raises:
            NotYetBegun: if it has not begun; so too ``AlreadyCompleted`` and ``Cancelled``.
            UnknownMoment: if it is said to have ended before it began.
        """
        guards.require_under_way(self, "cancel it instead")
        guards.require_timely(self, provenance)
        self.record(
            self.Completed, outcome=outcome, by_clock=False, message=message, reason=reason, provenance=provenance
        )

    def cancel(self, *, message: Text | None, reason: str | None, provenance: Provenance) -> None:
        """Cancel it before it begins.

        Raises:
            AlreadyBegun: if it has begun; so too ``AlreadyCompleted`` and ``Cancelled``.
        """
        provenance.require_past()
        guards.require_scheduled(self, "complete it instead")
        self.record(self.WasCancelled, message=message, reason=reason, provenance=provenance)

    def _reminders(self, plan: Plan, timetable: Timetable, provenance: Provenance) -> tuple[datetime, ...]:
        if self.state is not WindowState.SCHEDULED:
            return ()
        return reminders_of(plan.remind_before, timetable.starts_at, provenance.recorded_at)
