"""The recovery of one account in a restoration; all of it is private."""

from domain.panels.account.account import AccountRecovery
from domain.panels.account.values import (
    ArchiveAccount,
    Backfill,
    Collision,
    Joining,
    Particulars,
    RecoveryState,
    Relief,
    ReliefSpan,
    Resolution,
    TemporaryAccount,
    Warehouse,
)

__all__ = [
    "AccountRecovery",
    "ArchiveAccount",
    "Backfill",
    "Collision",
    "Joining",
    "Particulars",
    "RecoveryState",
    "Relief",
    "ReliefSpan",
    "Resolution",
    "TemporaryAccount",
    "Warehouse",
]
