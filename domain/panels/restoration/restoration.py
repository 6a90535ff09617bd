"""The restoration of a panel and its commands: each checks its guards, then records an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.instants import written
from domain.ledger.reconciliation import reconciliation
from domain.panels.errors import (
    AccessAlreadyLost,
    AccessNotLost,
    AccessNotRestored,
    CapabilityNotAvailable,
    NoSuchCapability,
    RecoveryPointAfterLoss,
)
from domain.panels.restoration import events, guards, news_events
from domain.panels.restoration.measures import RestorationMeasures
from domain.panels.restoration.state import LASTING
from domain.panels.restoration.values import CapabilityState, RestorationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

    from domain.ledger.request_policy import RequestPolicy
    from domain.panels.restoration.values import Condition, Count, Deadline, Stage
    from domain.provenance import Provenance
    from domain.text import Text


class PanelRestoration(RestorationMeasures):
    """One loss of one panel, from the loss to the full recovery."""

    TOPIC = "restoration"
    Event = events.RestorationEvent
    Begun = events.Begun
    AccessLost = events.AccessLost
    AccessRestored = events.AccessRestored
    Promised = events.Promised
    PromiseLapsed = events.PromiseLapsed
    RecoveryPointSet = events.RecoveryPointSet
    CapabilitySet = events.CapabilitySet
    ExpectationLapsed = events.ExpectationLapsed
    AutomationSuppressed = events.AutomationSuppressed
    SuppressionEnded = events.SuppressionEnded
    BacklogAbandoned = events.BacklogAbandoned
    InstructionGiven = news_events.InstructionGiven
    InstructionWithdrawn = news_events.InstructionWithdrawn
    Updated = news_events.Updated
    ContactAdded = news_events.ContactAdded
    ContactRemoved = news_events.ContactRemoved
    InventoryTaken = events.InventoryTaken
    ProgressReported = events.ProgressReported
    RequestPoliciesChanged = events.RequestPoliciesChanged
    Completed = events.Completed
    RequestsCame, Reconciled, ReconciliationShown = reconciliation(events.RestorationEvent, "restoration")

    @classmethod
    def begin(
        cls,
        *,
        id: UUID,
        panel: str,
        capabilities: Iterable[str],
        provider: Text,
        reason: Text,
        request_policies: Mapping[str, RequestPolicy],
        before: PanelRestoration | None = None,
        provenance: Provenance,
    ) -> Self:
        """Begin with the loss of access to a panel, and with it of all its ``capabilities``.

        What the restoration ``before`` left switched off, or given up, stays so.

        Raises:
            RestorationOpen: if the one ``before``, of the same panel, is not completed.
            UnknownMoment: if access was lost before that one was completed.
        """
        provenance.require_past()
        kept: Mapping[str, Condition] = {}
        if before is not None:
            guards.require_completed(before, provenance.occurred_at)
            capabilities, kept = (*capabilities, *before.capabilities), before.lasting_conditions()
        restoration: Self = cls.begin_with(
            cls.Begun,
            id=id,
            panel=panel,
            provider=provider,
            reason=reason,
            fell=tuple(name for name in dict.fromkeys(capabilities) if name not in kept),
            kept=kept,
            request_policies=request_policies,
            provenance=provenance,
        )
        return restoration

    def lose_access(self, *, capabilities: Iterable[str], provider: Text, reason: Text, provenance: Provenance) -> None:
        """Record that access was lost again, and with it all its ``capabilities``.

        Capabilities that were switched off, or unavailable for another reason, keep their condition.

        Raises:
            AlreadyCompleted: if the restoration is completed: another loss begins another one.
            AccessAlreadyLost: if it is lost.
            UnknownMoment: if it would be lost before it was restored.
        """
        guards.require_open(self, provenance)
        if self.is_lost:
            raise AccessAlreadyLost(
                f"restoration {self.id}: access is lost already, since {written(self.losses[-1].start)}"
            )
        guards.require_after(self, self.losses[-1].end or self.began_at, provenance.occurred_at, "access was restored")
        fell = tuple(
            name
            for name in dict.fromkeys((*self.capabilities, *capabilities))
            if (known := self.condition(name, provenance.occurred_at)) is None or known.state not in LASTING
        )
        self.record(self.AccessLost, provider=provider, reason=reason, fell=fell, provenance=provenance)

    def restore_access(self, *, note: Text, provenance: Provenance) -> None:
        """Record that access is there again.

        Raises:
            AlreadyCompleted: if the restoration is completed.
            AccessNotLost: if access is there already.
            UnknownMoment: if it would be restored before it was lost.
        """
        guards.require_open(self, provenance)
        if not self.is_lost:
            raise AccessNotLost(f"restoration {self.id}: access was restored before")
        guards.require_after(self, self.losses[-1].start, provenance.occurred_at, "access was lost")
        rose = tuple(
            name
            for name in self.capabilities
            if (known := self.condition(name, provenance.occurred_at)) is not None
            and known.follows
            and known.state is CapabilityState.UNAVAILABLE
        )
        self.record(self.AccessRestored, note=note, rose=rose, provenance=provenance)

    def promise_access(self, *, promised_by: Text, promised_for: Deadline, note: Text, provenance: Provenance) -> None:
        """Record who promised access for when; a further promise replaces the one before.

        Raises:
            AlreadyCompleted: if the restoration is completed.
            AccessNotLost: if access is there.
            UnknownMoment: if it was promised for the past, or before access was lost.
        """
        guards.require_open(self, provenance)
        if not self.is_lost:
            raise AccessNotLost(f"restoration {self.id}: access is there, nobody needs to promise it")
        guards.require_after(self, self.losses[-1].start, provenance.occurred_at, "access was lost")
        guards.require_future_deadline(promised_for, provenance)
        guards.require_capacity(self, "promises", len(self.promises))
        self.record(self.Promised, promised_by=promised_by, promised_for=promised_for, note=note, provenance=provenance)

    def set_recovery_point(
        self, *, as_of: datetime, tolerance: timedelta, missing: tuple[str, ...], note: Text, provenance: Provenance
    ) -> None:
        """Record of when the data is, and which kinds of data are missing from then until the loss.

        Raises:
            AlreadyCompleted: if the restoration is completed.
            RecoveryPointAfterLoss: if it would be of a time after the loss.
            RecoveryPointTooEarly: if it would be of a time of which there can be no data.
            UnknownMoment: if it could be of a time that there is not.
        """
        guards.require_open(self, provenance)
        guards.require_late_enough(as_of)
        guards.require_representable(as_of, tolerance)
        guards.require_capacity(self, "recovery points", len(self.recovery_points))
        loss = [each for each in self.losses if each.start <= provenance.occurred_at][-1]
        if as_of > loss.start:
            raise RecoveryPointAfterLoss(
                f"the data cannot be of {written(as_of)}: access was lost at {written(loss.start)}", lost_at=loss.start
            )
        self.record(
            self.RecoveryPointSet,
            as_of=as_of,
            tolerance=tolerance,
            missing=missing,
            gap_until=loss.start,
            note=note,
            provenance=provenance,
        )

    def set_capability(self, *, capability: str, condition: Condition, provenance: Provenance) -> None:
        """Set the condition of a capability; no-op if it is so already.

        Raises:
            AlreadyCompleted: if the restoration is completed, unless this capability was given up.
            NoImpact: if it affects components and cannot, or a status is ``operational`` or ``unknown``.
            UnknownMoment: if it occurred before the loss, or is expected for the past.
            TooManyEntries: if there are as many capabilities, or notes on one whose state stays, as there can be.
        """
        if capability not in self.given_up:
            guards.require_open(self, provenance)
        guards.require_timely(self, provenance)
        guards.require_effects(self, capability, condition)
        spells = self.capabilities.get(capability, ())
        if not spells:
            guards.require_capacity(self, "capabilities", len(self.capabilities))
        elif spells[-1].condition == condition and spells[-1].start <= provenance.occurred_at:
            return
        guards.require_note_capacity(self, capability, condition)
        if not spells or spells[-1].condition.expected != condition.expected:
            guards.require_future_deadline(condition.expected, provenance)
        self.record(self.CapabilitySet, capability=capability, condition=condition, provenance=provenance)

    def take_inventory(self, *, accounts: int, note: Text, provenance: Provenance) -> None:
        """Record how many accounts there are; published progress keeps the number that it was counted against.

        Raises:
            AlreadyCompleted: if the restoration is completed.
        """
        guards.require_open(self, provenance)
        self.record(self.InventoryTaken, accounts=accounts, note=note, provenance=provenance)

    def report_progress(
        self, *, stages: Mapping[Stage, Count], revision: int | None, note: Text, provenance: Provenance
    ) -> None:
        """Record how many accounts are at each stage of an inventory, the newest if ``revision`` is None.

        Raises:
            AlreadyCompleted: if the restoration is completed.
            NoInventory: if there is no inventory, or none of that revision.
            MoreThanInventory: if there would be more accounts at stages than there are.
            GradesDoNotAddUp: if the grades of a stage are not all of its accounts.
        """
        guards.require_open(self, provenance)
        inventory = guards.find_inventory(self, revision)
        guards.require_within_inventory(inventory, stages)
        self.record(self.ProgressReported, inventory=inventory, stages=stages, note=note, provenance=provenance)

    def change_request_policies(
        self, *, request_policies: Mapping[str, RequestPolicy], reason: str | None, provenance: Provenance
    ) -> None:
        """Change what becomes of requests, kind by kind; no-op if nothing would change.

        Raises:
            AlreadyCompleted: if the restoration is completed.
        """
        guards.require_open(self, provenance)
        if request_policies != self.request_policies:
            self.record(
                self.RequestPoliciesChanged, request_policies=request_policies, reason=reason, provenance=provenance
            )

    def complete(self, *, given_up: Iterable[str], note: Text, provenance: Provenance) -> None:
        """Complete the restoration: the panel is recovered, but for the capabilities that are ``given_up``.

        Raises:
            AlreadyCompleted: if it is completed.
            AccessNotRestored: if access is lost.
            NoSuchCapability: if what is given up is no capability of it.
            CapabilityNotAvailable: if one is neither available nor given up.
            UnknownMoment: if it would be completed before access was restored.
        """
        guards.require_open(self, provenance)
        if self.state is RestorationState.ACCESS_LOST:
            raise AccessNotRestored(f"restoration {self.id}: access is lost")
        guards.require_after(self, self.losses[-1].end or self.began_at, provenance.occurred_at, "access was restored")
        unavailable, accepted = self.unavailable(provenance.occurred_at), set(given_up)
        unknown = sorted(accepted - self.capabilities.keys())
        if unknown:
            raise NoSuchCapability(f"restoration {self.id} knows no capability {unknown[0]}")
        left = [name for name in unavailable if name not in accepted]
        if left:
            raise CapabilityNotAvailable(
                f"restoration {self.id}: {', '.join(left)} neither available nor given up", capabilities=", ".join(left)
            )
        self.record(
            self.Completed,
            given_up=tuple(name for name in unavailable if name in accepted),
            note=note,
            provenance=provenance,
        )

    def handle_due(self, *, provenance: Provenance) -> None:
        """Record what lapses at ``provenance.occurred_at``; no-op unless that is exactly ``next_due``."""
        for due, capability, deadline in tuple(self.pending_deadlines()):
            if due != provenance.occurred_at or due != self.next_due:
                continue
            if capability is not None:
                self.record(self.ExpectationLapsed, capability=capability, expected=deadline, provenance=provenance)
            elif self.promise is not None:
                self.record(self.PromiseLapsed, number=self.promise.number, provenance=provenance)
