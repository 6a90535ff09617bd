"""The recovery of one account in a restoration; all of it is private."""

from domain.panels.account.account import AccountRecovery
from domain.panels.account.state import owner_link_handle
from domain.panels.account.values import (
    ArchiveAccount,
    Backfill,
    Collision,
    Joining,
    OwnerLink,
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
    "OwnerLink",
    "Particulars",
    "RecoveryState",
    "Relief",
    "ReliefSpan",
    "Resolution",
    "TemporaryAccount",
    "Warehouse",
    "owner_link_handle",
]
