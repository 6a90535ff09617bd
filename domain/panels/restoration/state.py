"""The state of a restoration, as its events have left it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.impact import Status, StatusSpan
from domain.ledger.reconciliation import Reconcilable
from domain.panels.restoration.values import CapabilityState, Condition, Promise, RestorationState, Spell

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
        Loss,
        ProgressReport,
        RecoveryPoint,
        Suppression,
    )
    from domain.text import Text


LASTING = frozenset({CapabilityState.SUSPENDED, CapabilityState.UNAVAILABLE})
"""The states of a capability that a loss changes nothing of: it is off, or was said to be missing anyway."""


class RestorationInMotion(Reconcilable):
    """What is known of a restoration; only its events change it."""

    panel: str

    if TYPE_CHECKING:

        @property
        def id(self) -> UUID:
            """Its id, which it has as an aggregate."""

    def __init__(self) -> None:
        """Start with nothing known; the events say the rest."""
        super().__init__()
        self.losses: tuple[Loss, ...] = ()
        self.promises: tuple[Promise, ...] = ()
        self.recovery_points: tuple[RecoveryPoint, ...] = ()
        self.capabilities: dict[str, tuple[Spell, ...]] = {}
        self.suppressions: dict[str, Suppression] = {}
        self.backlogs: tuple[Backlog, ...] = ()
        self.instructions: tuple[Instruction, ...] = ()
        self.instructions_given = 0
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
        """How far it has come."""
        if self.completed_at is not None:
            return RestorationState.COMPLETED
        return RestorationState.ACCESS_LOST if self.is_lost else RestorationState.ACCESS_RESTORED

    @property
    def promise(self) -> Promise | None:
        """The newest promise about the latest loss; one that is told late does not displace it."""
        made = (promise for promise in self.promises if promise.loss == len(self.losses))
        return max(made, key=lambda promise: (promise.made_at, promise.number), default=None)

    @property
    def recovery_point(self) -> RecoveryPoint | None:
        """The newest recovery point."""
        return max(self.recovery_points, key=lambda point: (point.said_at, point.number), default=None)

    @property
    def report(self) -> ProgressReport | None:
        """The newest report of progress."""
        return max(self.reports, key=lambda report: (report.said_at, report.number), default=None)

    @property
    def statuses(self) -> dict[str, Status]:
        """The status that components show now because of capabilities; one of several, where there are several."""
        return {component: span.status for _, component, span in self.effects() if span.end is None}

    @property
    def next_due(self) -> datetime | None:
        """When the next promise, or the next expected date of a capability, passes."""
        return min((due for due, _, _ in self.waiting()), default=None)

    @property
    def handles(self) -> Mapping[str, datetime]:
        """Where its panel finds it, and retirements of components that it affects."""
        found = {handle_of(self.panel): self.began_at}
        return found | {f"affected:{component}": self.began_at for component in self.statuses}

    def condition(self, capability: str, at: datetime) -> Condition | None:
        """Give what is known to be said of a capability at a moment; None if nothing is."""
        for spell in reversed(self.capabilities.get(capability, ())):
            if spell.start <= at:
                return spell.condition
        return None

    def waiting(self) -> Iterator[tuple[datetime, str | None, Deadline]]:
        """Give what can still lapse: when, and of which capability; None stands for access itself."""
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
        """Name the capabilities that are not available now, or were not at a moment if one is named."""
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
        """Give capability, component and span of each status that components show because of it."""
        for name, spells in self.capabilities.items():
            for spell in spells:
                end = min(filter(None, (spell.end, self.completed_at)), default=None)
                if end is not None and end <= spell.start:
                    continue
                for component, status in spell.condition.components.items():
                    yield name, component, StatusSpan(status=status, start=spell.start, end=end)

    def left(self) -> dict[str, Condition]:
        """Give what is off, or missing, and will still be when the panel is lost the next time."""
        conditions = {name: spells[-1].condition for name, spells in self.capabilities.items()}
        return {
            name: replace(condition, expected=None, components={})
            for name, condition in conditions.items()
            if condition.state in LASTING
        }

    def lose(self, loss: Loss, fell: Iterable[str]) -> None:
        """Be without access; what falls with it is unavailable."""
        self.losses = (*self.losses, loss)
        for name in fell:
            self.follow(name, CapabilityState.UNAVAILABLE, loss.start)

    def regain(self, at: datetime, rose: Iterable[str], note: Text) -> None:
        """Have access again; nobody has said yet how it is with what was unavailable for want of it."""
        self.losses = (*self.losses[:-1], replace(self.losses[-1], end=at, restored_note=note))
        for name in rose:
            self.follow(name, CapabilityState.UNKNOWN, at)

    def follow(self, name: str, state: CapabilityState, at: datetime) -> None:
        """Let a capability be as follows; components go on to show what they do because of it."""
        before = self.condition(name, at)
        components = {} if before is None else before.components
        condition = Condition(state=state, note={}, workaround={}, expected=None, components=components, follows=True)
        self.say(name, condition, at)

    def say(self, name: str, condition: Condition, at: datetime) -> None:
        """Let a condition hold from then on, until whatever is known to have been said next."""
        known = self.capabilities.get(name, ())
        before = [spell for spell in known if spell.start < at]
        after = [spell for spell in known if spell.start > at]
        if before:
            before[-1] = replace(before[-1], end=at)
        spell = Spell(condition=condition, start=at, end=after[0].start if after else None, since=at)
        if before and before[-1].is_overdue and condition.waits_for(before[-1].condition.expected):
            spell = replace(spell, is_overdue=True)
        self.capabilities = {**self.capabilities, name: (*before, *_dated(before[-1:], (spell, *after)))}

    def note_lapsed_promise(self, number: int) -> None:
        """Take notice that a promise was not kept in time."""
        self.promises = tuple(
            replace(promise, is_overdue=True) if promise.number == number else promise for promise in self.promises
        )

    def note_lapsed_expectation(self, name: str) -> None:
        """Take notice that a capability is not back in time."""
        *before, last = self.capabilities[name]
        self.capabilities = {**self.capabilities, name: (*before, replace(last, is_overdue=True))}


def _dated(before: Sequence[Spell], spells: Sequence[Spell]) -> Iterator[Spell]:
    """Tell since when the state of each spell has held; those before are known to be right."""
    last = before[-1] if before else None
    for spell in spells:
        goes_on = last is not None and last.condition.state is spell.condition.state
        since = last.since if last is not None and goes_on else spell.start
        last = spell if spell.since == since else replace(spell, since=since)
        yield last


def handle_of(panel: str) -> str:
    """Give the handle under which the restorations of a panel are found, the latest loss first."""
    return f"restorations:{panel}"
