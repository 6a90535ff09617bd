"""Whether an automation may run for an item: the rules that losses and restorations of a panel have left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from domain.panels.restoration.values import CapabilityState, RecoveryGap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class AutomationReason(StrEnum):
    """Why an automation may run, or not."""

    CAPABILITY_SUSPENDED = "capability_suspended"
    CAPABILITY_UNAVAILABLE = "capability_unavailable"
    CREATED_BEFORE = "created_before"
    ACCESS_LOST = "access_lost"
    UNDECIDED_GAP = "undecided_gap"
    CREATED_SINCE = "created_since"
    SUPPRESSION_ENDED = "suppression_ended"
    CAPABILITY_AVAILABLE = "capability_available"
    CAPABILITY_DEGRADED = "capability_degraded"
    CAPABILITY_UNKNOWN = "capability_unknown"
    NO_RULE = "no_rule"


FORBIDDEN = frozenset(
    {
        AutomationReason.CAPABILITY_SUSPENDED,
        AutomationReason.CAPABILITY_UNAVAILABLE,
        AutomationReason.CREATED_BEFORE,
        AutomationReason.ACCESS_LOST,
        AutomationReason.UNDECIDED_GAP,
    }
)
"""The reasons for which an automation does not run."""


@dataclass(frozen=True, kw_only=True)
class AutomationRule:
    """What one restoration says of one automation of its panel.

    ``state`` is that of the capability of the same name, None if it says nothing of one; items created before
    ``suppressed_before`` are left out, None if none are; ``began_at`` orders the restorations of a panel. It
    ``is_decided`` if a person has said anything of it in that restoration.
    """

    restoration: UUID
    began_at: datetime
    state: CapabilityState | None
    suppressed_before: datetime | None
    is_decided: bool


@dataclass(frozen=True, kw_only=True)
class LossRule:
    """What one restoration says of every automation of its panel: whether access is lost, and what is missing."""

    restoration: UUID
    began_at: datetime
    is_lost: bool
    gaps: tuple[RecoveryGap, ...] = ()

    def misses(self, item_created_at: datetime) -> bool:
        """Tell whether an item was created in a gap."""
        return any(gap.start <= item_created_at < gap.end for gap in self.gaps)


@dataclass(frozen=True, kw_only=True)
class AutomationDecision:
    """Whether it may run, why, and which restoration says so, if one does."""

    because: AutomationReason
    restoration: UUID | None = None

    @property
    def run(self) -> bool:
        """Whether it may run."""
        return self.because not in FORBIDDEN


def decide(
    rules: Iterable[AutomationRule], losses: Iterable[LossRule], item_created_at: datetime
) -> AutomationDecision:
    """Decide whether an automation may run for an item.

    The capability is as the latest restoration says that speaks of it; suppressions outlive their restorations, so
    that each one counts. So do gaps: an item of one was perhaps handled before the loss, and is handled again only
    once somebody has said in that restoration how it is with the automation.
    """
    ordered = sorted(rules, key=_latest, reverse=True)
    speaking = next((rule for rule in ordered if rule.state is not None), None)
    return (
        _stopped(ordered, speaking, item_created_at)
        or _kept(ordered, sorted(losses, key=_latest, reverse=True), item_created_at)
        or _allowed(ordered, speaking)
    )


def _stopped(
    rules: Sequence[AutomationRule], speaking: AutomationRule | None, item_created_at: datetime
) -> AutomationDecision | None:
    """Tell whether it is stopped by what was said of it: its capability, or a suppression."""
    if speaking is not None and speaking.state in {CapabilityState.SUSPENDED, CapabilityState.UNAVAILABLE}:
        return _by_capability(speaking)
    for rule in rules:
        if rule.suppressed_before is not None and item_created_at < rule.suppressed_before:
            return AutomationDecision(because=AutomationReason.CREATED_BEFORE, restoration=rule.restoration)
    return None


def _kept(
    rules: Sequence[AutomationRule], losses: Sequence[LossRule], item_created_at: datetime
) -> AutomationDecision | None:
    """Tell whether a loss keeps it from the item, whatever was said: there is no access, or the item is of a gap."""
    decided = {rule.restoration for rule in rules if rule.is_decided}
    for loss in losses:
        if loss.is_lost:
            return AutomationDecision(because=AutomationReason.ACCESS_LOST, restoration=loss.restoration)
    for loss in losses:
        if loss.misses(item_created_at) and loss.restoration not in decided:
            return AutomationDecision(because=AutomationReason.UNDECIDED_GAP, restoration=loss.restoration)
    return None


def _allowed(rules: Sequence[AutomationRule], speaking: AutomationRule | None) -> AutomationDecision:
    suppressing = next((rule for rule in rules if rule.suppressed_before is not None), None)
    if suppressing is not None:
        return AutomationDecision(because=AutomationReason.CREATED_SINCE, restoration=suppressing.restoration)
    if speaking is not None:
        return _by_capability(speaking)
    if rules:
        return AutomationDecision(because=AutomationReason.SUPPRESSION_ENDED, restoration=rules[0].restoration)
    return AutomationDecision(because=AutomationReason.NO_RULE)


def _by_capability(rule: AutomationRule) -> AutomationDecision:
    return AutomationDecision(because=AutomationReason(f"capability_{rule.state}"), restoration=rule.restoration)


def _latest(rule: AutomationRule | LossRule) -> tuple[datetime, str]:
    return rule.began_at, str(rule.restoration)
