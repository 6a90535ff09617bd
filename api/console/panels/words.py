"""What the screens of panels and restorations call states, reasons and lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from api.site.panel_parts import CAPABILITY_STATUS, CAPABILITY_WORDS, STAGE_WORDS
from application.durations import parse_duration
from domain.ledger.request_policy import Disposition
from domain.panels.account import RecoveryState, Relief, Warehouse
from domain.panels.automation_rules import AutomationReason
from domain.panels.restoration import CapabilityState, RestorationState

if TYPE_CHECKING:
    from collections.abc import Iterable

RESTORATION_WORDS = {
    str(RestorationState.ACCESS_LOST): "No access",
    str(RestorationState.ACCESS_RESTORED): "Access is back, being restored",
    str(RestorationState.COMPLETED): "Completed",
}
RESTORATION_STATUS = {
    str(RestorationState.ACCESS_LOST): "major_outage",
    str(RestorationState.ACCESS_RESTORED): "degraded_performance",
    str(RestorationState.COMPLETED): "operational",
}
"""The status whose color and shape a state has."""
CAPABILITY_STATES = {
    str(state): {"words": words, "status": str(CAPABILITY_STATUS[state])} for state, words in CAPABILITY_WORDS.items()
}
SHORT_STATES = {
    str(CapabilityState.AVAILABLE): "Works",
    str(CapabilityState.DEGRADED): "Limited",
    str(CapabilityState.SUSPENDED): "Off by us",
    str(CapabilityState.UNAVAILABLE): "Down",
    str(CapabilityState.UNKNOWN): "Not known",
}
"""What stands above a narrow column."""
STAGES = {str(stage): words for stage, words in STAGE_WORDS.items()}
ACCOUNT_WORDS = {
    str(RecoveryState.OPEN): "Waiting",
    str(RecoveryState.TEMPORARY): "Has a temporary account",
    str(RecoveryState.LINKED): "Linked, to be decided",
    str(RecoveryState.MERGED): "Merged",
    str(RecoveryState.KEPT_APART): "Kept apart",
    str(RecoveryState.ACCEPTED): "Accepted by the owner",
}
WAREHOUSE_WORDS = {
    str(Warehouse.KEEP_CURRENT): "Keep the present state",
    str(Warehouse.RESTORE_PREVIOUS): "Restore the former state; changes since then are dropped",
}
RELIEF_WORDS = {
    str(Relief.FREE_OF_CHARGE): "Free of charge",
    str(Relief.PAYMENT_BLOCK_SUSPENDED): "Not blocked for missing payments",
}
POLICY_WORDS = {
    str(Disposition.CHECK_BY_HAND): "A person checks each one",
    str(Disposition.REPROCESS): "We run it once access is back",
    str(Disposition.SOURCE_RESENDS): "The source sends it again",
    str(Disposition.SOURCE_RETRIES): "The source tries it again",
}
REASON_WORDS = {
    AutomationReason.CAPABILITY_SUSPENDED: "We have switched the function of this name off.",
    AutomationReason.CAPABILITY_UNAVAILABLE: "The function of this name does not work.",
    AutomationReason.CREATED_BEFORE: "It does not run for what was created before a set moment, and this was.",
    AutomationReason.ACCESS_LOST: "There is no access to the panel.",
    AutomationReason.UNDECIDED_GAP: "The item is of the time whose data is missing, and nobody has decided yet.",
    AutomationReason.CREATED_SINCE: "The item was created after the moment before which it does not run.",
    AutomationReason.SUPPRESSION_ENDED: "It was held back for older items, and that was ended.",
    AutomationReason.CAPABILITY_AVAILABLE: "The function of this name works.",
    AutomationReason.CAPABILITY_DEGRADED: "The function of this name works, with limits.",
    AutomationReason.CAPABILITY_UNKNOWN: "It is not known how the function of this name does, and no rule forbids it.",
    AutomationReason.NO_RULE: "No rule was ever set for it.",
}
KNOWN_LENGTHS = ((timedelta(hours=1), "h"), (timedelta(minutes=1), "m"), (timedelta(seconds=1), "s"))

WORDS: Mapping[str, Any] = {
    "restoration_words": RESTORATION_WORDS,
    "restoration_status": RESTORATION_STATUS,
    "capability_states": CAPABILITY_STATES,
    "short_states": SHORT_STATES,
    "stage_words": STAGES,
    "account_words": ACCOUNT_WORDS,
    "warehouse_words": WAREHOUSE_WORDS,
    "relief_words": RELIEF_WORDS,
    "policy_words": POLICY_WORDS,
    "moment": datetime.fromisoformat,
    "length": parse_duration,
}
"""What every template of these screens knows."""


def short_length(text: str) -> str:
    """Write an ISO 8601 duration as a form takes it: ``2h``."""
    length = parse_duration(text)
    found = next((f"{length // unit}{letter}" for unit, letter in KNOWN_LENGTHS if not length % unit), text)
    return found if length else "0s"


def grouped(items: Iterable[Mapping[str, Any]], member: str) -> Sequence[tuple[Any, list[Mapping[str, Any]]]]:
    """Put those together whose member is the same, in the order in which each group begins."""
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for item in items:
        found.setdefault(item[member], []).append(item)
    return list(found.items())
