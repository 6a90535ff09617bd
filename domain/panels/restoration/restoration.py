"""The restoration of a panel, and what people say of it: guards first, then the event."""

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
from domain.panels.restoration import events, guards
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
    InstructionGiven = events.InstructionGiven
    InstructionWithdrawn = events.InstructionWithdrawn
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
        """Say that access to a panel was lost, and with it all its ``capabilities``.

        What the one ``before`` left switched off, or given up, stays so.

        Raises:
            RestorationOpen: if the one ``before``, of the same panel, is not completed.
            UnknownMoment: if access was lost before that one was completed.
        """
        provenance.require_past()
        kept: Mapping[str, Condition] = {}
        if before is not None:
            guards.require_over(before, provenance.occurred_at)
            capabilities, kept = (*capabilities, *before.capabilities), before.left()
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
        """Say that access was lost again, and with it all its ``capabilities``.

        What we switched off ourselves, or what was said to be unavailable anyway, stays as it was said.

        Raises:
            AlreadyCompleted: if the restoration is completed: another loss begins another one.
            AccessAlreadyLost: if it is lost.
            UnknownMoment: if it is said to be lost before it was restored.
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
            if (said := self.condition(name, provenance.occurred_at)) is None or said.state not in LASTING
        )
        self.record(self.AccessLost, provider=provider, reason=reason, fell=fell, provenance=provenance)

    def restore_access(self, *, note: Text, provenance: Provenance) -> None:
        """Say that access is there again.

        Raises:
            AlreadyCompleted: if the restoration is completed.
            AccessNotLost: if access is there already.
            UnknownMoment: if it is said to be restored before it was lost.
        """
        guards.require_open(self, provenance)
        if not self.is_lost:
            raise AccessNotLost(f"restoration {self.id}: access was restored before")
        guards.require_after(self, self.losses[-1].start, provenance.occurred_at, "access was lost")
        rose = tuple(
            name
            for name in self.capabilities
            if (said := self.condition(name, provenance.occurred_at)) is not None
            and said.follows
            and said.state is CapabilityState.UNAVAILABLE
        )
        self.record(self.AccessRestored, note=note, rose=rose, provenance=provenance)

    def promise_access(self, *, promised_by: Text, promised_for: Deadline, note: Text, provenance: Provenance) -> None:
        """Say who promised access for when; a further promise takes the place of the one before.

        Raises:
            AlreadyCompleted: if the restoration is completed.
            AccessNotLost: if access is there.
            UnknownMoment: if it was promised for the past, or before access was lost.
        """
        guards.require_open(self, provenance)
        if not self.is_lost:
            raise AccessNotLost(f"restoration {self.id}: access is there, nobody needs to promise it")
        guards.require_after(self, self.losses[-1].start, provenance.occurred_at, "access was lost")
        guards.require_ahead(promised_for, provenance)
        guards.require_room(self, "promises", len(self.promises))
        self.record(self.Promised, promised_by=promised_by, promised_for=promised_for, note=note, provenance=provenance)

    def set_recovery_point(
        self, *, as_of: datetime, tolerance: timedelta, missing: tuple[str, ...], note: Text, provenance: Provenance
    ) -> None:
        """Say of when the data is, and which kinds of data are missing from then until the loss.

        Raises:
            AlreadyCompleted: if the restoration is completed.
            RecoveryPointAfterLoss: if it would be of a time after the loss.
            UnknownMoment: if it could be of a time that there is not.
        """
        guards.require_open(self, provenance)
        guards.require_span(as_of, tolerance)
        guards.require_room(self, "recovery points", len(self.recovery_points))
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
        """Say how it is with a capability; no-op if that is known already.

        Raises:
            AlreadyCompleted: if the restoration is completed, unless this capability was given up.
            NoImpact: if it affects components and cannot, or is said to make them ``operational`` or ``unknown``.
            UnknownMoment: if it is said of a time before the loss, or expected for the past.
            TooManyEntries: if there are as many capabilities, or notes on one whose state stays, as there can be.
        """
        if capability not in self.given_up:
            guards.require_open(self, provenance)
        guards.require_timely(self, provenance)
        guards.require_effects(self, capability, condition)
        spells = self.capabilities.get(capability, ())
        if not spells:
            guards.require_room(self, "capabilities", len(self.capabilities))
        elif spells[-1].condition == condition and spells[-1].start <= provenance.occurred_at:
            return
        guards.require_news(self, capability, condition)
        if not spells or spells[-1].condition.expected != condition.expected:
            guards.require_ahead(condition.expected, provenance)
        self.record(self.CapabilitySet, capability=capability, condition=condition, provenance=provenance)

    def take_inventory(self, *, accounts: int, note: Text, provenance: Provenance) -> None:
        """Say how many accounts there are; progress that was published stays a part of the number of then.

        Raises:
            AlreadyCompleted: if the restoration is completed.
        """
        guards.require_open(self, provenance)
        self.record(self.InventoryTaken, accounts=accounts, note=note, provenance=provenance)

    def report_progress(
        self, *, stages: Mapping[Stage, Count], revision: int | None, note: Text, provenance: Provenance
    ) -> None:
        """Say how many accounts are at each stage of an inventory, the newest if no ``revision`` is named.

        Raises:
            AlreadyCompleted: if the restoration is completed.
            NoInventory: if there is no inventory, or none of that revision.
            MoreThanInventory: if there would be more accounts at stages than there are.
            GradesDoNotAddUp: if the grades of a stage are not all of its accounts.
        """
        guards.require_open(self, provenance)
        inventory = guards.inventory_of(self, revision)
        guards.require_parts(inventory, stages)
        self.record(self.ProgressReported, inventory=inventory, stages=stages, note=note, provenance=provenance)

    def change_request_policies(
        self, *, request_policies: Mapping[str, RequestPolicy], reason: str | None, provenance: Provenance
    ) -> None:
        """Decide anew what becomes of requests; no-op if nothing would change.

        Raises:
            AlreadyCompleted: if the restoration is completed.
        """
        guards.require_open(self, provenance)
        if request_policies != self.request_policies:
            self.record(
                self.RequestPoliciesChanged, request_policies=request_policies, reason=reason, provenance=provenance
            )

    def complete(self, *, given_up: Iterable[str], note: Text, provenance: Provenance) -> None:
        """Say that the panel is recovered, but for the capabilities that are ``given_up``.

        Raises:
            AlreadyCompleted: if it is completed.
            AccessNotRestored: if access is lost.
            NoSuchCapability: if what is given up is no capability of it.
            CapabilityNotAvailable: if one is neither available nor given up.
            UnknownMoment: if it is said to be completed before access was restored.
        """
        guards.require_open(self, provenance)
        if self.state is RestorationState.ACCESS_LOST:
            raise AccessNotRestored(f"restoration {self.id}: access is lost")
        guards.require_after(self, self.losses[-1].end or self.began_at, provenance.occurred_at, "access was restored")
        wanting, resigned = self.unavailable(provenance.occurred_at), set(given_up)
        unknown = sorted(resigned - self.capabilities.keys())
        if unknown:
            raise NoSuchCapability(f"restoration {self.id} knows no capability {unknown[0]}")
        left = [name for name in wanting if name not in resigned]
        if left:
            raise CapabilityNotAvailable(
                f"restoration {self.id}: {', '.join(left)} neither available nor given up", capabilities=", ".join(left)
            )
        self.record(
            self.Completed,
            given_up=tuple(name for name in wanting if name in resigned),
            note=note,
            provenance=provenance,
        )

    def handle_due(self, *, provenance: Provenance) -> None:
        """Say what has lapsed at ``provenance.occurred_at``; no-op unless that is exactly ``next_due``."""
        for due, capability, deadline in tuple(self.waiting()):
            if due != provenance.occurred_at or due != self.next_due:
                continue
            if capability is not None:
                self.record(self.ExpectationLapsed, capability=capability, expected=deadline, provenance=provenance)
            elif self.promise is not None:
                self.record(self.PromiseLapsed, number=self.promise.number, provenance=provenance)
