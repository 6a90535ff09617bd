"""What can happen in the recovery of an account; each event says its effect beside its facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.aggregate import Created, Event
from domain.panels.account.state import AccountRecoveryState
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
from domain.text import Text


class RecoveryEvent(Event):
    """Something that happened in the recovery of an account."""

    @property
    def at(self) -> datetime:
        """When it was true in the world."""
        return self.provenance.occurred_at


class Opened(Created, RecoveryEvent):
    """An account was taken in, as one that a restoration has to recover."""

    TOPIC = "account_recovery.opened"
    restoration: UUID
    account: str
    particulars: Particulars

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Know the account."""
        aggregate.restoration, aggregate.account = self.restoration, self.account
        aggregate.particulars, aggregate.opened_at = self.particulars, self.at


class ParticularsChanged(RecoveryEvent):
    """The account was taken in again, and other things were said of it."""

    TOPIC = "account_recovery.particulars_changed"
    particulars: Particulars

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Take over what is said."""
        aggregate.particulars = self.particulars


class TemporaryAccountOpened(RecoveryEvent):
    """The owner got an account on another panel for the time being."""

    TOPIC = "account_recovery.temporary_account_opened"
    panel: str
    account: str

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Let it take the place of one before, which was not linked."""
        aggregate.temporary = TemporaryAccount(panel=self.panel, account=self.account, since=self.at)
        aggregate.stage = RecoveryState.TEMPORARY


class Linked(RecoveryEvent):
    """The temporary account was linked with the account; the numbers that both have given are known."""

    TOPIC = "account_recovery.linked"
    collisions: tuple[Collision, ...]

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Wait for a decision."""
        aggregate.linked_at, aggregate.collisions = self.at, self.collisions
        aggregate.stage = RecoveryState.LINKED


class CollisionsFound(RecoveryEvent):
    """More numbers are known that both accounts have given."""

    TOPIC = "account_recovery.collisions_found"
    collisions: tuple[Collision, ...]

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """List them."""
        aggregate.collisions = (*aggregate.collisions, *self.collisions)


class CollisionsResolved(RecoveryEvent):
    """It was said what becomes of numbers that both accounts have given."""

    TOPIC = "account_recovery.collisions_resolved"
    resolutions: tuple[Resolution, ...]

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Keep it beside the numbers."""
        aggregate.resolutions = (*aggregate.resolutions, *self.resolutions)


class Joined(RecoveryEvent):
    """It was decided whether the two accounts are merged; ``resolutions`` are the last that were said."""

    TOPIC = "account_recovery.joined"
    decision: Joining
    resolutions: tuple[Resolution, ...]
    reason: str | None

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Be one account, or two for good."""
        aggregate.joined_at, aggregate.resolutions = self.at, (*aggregate.resolutions, *self.resolutions)
        merged = self.decision is Joining.MERGE
        aggregate.stage = RecoveryState.MERGED if merged else RecoveryState.KEPT_APART


class ArchiveAccountGiven(RecoveryEvent):
    """The owner can read what lies between backup and loss."""

    TOPIC = "account_recovery.archive_account_given"
    account: str
    covers_from: datetime
    covers_until: datetime

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Know the archive account."""
        aggregate.archive = ArchiveAccount(
            account=self.account, since=self.at, covers_from=self.covers_from, covers_until=self.covers_until
        )


class WarehouseChosen(RecoveryEvent):
    """The owner chose what becomes of the warehouse."""

    TOPIC = "account_recovery.warehouse_chosen"
    choice: Warehouse

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Wait until it is executed."""
        aggregate.warehouse, aggregate.warehouse_chosen_at = self.choice, self.at
        aggregate.warehouse_choices += 1


class WarehouseChoiceExecuted(RecoveryEvent):
    """The choice for the warehouse was executed."""

    TOPIC = "account_recovery.warehouse_choice_executed"

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Be settled."""
        aggregate.warehouse_executed_at = self.at


class BackfillAsked(RecoveryEvent):
    """The owner asked for data of a span to be fetched into the account."""

    TOPIC = "account_recovery.backfill_asked"
    kinds: tuple[str, ...]
    start: datetime
    until: datetime

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Wait for the delivery."""
        number = len(aggregate.backfills) + 1
        backfill = Backfill(number=number, kinds=self.kinds, start=self.start, until=self.until, asked_at=self.at)
        aggregate.backfills = (*aggregate.backfills, backfill)


class BackfillDelivered(RecoveryEvent):
    """What a backfill asked for was fetched: so many of each kind."""

    TOPIC = "account_recovery.backfill_delivered"
    number: int
    counts: Mapping[str, int]

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Count what came."""
        aggregate.backfills = tuple(
            replace(each, delivered=self.counts, delivered_at=self.at) if each.number == self.number else each
            for each in aggregate.backfills
        )


class ReliefGranted(RecoveryEvent):
    """The owner is spared something for a time; the newest span of a kind is what holds."""

    TOPIC = "account_recovery.relief_granted"
    relief: Relief
    start: datetime
    until: datetime | None
    note: Text

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Let it take the place of one that begins at the same instant."""
        others = [each for each in aggregate.reliefs if (each.relief, each.start) != (self.relief, self.start)]
        relief = ReliefSpan(relief=self.relief, start=self.start, until=self.until, note=self.note)
        aggregate.reliefs = (*others, relief)


class Accepted(RecoveryEvent):
    """The owner accepted the account as it is."""

    TOPIC = "account_recovery.accepted"
    by: str
    note: str | None

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Be recovered."""
        aggregate.accepted_at, aggregate.accepted_by = self.at, self.by


class OwnerLinkIssued(RecoveryEvent):
    """The owner got a secret link to see the account and to choose; of its secret only the digest (SHA-256) is kept."""

    TOPIC = "account_recovery.owner_link_issued"
    digest: str
    expires_at: datetime

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Let it take the place of the one before, which opens nothing any more."""
        aggregate.owner_link = OwnerLink(digest=self.digest, issued_at=self.at, expires_at=self.expires_at)


class OwnerLinkRevoked(RecoveryEvent):
    """The link of the owner opens nothing any more."""

    TOPIC = "account_recovery.owner_link_revoked"

    def apply(self, aggregate: AccountRecoveryState) -> None:
        """Know of no link."""
        aggregate.owner_link = None
