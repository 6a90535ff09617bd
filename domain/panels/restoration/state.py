"""The state of a restoration, as its events have left it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.impact import Status, StatusSpan
from domain.ledger.reconciliation import Reconcilable
from domain.panels.restoration.values import CapabilityState, Condition, Promise, RecoveryGap, RestorationState, Spell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from domain.ledger.request_policy import RequestPolicy
    from domain.panels.restoration.values import (
        Backlog,
        Deadline,
        Instruction,
        Inventory,
        ListedContact,
        Loss,
        ProgressReport,
        RecoveryPoint,
        RestorationUpdate,
        Suppression,
    )
    from domain.text import Text


LASTING = frozenset({CapabilityState.SUSPENDED, CapabilityState.UNAVAILABLE})
"""The states of a capability that a loss does not change: switched off by us, or unavailable for another reason."""

PANEL_STATUSES = {
    CapabilityState.AVAILABLE: Status.OPERATIONAL,
    CapabilityState.DEGRADED: Status.DEGRADED_PERFORMANCE,
    CapabilityState.SUSPENDED: Status.DEGRADED_PERFORMANCE,
    CapabilityState.UNAVAILABLE: Status.PARTIAL_OUTAGE,
    CapabilityState.UNKNOWN: Status.PARTIAL_OUTAGE,
}
"""The status that a panel has, with access to it, while a capability is so."""


class PanelRestorationState(Reconcilable):
    """The state of a restoration; only its events change it."""

    panel: str

    if TYPE_CHECKING:

        @property
        def id(self) -> UUID:
            """The id of the aggregate."""

    def __init__(self) -> None:
        """Start empty; the events fill it."""
        super().__init__()
        self.losses: tuple[Loss, ...] = ()
        self.promises: tuple[Promise, ...] = ()
        self.recovery_points: tuple[RecoveryPoint, ...] = ()
        self.capabilities: dict[str, tuple[Spell, ...]] = {}
        self.suppressions: dict[str, Suppression] = {}
        self.decided: frozenset[str] = frozenset()
        """The automations of which a person has said anything: their capability, or that they are suppressed."""
        self.backlogs: tuple[Backlog, ...] = ()
        self.instructions: tuple[Instruction, ...] = ()
        self.instructions_given = 0
        self.contacts: tuple[ListedContact, ...] = ()
        self.contacts_added = 0
        self.timeline: tuple[RestorationUpdate, ...] = ()
        self.public_updates = 0
        self.inventories: tuple[Inventory, ...] = ()
        self.reports: tuple[ProgressReport, ...] = ()
        self.request_policies: Mapping[str, RequestPolicy] = {}
        self.completed_at: datetime | None = None
        self.completed_note: Text = {}
        self.given_up: tuple[str, ...] = ()

    @property
    def began_at(self) -> datetime:
        """When access was lost first."""
        return self.losses[0].start

    @property
    def ended_at(self) -> datetime | None:
        """When access was restored; None while there is none."""
        return self.losses[-1].end

    @property
    def is_lost(self) -> bool:
        """Whether there is no access now."""
        return self.losses[-1].end is None

    @property
    def state(self) -> RestorationState:
        """Whether access is lost, restored, or everything is completed."""
        if self.completed_at is not None:
            return RestorationState.COMPLETED
        return RestorationState.ACCESS_LOST if self.is_lost else RestorationState.ACCESS_RESTORED

    @property
    def promise(self) -> Promise | None:
        """The promise about the latest loss that was made last, whenever each was recorded."""
        made = (promise for promise in self.promises if promise.loss == len(self.losses))
        return max(made, key=lambda promise: (promise.made_at, promise.number), default=None)

    @property
    def open_promise(self) -> Promise | None:
        """The newest promise about a loss that goes on; None while access is there."""
        return self.promise if self.is_lost else None

    def overdue_since(self, promise: Promise) -> datetime | None:
        """Give since when a promise is overdue, or was; None if it was not, or access was back by then after all."""
        end = self.losses[promise.loss - 1].end
        due = promise.promised_for.passes_at
        return due if promise.is_overdue and (end is None or end > due) else None

    @property
    def recovery_point(self) -> RecoveryPoint | None:
        """The recovery point of the latest ``said_at``; None if there is none."""
        return max(self.recovery_points, key=lambda point: (point.said_at, point.number), default=None)

    @property
    def gaps(self) -> tuple[RecoveryGap, ...]:
        """What is missing, loss by loss: since the newest recovery point that is about it; none where there is none."""
        ordered = sorted(self.recovery_points, key=lambda point: (point.said_at, point.number))
        newest = {point.gap_until: point for point in ordered}
        return tuple(RecoveryGap(start=point.earliest, end=end) for end, point in newest.items())

    @property
    def report(self) -> ProgressReport | None:
        """The progress report of the latest ``said_at``; None if there is none."""
        return max(self.reports, key=lambda report: (report.said_at, report.number), default=None)

    @property
    def statuses(self) -> dict[str, Status]:
        """The status that components show now because of capabilities; one of several, where there are several."""
        return {component: span.status for _, component, span in self.effects() if span.end is None}

    @property
    def next_due(self) -> datetime | None:
        """When the next promise, or the next expected date of a capability, passes."""
        return min((due for due, _, _ in self.pending_deadlines()), default=None)

    @property
    def handles(self) -> Mapping[str, datetime]:
        """The handles by which it is found: that of its panel, and one for each component that it affects now."""
        found = {handle_of(self.panel): self.began_at}
        return found | {f"affected:{component}": self.began_at for component in self.statuses}

    def condition(self, capability: str, at: datetime) -> Condition | None:
        """Give the condition of a capability at a moment; None if none was set by then."""
        for spell in reversed(self.capabilities.get(capability, ())):
            if spell.start <= at:
                return spell.condition
        return None

    def pending_deadlines(self) -> Iterator[tuple[datetime, str | None, Deadline]]:
        """Give each deadline that can still lapse: when it passes, and its capability, None for access itself."""
        promise = self.promise
        if promise is not None and self.is_lost and not promise.is_overdue:
            yield promise.promised_for.passes_at, None, promise.promised_for
        for name, spells in self.capabilities.items():
            condition = spells[-1].condition
            waits = condition.state is not CapabilityState.AVAILABLE and not spells[-1].is_overdue
            is_settled = self.completed_at is not None and name not in self.given_up
            if waits and not is_settled and condition.expected is not None:
                yield condition.expected.passes_at, name, condition.expected

    def unavailable(self, at: datetime | None = None) -> list[str]:
        """List the capabilities that are not available now, or were not at the moment ``at``."""
        return [
            name
            for name, spells in self.capabilities.items()
            if any(
                spell.condition.state is not CapabilityState.AVAILABLE
                for spell in spells
                if spell.end is None or (at is not None and spell.start <= at < spell.end)
            )
        ]

    def effects(self) -> Iterator[tuple[str, str, StatusSpan]]:
        """Give capability, component and span for each status that a component shows because of a capability."""
        for name, spells in self.capabilities.items():
            for spell in spells:
                end = min(filter(None, (spell.end, self.completed_at)), default=None)
                if end is not None and end <= spell.start:
                    continue
                for component, status in spell.condition.components.items():
                    yield name, component, StatusSpan(status=status, start=spell.start, end=end)

    def panel_effects(self) -> Iterator[tuple[str, StatusSpan]]:
        """Give capability and span for each status that the panel has because of one, until the completion.

        A capability that can be used as ever says ``operational``, from the first word of it on.
        """
        for name, spells in self.capabilities.items():
            said: list[StatusSpan] = []
            for spell in spells:
                end = min(filter(None, (spell.end, self.completed_at)), default=None)
                if end is not None and end <= spell.start:
                    continue
                start, status = spell.start, PANEL_STATUSES[spell.condition.state]
                if said and said[-1].status is status and said[-1].end == start:
                    start = said.pop().start
                said.append(StatusSpan(status=status, start=start, end=end))
            for span in said:
                yield name, span

    def lasting_conditions(self) -> dict[str, Condition]:
        """Give the conditions, by capability, that the next restoration of the panel takes over."""
        conditions = {name: spells[-1].condition for name, spells in self.capabilities.items()}
        return {
            name: replace(condition, expected=None, components={})
            for name, condition in conditions.items()
            if condition.state in LASTING
        }

    def begin_loss(self, loss: Loss, fell: Iterable[str]) -> None:
        """Add a loss; the capabilities that ``fell`` with it are unavailable from its start."""
        self.losses = (*self.losses, loss)
        for name in fell:
            self.derive_condition(name, CapabilityState.UNAVAILABLE, loss.start)

    def end_loss(self, at: datetime, rose: Iterable[str], note: Text) -> None:
        """End the latest loss; the capabilities that ``rose`` with it are unknown until somebody says how they are."""
        self.losses = (*self.losses[:-1], replace(self.losses[-1], end=at, restored_note=note))
        for name in rose:
            self.derive_condition(name, CapabilityState.UNKNOWN, at)

    def derive_condition(self, name: str, state: CapabilityState, at: datetime) -> None:
        """Set a condition that follows from a loss or its end; the effects on components stay."""
        before = self.condition(name, at)
        components = {} if before is None else before.components
        condition = Condition(state=state, note={}, workaround={}, expected=None, components=components, follows=True)
        self.set_condition(name, condition, at)

    def set_condition(self, name: str, condition: Condition, at: datetime) -> None:
        """Let a condition hold from ``at`` until the next one that is known, if any."""
        known = self.capabilities.get(name, ())
        before = [spell for spell in known if spell.start < at]
        after = [spell for spell in known if spell.start > at]
        if before:
            before[-1] = replace(before[-1], end=at)
        spell = Spell(condition=condition, start=at, end=after[0].start if after else None, since=at)
        if before and before[-1].is_overdue and condition.waits_for(before[-1].condition.expected):
            spell = replace(spell, is_overdue=True)
        self.capabilities = {**self.capabilities, name: (*before, *_with_since(before[-1:], (spell, *after)))}

    def mark_promise_overdue(self, number: int) -> None:
        """Mark a promise, by its number, as not kept in time."""
        self.promises = tuple(
            replace(promise, is_overdue=True) if promise.number == number else promise for promise in self.promises
        )

    def mark_expectation_overdue(self, name: str) -> None:
        """Mark a capability as not back in time."""
        *before, last = self.capabilities[name]
        self.capabilities = {**self.capabilities, name: (*before, replace(last, is_overdue=True))}


def _with_since(before: Sequence[Spell], spells: Sequence[Spell]) -> Iterator[Spell]:
    """Set ``since`` of each spell to when its state began; that of the spell ``before`` is right already."""
    last = before[-1] if before else None
    for spell in spells:
        goes_on = last is not None and last.condition.state is spell.condition.state
        since = last.since if last is not None and goes_on else spell.start
        last = spell if spell.since == since else replace(spell, since=since)
        yield last


def handle_of(panel: str) -> str:
    """Give the handle by which the restorations of a panel are found, the latest loss first."""
    return f"restorations:{panel}"
