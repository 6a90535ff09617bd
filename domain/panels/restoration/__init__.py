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
    ListedContact,
    Loss,
    ProgressReport,
    Promise,
    RecoveryGap,
    RecoveryPoint,
    RestorationState,
    RestorationUpdate,
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
    "ListedContact",
    "Loss",
    "PanelRestoration",
    "ProgressReport",
    "Promise",
    "RecoveryGap",
    "RecoveryPoint",
    "RestorationState",
    "RestorationUpdate",
    "Spell",
    "Stage",
    "Suppression",
    "handle_of",
]
