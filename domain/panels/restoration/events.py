"""The events of a restoration, and how each changes its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from domain.aggregate import Created, Event
from domain.ledger.request_policy import RequestPolicy
from domain.panels.restoration.state import PanelRestorationState
from domain.panels.restoration.values import (
    Backlog,
    Condition,
    Count,
    Deadline,
    Inventory,
    Loss,
    ProgressReport,
    Promise,
    RecoveryPoint,
    Stage,
    Suppression,
)
from domain.text import Text


class RestorationEvent(Event):
    """Something that happened to a restoration."""

    @property
    def at(self) -> datetime:
        """When it occurred, which may be before it was recorded."""
        return self.provenance.occurred_at


class Begun(Created, RestorationEvent):
    """Access to a panel was lost; the capabilities that ``fell`` are unavailable.

    ``kept`` are the conditions that the restoration before left: switched off, or unavailable for another reason.
    """

    TOPIC = "restoration.begun"
    panel: str
    provider: Text
    reason: Text
    fell: tuple[str, ...]
    kept: Mapping[str, Condition]
    request_policies: Mapping[str, RequestPolicy]

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Begin with the first loss, and the conditions that were kept."""
        aggregate.panel, aggregate.request_policies = self.panel, self.request_policies
        aggregate.begin_loss(Loss(start=self.at, provider=self.provider, reason=self.reason), self.fell)
        for capability, condition in self.kept.items():
            aggregate.set_condition(capability, condition, self.at)


class AccessLost(RestorationEvent):
    """Access was lost again."""

    TOPIC = "restoration.access_lost"
    provider: Text
    reason: Text
    fell: tuple[str, ...]

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Add a further loss."""
        aggregate.begin_loss(Loss(start=self.at, provider=self.provider, reason=self.reason), self.fell)


class AccessRestored(RestorationEvent):
    """Access is there again; the capabilities that ``rose`` are unknown until somebody says how they are."""

    TOPIC = "restoration.access_restored"
    note: Text
    rose: tuple[str, ...]

    def apply(self, aggregate: PanelRestorationState) -> None:
        """End the latest loss."""
        aggregate.end_loss(self.at, self.rose, self.note)


class Promised(RestorationEvent):
    """Somebody promised access, or promised it anew for another time."""

    TOPIC = "restoration.promised"
    promised_by: Text
    promised_for: Deadline
    note: Text

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Add the promise, about the latest loss."""
        promise = Promise(
            number=len(aggregate.promises) + 1,
            loss=len(aggregate.losses),
            promised_by=self.promised_by,
            promised_for=self.promised_for,
            note=self.note,
            made_at=self.at,
            recorded_at=self.provenance.recorded_at,
        )
        aggregate.promises = (*aggregate.promises, promise)


class PromiseLapsed(RestorationEvent):
    """The time of a promise passed, and access is still lost."""

    TOPIC = "restoration.promise_lapsed"
    number: int

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Mark the promise as overdue."""
        aggregate.mark_promise_overdue(self.number)


class RecoveryPointSet(RestorationEvent):
    """The data is of a moment, give or take a tolerance; what came between that and the loss is missing."""

    TOPIC = "restoration.recovery_point_set"
    as_of: datetime
    tolerance: timedelta
    missing: tuple[str, ...]
    gap_until: datetime
    note: Text

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Add the recovery point; those before stay in the history."""
        point = RecoveryPoint(
            number=len(aggregate.recovery_points) + 1,
            as_of=self.as_of,
            tolerance=self.tolerance,
            missing=self.missing,
            note=self.note,
            gap_until=self.gap_until,
            said_at=self.at,
        )
        aggregate.recovery_points = (*aggregate.recovery_points, point)


class CapabilitySet(RestorationEvent):
    """An operator said how it is with a capability."""

    TOPIC = "restoration.capability_set"
    capability: str
    condition: Condition

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Set the condition from then on."""
        aggregate.set_condition(self.capability, self.condition, self.at)
        aggregate.decided |= {self.capability}


class ExpectationLapsed(RestorationEvent):
    """The time passed for which a capability was expected, and it is not available."""

    TOPIC = "restoration.expectation_lapsed"
    capability: str
    expected: Deadline

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Mark the capability as overdue."""
        aggregate.mark_expectation_overdue(self.capability)


class AutomationSuppressed(RestorationEvent):
    """An automation does not run for items created before an instant."""

    TOPIC = "restoration.automation_suppressed"
    automation: str
    created_before: datetime
    note: Text

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Keep the suppression until an operator ends it."""
        suppression = Suppression(
            automation=self.automation, created_before=self.created_before, note=self.note, since=self.at
        )
        aggregate.suppressions = {**aggregate.suppressions, self.automation: suppression}
        aggregate.decided |= {self.automation}


class SuppressionEnded(RestorationEvent):
    """An operator let an automation run for every item again."""

    TOPIC = "restoration.suppression_ended"
    automation: str
    reason: str | None

    def apply(self, aggregate: PanelRestorationState) -> None:
        """End the suppression."""
        ended = replace(aggregate.suppressions[self.automation], ended_at=self.at)
        aggregate.suppressions = {**aggregate.suppressions, self.automation: ended}


class BacklogAbandoned(RestorationEvent):
    """Actions that were due in a span will never be executed."""

    TOPIC = "restoration.backlog_abandoned"
    actions: tuple[str, ...]
    due_from: datetime
    due_until: datetime
    note: Text

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Add the backlog."""
        backlog = Backlog(
            number=len(aggregate.backlogs) + 1,
            actions=self.actions,
            due_from=self.due_from,
            due_until=self.due_until,
            note=self.note,
            said_at=self.at,
        )
        aggregate.backlogs = (*aggregate.backlogs, backlog)


class InventoryTaken(RestorationEvent):
    """The accounts were counted, or counted anew."""

    TOPIC = "restoration.inventory_taken"
    accounts: int
    note: Text

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Count further progress against this inventory; published reports keep theirs."""
        revision = len(aggregate.inventories) + 1
        inventory = Inventory(revision=revision, accounts=self.accounts, note=self.note, said_at=self.at)
        aggregate.inventories = (*aggregate.inventories, inventory)


class ProgressReported(RestorationEvent):
    """So many accounts are at each stage, of an inventory."""

    TOPIC = "restoration.progress_reported"
    inventory: Inventory
    stages: Mapping[Stage, Count]
    note: Text

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Add the report."""
        report = ProgressReport(
            number=len(aggregate.reports) + 1,
            inventory=self.inventory,
            stages=self.stages,
            note=self.note,
            said_at=self.at,
        )
        aggregate.reports = (*aggregate.reports, report)


class RequestPoliciesChanged(RestorationEvent):
    """An operator decided anew what becomes of requests."""

    TOPIC = "restoration.request_policies_changed"
    request_policies: Mapping[str, RequestPolicy]
    reason: str | None

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Replace the policies."""
        aggregate.request_policies = self.request_policies


class Completed(RestorationEvent):
    """The panel is recovered, but for what was given up."""

    TOPIC = "restoration.completed"
    given_up: tuple[str, ...]
    note: Text

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Complete the restoration; suppressions stay until they are ended."""
        aggregate.completed_at, aggregate.completed_note, aggregate.given_up = self.at, self.note, self.given_up
