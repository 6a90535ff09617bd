"""The guards of a restoration, and what the clock does with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from domain.errors import AlreadyCompleted, NoImpact, TooManyEntries, UnknownMoment
from domain.instants import written
from domain.ledger.reconciliation import CauseOfRequests
from domain.panels.errors import GradesDoNotAddUp, MoreThanInventory, NoInventory, RestorationOpen
from domain.panels.restoration import events
from domain.panels.restoration.state import RestorationInMotion
from domain.panels.restoration.values import CapabilityState, Inventory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from domain.panels.restoration.values import Condition, Count, Deadline, Stage
    from domain.provenance import Provenance

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
MOST = {
    "capabilities": 200,
    "suppressions": 500,
    "abandoned backlogs": 500,
    "instructions": 100,
    "promises": 200,
    "recovery points": 100,
}
"""How many of each kind one restoration can have, so that its document stays readable."""
MOST_NOTES = 200
"""How often something else can be said of a capability whose state stays as it is."""


class GuardedRestoration(RestorationInMotion, CauseOfRequests):
    """A restoration that knows what it refuses."""

    @property
    def next_due(self) -> datetime | None:
        """When the next promise, or the next expected date of a capability, passes."""
        return min((due for due, _, _ in self._waiting()), default=None)

    @property
    def handles(self) -> Mapping[str, datetime]:
        """Where its panel finds it, and retirements of components that it affects."""
        found = {handle_of(self.panel): self.began_at}
        return found | {f"affected:{component}": self.began_at for component in self.statuses}

    def come_due(self, *, provenance: Provenance) -> None:
        """Say what has lapsed at ``provenance.occurred_at``; no-op unless that is exactly ``next_due``."""
        for due, capability, deadline in tuple(self._waiting()):
            if due != provenance.occurred_at or due != self.next_due:
                continue
            if capability is not None:
                self.record(events.ExpectationLapsed, capability=capability, expected=deadline, provenance=provenance)
            elif self.promise is not None:
                self.record(events.PromiseLapsed, number=self.promise.number, provenance=provenance)

    def require_over(self, moment: datetime) -> None:
        """Refuse that the same panel is lost at a moment: its losses follow one another.

        Raises:
            RestorationOpen: if this restoration is not completed.
            UnknownMoment: if it was completed later.
        """
        if self.completed_at is None:
            msg = f"panel {self.panel} has restoration {self.id}, which is not completed; say there what was lost"
            raise RestorationOpen(msg, restoration=str(self.id))
        self._require_after(self.completed_at, moment, "it was completed")

    def _waiting(self) -> Iterator[tuple[datetime, str | None, Deadline]]:
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

    def _require_open(self, provenance: Provenance) -> None:
        if self.completed_at is not None:
            msg = f"restoration {self.id} is completed"
            raise AlreadyCompleted(msg)
        self._require_timely(provenance)

    def _require_timely(self, provenance: Provenance) -> None:
        provenance.require_past()
        self._require_after(self.began_at, provenance.occurred_at, "access was lost")

    def _require_after(self, start: datetime, moment: datetime, what: str) -> None:
        if moment < start:
            msg = f"restoration {self.id}: {what} at {written(start)}, after {written(moment)}"
            raise UnknownMoment(msg)

    def _require_ahead(self, deadline: Deadline | None, provenance: Provenance) -> None:
        if deadline is not None and deadline.passes_at <= provenance.occurred_at:
            msg = f"{deadline.said} has passed at {written(provenance.occurred_at)}, when it is said"
            raise UnknownMoment(msg)

    def _require_span(self, moment: datetime, tolerance: timedelta) -> None:
        if not timedelta(0) <= tolerance <= moment - BEGINNING:
            msg = f"{written(moment)}, give or take {tolerance}, is no time that there is"
            raise UnknownMoment(msg)

    def _require_room(self, kind: str, number: int) -> None:
        if number >= MOST[kind]:
            msg = f"restoration {self.id} has {number} {kind}; there can be no more"
            raise TooManyEntries(msg)

    def _require_news(self, capability: str, condition: Condition) -> None:
        """Leave room for what matters: a state can change at any time, but not every note is worth keeping."""
        spells = self.capabilities.get(capability, ())
        same = sum(spell.since == spells[-1].since for spell in spells[-MOST_NOTES:])
        if same >= MOST_NOTES and condition.state is spells[-1].condition.state:
            msg = f"capability {capability} has been {condition.state} with {same} notes; there can be no more"
            raise TooManyEntries(msg)

    def _require_effects(self, capability: str, condition: Condition) -> None:
        silent = condition.state is CapabilityState.AVAILABLE or self.completed_at is not None
        if condition.components and silent:
            because = "is available" if self.completed_at is None else "belongs to a restoration that is completed"
            msg = f"capability {capability} {because}, and affects no component"
            raise NoImpact(msg)
        for component, status in condition.components.items():
            if not status.is_impact:
                msg = f"component {component} cannot be {status} because of a capability"
                raise NoImpact(msg)

    def _inventory_of(self, revision: int | None) -> Inventory:
        known = {each.revision: each for each in self.inventories}
        wanted = len(self.inventories) if revision is None else revision
        if wanted not in known:
            msg = f"restoration {self.id} has no inventory" + (f" of revision {wanted}" if known else " yet")
            raise NoInventory(msg)
        return known[wanted]


def handle_of(panel: str) -> str:
    """Give the handle under which the restorations of a panel are found, the latest loss first."""
    return f"restorations:{panel}"


def require_parts(inventory: Inventory, stages: Mapping[Stage, Count]) -> None:
    """Refuse progress that is no part of an inventory: an account is at one stage, and of one grade.

    Raises:
        MoreThanInventory: if there are more accounts at stages than in the inventory.
        GradesDoNotAddUp: if the grades of a stage are not all of its accounts.
    """
    total = sum(count.accounts for count in stages.values())
    if total > inventory.accounts:
        msg = f"{total} accounts at stages are more than the {inventory.accounts} of inventory {inventory.revision}"
        raise MoreThanInventory(msg)
    for stage, count in stages.items():
        graded = sum(count.grades.values())
        if count.grades and graded != count.accounts:
            msg = f"stage {stage}: grades of {graded} accounts do not add up to {count.accounts}"
            raise GradesDoNotAddUp(msg)
