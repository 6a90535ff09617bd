"""Whether an automation may run for an item: the rules that losses and restorations of a panel have left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from domain.panels.restoration.values import CapabilityState

if TYPE_CHECKING:
    from collections.abc import Iterable


class AutomationReason(StrEnum):
    """Why an automation may run, or not."""

    CAPABILITY_SUSPENDED = "capability_suspended"
    CAPABILITY_UNAVAILABLE = "capability_unavailable"
    CREATED_BEFORE = "created_before"
    CREATED_SINCE = "created_since"
    SUPPRESSION_ENDED = "suppression_ended"
    CAPABILITY_AVAILABLE = "capability_available"
    CAPABILITY_DEGRADED = "capability_degraded"
    CAPABILITY_UNKNOWN = "capability_unknown"
    NO_RULE = "no_rule"


FORBIDDEN = frozenset(
    {AutomationReason.CAPABILITY_SUSPENDED, AutomationReason.CAPABILITY_UNAVAILABLE, AutomationReason.CREATED_BEFORE}
)
"""The reasons for which an automation does not run."""


@dataclass(frozen=True, kw_only=True)
class AutomationRule:
    """What one restoration says of one automation of its panel.

    ``state`` is that of the capability of the same name, None if it says nothing of one; items created before
    ``suppressed_before`` are left out, None if none are; ``began_at`` orders the restorations of a panel.
    """

    restoration: UUID
    began_at: datetime
    state: CapabilityState | None
    suppressed_before: datetime | None


@dataclass(frozen=True, kw_only=True)
class AutomationDecision:
    """Whether it may run, why, and which restoration says so, if one does."""

    because: AutomationReason
    restoration: UUID | None = None

    @property
    def run(self) -> bool:
        """Whether it may run."""
        return self.because not in FORBIDDEN


def decide(rules: Iterable[AutomationRule], item_created_at: datetime) -> AutomationDecision:
    """Decide whether an automation may run for an item.

    The capability is as the latest restoration says that speaks of it; suppressions outlive their restorations, so
    that each one counts.
    """
    ordered = sorted(rules, key=lambda rule: (rule.began_at, str(rule.restoration)), reverse=True)
    speaking = next((rule for rule in ordered if rule.state is not None), None)
    if speaking is not None and speaking.state in {CapabilityState.SUSPENDED, CapabilityState.UNAVAILABLE}:
        return AutomationDecision(
            because=AutomationReason(f"capability_{speaking.state}"), restoration=speaking.restoration
        )
    for rule in ordered:
        if rule.suppressed_before is not None and item_created_at < rule.suppressed_before:
            return AutomationDecision(because=AutomationReason.CREATED_BEFORE, restoration=rule.restoration)
    suppressing = next((rule for rule in ordered if rule.suppressed_before is not None), None)
    if suppressing is not None:
        return AutomationDecision(because=AutomationReason.CREATED_SINCE, restoration=suppressing.restoration)
    if speaking is not None:
        return AutomationDecision(
            because=AutomationReason(f"capability_{speaking.state}"), restoration=speaking.restoration
        )
    if ordered:
        return AutomationDecision(because=AutomationReason.SUPPRESSION_ENDED, restoration=ordered[0].restoration)
    return AutomationDecision(because=AutomationReason.NO_RULE)
