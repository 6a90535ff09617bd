"""The restoration of a panel after access to it was lost."""

from domain.panels.restoration.restoration import PanelRestoration
from domain.panels.restoration.state import handle_of
from domain.panels.restoration.values import (
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
