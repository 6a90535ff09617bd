"""The recovery of one account in a restoration; all of it is private."""

from domain.account.aggregate import AccountRecovery
from domain.account.facts import (
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
