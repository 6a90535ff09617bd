"""The restoration of a panel after access to it was lost."""

from domain.restoration.aggregate import PanelRestoration
from domain.restoration.facts import (
    Backlog,
    CapabilityState,
    Condition,
    Count,
    Deadline,
    Instruction,
    Inventory,
    Loss,
    ProgressReport,
    Promise,
    RecoveryPoint,
    RestorationState,
    Spell,
    Stage,
    Suppression,
)
from domain.restoration.guards import handle_of

__all__ = [
    "Backlog",
    "CapabilityState",
    "Condition",
    "Count",
    "Deadline",
    "Instruction",
    "Inventory",
    "Loss",
    "PanelRestoration",
    "ProgressReport",
    "Promise",
    "RecoveryPoint",
    "RestorationState",
    "Spell",
    "Stage",
    "Suppression",
    "handle_of",
]
