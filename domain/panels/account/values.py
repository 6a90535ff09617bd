"""The plain facts that the recovery of an account is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.text import Text


class RecoveryState(StrEnum):
    """How far the recovery of an account has come."""

    OPEN = "open"
    TEMPORARY = "temporary"
    LINKED = "linked"
    MERGED = "merged"
    KEPT_APART = "kept_apart"
    ACCEPTED = "accepted"


class Joining(StrEnum):
    """What becomes of a temporary account."""

    MERGE = "merge"
    KEEP_APART = "keep_apart"


class Warehouse(StrEnum):
    """What the owner wants of the warehouse once its data is back."""

    KEEP_CURRENT = "keep_current"
    RESTORE_PREVIOUS = "restore_previous"


class Relief(StrEnum):
    """What an owner is spared for a time."""

    FREE_OF_CHARGE = "free_of_charge"
    PAYMENT_BLOCK_SUSPENDED = "payment_block_suspended"


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What is said of an account as it is taken in: the day of its creation, if known, and a note for operators."""

    created_on: date | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class TemporaryAccount:
    """An account on another panel, under another login, since an instant."""

    panel: str
    account: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Collision:
    """A number (of an order, of an invoice) that both accounts have given."""

    kind: str
    number: str


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """What becomes of a number that both accounts have given."""

    kind: str
    number: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ArchiveAccount:
    """A read-only account since an instant, with the data of a half-open span."""

    account: str
    since: datetime
    covers_from: datetime
    covers_until: datetime


@dataclass(frozen=True, kw_only=True)
class Backfill:
    """Kinds of data asked for, of a half-open span, and how many of each were delivered, and when."""

    number: int
    kinds: tuple[str, ...]
    start: datetime
    until: datetime
    asked_at: datetime
    delivered: Mapping[str, int] | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OwnerLink:
    """The secret link of the owner as it is kept: its digest (SHA-256, hex), never the secret."""

    digest: str
    issued_at: datetime
    expires_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether it still opens; at the very moment that it expires it does not."""
        return now < self.expires_at


@dataclass(frozen=True, kw_only=True)
class ReliefSpan:
    """A half-open span during which an owner is spared something; without an end until further notice."""

    relief: Relief
    start: datetime
    until: datetime | None
    note: Text
