"""The guards of a restoration: each refuses what a command may not do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from domain.errors import AlreadyCompleted, NoImpact, TooManyEntries, UnknownMoment
from domain.instants import EARLIEST, written
from domain.panels.errors import (
    GradesDoNotAddUp,
    MoreThanInventory,
    NoInventory,
    RecoveryPointTooEarly,
    RestorationOpen,
)
from domain.panels.restoration.values import CapabilityState, Inventory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.panels.restoration.state import PanelRestorationState
    from domain.panels.restoration.values import Condition, Count, Deadline, Stage
    from domain.provenance import Provenance

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
LIMITS = {
    "capabilities": 200,
    "suppressions": 500,
    "abandoned backlogs": 500,
    "instructions": 100,
    "contacts": 100,
    "promises": 200,
    "recovery points": 100,
}
"""The most of each kind that one restoration can have, so that its document stays readable."""
NOTE_LIMIT = 200
"""How many notes on a capability are kept while its state stays the same."""


def require_completed(restoration: PanelRestorationState, moment: datetime) -> None:
    """Refuse a new restoration of the panel, lost at ``moment``, unless this one was completed by then.

    Raises:
        RestorationOpen: if this restoration is not completed.
        UnknownMoment: if it was completed later.
    """
    if restoration.completed_at is None:
        raise RestorationOpen(
            f"panel {restoration.panel} has restoration {restoration.id}, which is not completed;"
            " say there what was lost",
            restoration=str(restoration.id),
        )
    require_after(restoration, restoration.completed_at, moment, "it was completed")


def require_open(restoration: PanelRestorationState, provenance: Provenance) -> None:
    """Refuse a command on a restoration that is completed, or one that ``require_timely`` refuses.

    Raises:
        AlreadyCompleted: if it is completed.
    """
    if restoration.completed_at is not None:
        raise AlreadyCompleted(f"restoration {restoration.id} is completed")
    require_timely(restoration, provenance)


def require_timely(restoration: PanelRestorationState, provenance: Provenance) -> None:
    """Refuse what occurred in the future, or before access was lost first.

    Raises:
        InTheFuture: if it occurred more than five seconds from now.
        UnknownMoment: if it occurred before the loss.
    """
    provenance.require_past()
    require_after(restoration, restoration.began_at, provenance.occurred_at, "access was lost")


def require_after(restoration: PanelRestorationState, start: datetime, moment: datetime, what: str) -> None:
    """Refuse a moment before ``start``; ``what`` says in the message what happened at ``start``.

    Raises:
        UnknownMoment: if the moment lies before.
    """
    if moment < start:
        raise UnknownMoment(f"restoration {restoration.id}: {what} at {written(start)}, after {written(moment)}")


def require_future_deadline(deadline: Deadline | None, provenance: Provenance) -> None:
    """Refuse a deadline that had passed when the command occurred.

    Raises:
        UnknownMoment: if it had passed.
    """
    if deadline is not None and deadline.passes_at <= provenance.occurred_at:
        raise UnknownMoment(f"{deadline.said} has passed at {written(provenance.occurred_at)}, when it is said")


def require_representable(moment: datetime, tolerance: timedelta) -> None:
    """Refuse a moment that, less its ``tolerance``, lies before the year 1, the first that can be stored.

    Raises:
        UnknownMoment: if it does, or the tolerance is negative.
    """
    if not timedelta(0) <= tolerance <= moment - BEGINNING:
        raise UnknownMoment(f"{written(moment)}, give or take {tolerance}, is no time that there is")


def require_late_enough(as_of: datetime) -> None:
    """Refuse a recovery point of the time of a clock that was never set: from then on, anything would be in the gap.

    Raises:
        RecoveryPointTooEarly: if it is.
    """
    if as_of < EARLIEST:
        raise RecoveryPointTooEarly(
            f"the data cannot be of {written(as_of)}; the earliest that can be is {written(EARLIEST)}"
        )


def require_capacity(restoration: PanelRestorationState, kind: str, number: int) -> None:
    """Refuse one more of a kind (a key of ``LIMITS``) of which there are ``number``.

    Raises:
        TooManyEntries: if there are as many as there can be.
    """
    if number >= LIMITS[kind]:
        raise TooManyEntries(f"restoration {restoration.id} has {number} {kind}; there can be no more")


def require_note_capacity(restoration: PanelRestorationState, capability: str, condition: Condition) -> None:
    """Refuse another note on a capability that has too many, unless its state changes with it.

    Raises:
        TooManyEntries: if the present state has as many notes as are kept.
    """
    spells = restoration.capabilities.get(capability, ())
    same = sum(spell.since == spells[-1].since for spell in spells[-NOTE_LIMIT:])
    if same >= NOTE_LIMIT and condition.state is spells[-1].condition.state:
        raise TooManyEntries(
            f"capability {capability} has been {condition.state} with {same} notes; there can be no more"
        )


def require_effects(restoration: PanelRestorationState, capability: str, condition: Condition) -> None:
    """Refuse effects on components that the condition of a capability cannot have.

    Raises:
        NoImpact: if the capability is available or the restoration completed, or a status is no impact.
    """
    silent = condition.state is CapabilityState.AVAILABLE or restoration.completed_at is not None
    if condition.components and silent:
        because = "is available" if restoration.completed_at is None else "belongs to a restoration that is completed"
        raise NoImpact(f"capability {capability} {because}, and affects no component")
    for component, status in condition.components.items():
        if not status.is_impact:
            raise NoImpact(f"component {component} cannot be {status} because of a capability")


def find_inventory(restoration: PanelRestorationState, revision: int | None) -> Inventory:
    """Find the inventory of a revision, counted from 1; the newest for None.

    Raises:
        NoInventory: if there is none, or none of that revision.
    """
    known = {each.revision: each for each in restoration.inventories}
    wanted = len(restoration.inventories) if revision is None else revision
    if wanted not in known:
        raise NoInventory(
            f"restoration {restoration.id} has no inventory" + (f" of revision {wanted}" if known else " yet")
        )
    return known[wanted]


def require_within_inventory(inventory: Inventory, stages: Mapping[Stage, Count]) -> None:
    """Refuse progress that does not fit an inventory: each account is at one stage, and has one grade at most.

    Raises:
        MoreThanInventory: if there are more accounts at stages than in the inventory.
        GradesDoNotAddUp: if the grades of a stage are not all of its accounts.
    """
    total = sum(count.accounts for count in stages.values())
    if total > inventory.accounts:
        raise MoreThanInventory(
            f"{total} accounts at stages are more than the {inventory.accounts} of inventory {inventory.revision}"
        )
    for stage, count in stages.items():
        graded = sum(count.grades.values())
        if count.grades and graded != count.accounts:
            raise GradesDoNotAddUp(f"stage {stage}: grades of {graded} accounts do not add up to {count.accounts}")
