"""The guards of a restoration: what a command may rely on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from domain.errors import AlreadyCompleted, NoImpact, TooManyEntries, UnknownMoment
from domain.instants import written
from domain.panels.errors import GradesDoNotAddUp, MoreThanInventory, NoInventory, RestorationOpen
from domain.panels.restoration.values import CapabilityState, Inventory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.panels.restoration.state import RestorationInMotion
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


def require_over(restoration: RestorationInMotion, moment: datetime) -> None:
    """Refuse that the same panel is lost at a moment: its losses follow one another.

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


def require_open(restoration: RestorationInMotion, provenance: Provenance) -> None:
    """Refuse what nobody says of a restoration that is completed; see ``require_timely``.

    Raises:
        AlreadyCompleted: if it is.
    """
    if restoration.completed_at is not None:
        raise AlreadyCompleted(f"restoration {restoration.id} is completed")
    require_timely(restoration, provenance)


def require_timely(restoration: RestorationInMotion, provenance: Provenance) -> None:
    """Refuse what is said of the future, or of a time before the loss.

    Raises:
        InTheFuture: if it lies more than five seconds from now.
        UnknownMoment: if it lies before the loss.
    """
    provenance.require_past()
    require_after(restoration, restoration.began_at, provenance.occurred_at, "access was lost")


def require_after(restoration: RestorationInMotion, start: datetime, moment: datetime, what: str) -> None:
    """Refuse a moment before another one; ``what`` says what happened then.

    Raises:
        UnknownMoment: if it lies before.
    """
    if moment < start:
        raise UnknownMoment(f"restoration {restoration.id}: {what} at {written(start)}, after {written(moment)}")


def require_ahead(deadline: Deadline | None, provenance: Provenance) -> None:
    """Refuse a deadline that has passed when it is said.

    Raises:
        UnknownMoment: if it has.
    """
    if deadline is not None and deadline.passes_at <= provenance.occurred_at:
        raise UnknownMoment(f"{deadline.said} has passed at {written(provenance.occurred_at)}, when it is said")


def require_span(moment: datetime, tolerance: timedelta) -> None:
    """Refuse a moment that, give or take ``tolerance``, could be of a time that there is not.

    Raises:
        UnknownMoment: if it could, or the tolerance is negative.
    """
    if not timedelta(0) <= tolerance <= moment - BEGINNING:
        raise UnknownMoment(f"{written(moment)}, give or take {tolerance}, is no time that there is")


def require_room(restoration: RestorationInMotion, kind: str, number: int) -> None:
    """Refuse one more of a kind than there can be.

    Raises:
        TooManyEntries: if there are as many already.
    """
    if number >= MOST[kind]:
        raise TooManyEntries(f"restoration {restoration.id} has {number} {kind}; there can be no more")


def require_news(restoration: RestorationInMotion, capability: str, condition: Condition) -> None:
    """Leave room for what matters: a state can change at any time, but not every note is worth keeping.

    Raises:
        TooManyEntries: if as many notes were kept of a state that stays as there can be.
    """
    spells = restoration.capabilities.get(capability, ())
    same = sum(spell.since == spells[-1].since for spell in spells[-MOST_NOTES:])
    if same >= MOST_NOTES and condition.state is spells[-1].condition.state:
        raise TooManyEntries(
            f"capability {capability} has been {condition.state} with {same} notes; there can be no more"
        )


def require_effects(restoration: RestorationInMotion, capability: str, condition: Condition) -> None:
    """Refuse effects on components that the condition of a capability cannot have.

    Raises:
        NoImpact: if it affects components and cannot, or says what is no impact.
    """
    silent = condition.state is CapabilityState.AVAILABLE or restoration.completed_at is not None
    if condition.components and silent:
        because = "is available" if restoration.completed_at is None else "belongs to a restoration that is completed"
        raise NoImpact(f"capability {capability} {because}, and affects no component")
    for component, status in condition.components.items():
        if not status.is_impact:
            raise NoImpact(f"component {component} cannot be {status} because of a capability")


def inventory_of(restoration: RestorationInMotion, revision: int | None) -> Inventory:
    """Give the inventory of a revision, or the newest.

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


def require_parts(inventory: Inventory, stages: Mapping[Stage, Count]) -> None:
    """Refuse progress that is no part of an inventory: an account is at one stage, and of one grade.

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
