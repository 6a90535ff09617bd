"""What can be done with the accounts of a restoration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from application.batches import ItemResult
from application.errors import AlreadyExists
from application.panels.commands import require_panel
from application.targets import Target
from domain.errors import DomainError
from domain.panels.account import AccountRecovery, Particulars
from domain.panels.restoration import PanelRestoration

if TYPE_CHECKING:
    from application.caller import Caller
    from application.log import Log
    from domain.panels.account import Collision, Joining, Relief, Resolution, Warehouse
    from domain.panels.panel import Days
    from domain.provenance import Provenance
    from domain.text import Text


class AccountOutcome(StrEnum):
    """What became of an account that was handed in."""

    ADDED = "added"
    CHANGED = "changed"
    REPEAT = "repeat"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class AccountEntry:
    """An account to take in: its name, and what is known of it."""

    account: str
    particulars: Particulars


class Accounts:
    """The commands on accounts; each runs inside one command of the log, and returns the recovery as it is then."""

    def open(self, log: Log, *, restoration: UUID, entry: AccountEntry, caller: Caller) -> AccountRecovery:
        """Add one account to a restoration.

        Raises:
            NotFound: if there is no such restoration.
            AlreadyExists: if the restoration has it.
            AccountOfAnotherPanel: if it was created on a day of another panel.
        """
        days = self._days(log, restoration)
        if log.find(AccountRecovery, AccountRecovery.id_of(restoration, entry.account)) is not None:
            raise AlreadyExists(f"restoration {restoration} has account {entry.account} already")
        return self._add(log, restoration, entry, days, caller.says(log))

    def add_many(
        self, log: Log, *, restoration: UUID, entries: Sequence[AccountEntry], caller: Caller
    ) -> Sequence[ItemResult]:
        """Add many accounts to a restoration, or change what is known of them.

        One that is refused does not stop the others; the same one again is a repeat. The results are in the order of
        ``entries``.

        Raises:
            NotFound: if there is no such restoration.
        """
        days, provenance = self._days(log, restoration), caller.says(log)
        return [self._add_or_change(log, restoration, entry, days, provenance) for entry in entries]

    def open_temporary_account(self, log: Log, *, target: Target, panel: str, account: str) -> AccountRecovery:
        """Open an account on another panel for the owner.

        Raises:
            Invalid: if there is no such panel.
        """
        recovery, provenance = target.load(log, AccountRecovery)
        lost = log.load(PanelRestoration, recovery.restoration).panel
        require_panel(log, panel)
        recovery.open_temporary_account(lost_panel=lost, panel=panel, account=account, provenance=provenance)
        return _saved(log, recovery)

    def link(self, log: Log, *, target: Target, collisions: tuple[Collision, ...]) -> AccountRecovery:
        """Link the temporary account; ``collisions`` are the numbers that both accounts have given."""
        recovery, provenance = target.load(log, AccountRecovery)
        recovery.link(collisions=collisions, provenance=provenance)
        return _saved(log, recovery)

    def join(
        self, log: Log, *, target: Target, decision: Joining, resolutions: tuple[Resolution, ...], reason: str | None
    ) -> AccountRecovery:
        """Merge the two accounts, or keep them apart."""
        recovery, provenance = target.load(log, AccountRecovery)
        recovery.join(decision=decision, resolutions=resolutions, reason=reason, provenance=provenance)
        return _saved(log, recovery)

    def give_archive_account(
        self, log: Log, *, target: Target, account: str, covers_from: datetime, covers_until: datetime
    ) -> AccountRecovery:
        """Give the owner a read-only account with the data between backup and loss."""
        recovery, provenance = target.load(log, AccountRecovery)
        recovery.give_archive_account(
            account=account, covers_from=covers_from, covers_until=covers_until, provenance=provenance
        )
        return _saved(log, recovery)

    def choose_warehouse(self, log: Log, *, target: Target, choice: Warehouse) -> AccountRecovery:
        """Record what the owner wants of the warehouse."""
        recovery, provenance = target.load(log, AccountRecovery)
        recovery.choose_warehouse(choice=choice, provenance=provenance)
        return _saved(log, recovery)

    def execute_warehouse_choice(self, log: Log, *, target: Target) -> AccountRecovery:
        """Record that the choice for the warehouse was executed."""
        recovery, provenance = target.load(log, AccountRecovery)
        recovery.execute_warehouse_choice(provenance=provenance)
        return _saved(log, recovery)

    def ask_backfill(
        self, log: Log, *, target: Target, kinds: tuple[str, ...], start: datetime, until: datetime
    ) -> AccountRecovery:
        """Record which kinds of data the owner wants, from ``start`` to ``until``."""
        recovery, provenance = target.load(log, AccountRecovery)
        recovery.ask_backfill(kinds=kinds, start=start, until=until, provenance=provenance)
        return _saved(log, recovery)

    def deliver_backfill(self, log: Log, *, target: Target, number: int, counts: Mapping[str, int]) -> AccountRecovery:
        """Record how many of each kind were fetched."""
        recovery, provenance = target.load(log, AccountRecovery)
        recovery.deliver_backfill(number=number, counts=counts, provenance=provenance)
        return _saved(log, recovery)

    def relieve(
        self, log: Log, *, target: Target, relief: Relief, start: datetime, until: datetime | None, note: Text
    ) -> AccountRecovery:
        """Spare the owner something from ``start`` to ``until``; without an end, until further notice."""
        recovery, provenance = target.load(log, AccountRecovery)
        recovery.relieve(relief=relief, start=start, until=until, note=note, provenance=provenance)
        return _saved(log, recovery)

    def accept(self, log: Log, *, target: Target, by: str, note: str | None) -> AccountRecovery:
        """Record that the owner accepted the account; ``by`` names who did."""
        recovery, provenance = target.load(log, AccountRecovery)
        recovery.accept(by=by, note=note, provenance=provenance)
        return _saved(log, recovery)

    def _days(self, log: Log, restoration: UUID) -> Days:
        return require_panel(log, log.load(PanelRestoration, restoration).panel).accounts

    def _add_or_change(
        self, log: Log, restoration: UUID, entry: AccountEntry, days: Days, provenance: Provenance
    ) -> ItemResult:
        known = log.find(AccountRecovery, AccountRecovery.id_of(restoration, entry.account))
        try:
            if known is None:
                self._add(log, restoration, entry, days, provenance)
                return ItemResult(outcome=AccountOutcome.ADDED)
            known.describe(particulars=entry.particulars, days=days, provenance=provenance)
        except DomainError as refusal:
            return ItemResult(outcome=AccountOutcome.REFUSED, refusal=refusal)
        if not known.pending_events:
            return ItemResult(outcome=AccountOutcome.REPEAT)
        log.save(known)
        return ItemResult(outcome=AccountOutcome.CHANGED)

    def _add(
        self, log: Log, restoration: UUID, entry: AccountEntry, days: Days, provenance: Provenance
    ) -> AccountRecovery:
        recovery = AccountRecovery.open(
            restoration=restoration,
            account=entry.account,
            particulars=entry.particulars,
            days=days,
            provenance=provenance,
        )
        return _saved(log, recovery)


def _saved(log: Log, recovery: AccountRecovery) -> AccountRecovery:
    log.save(recovery)
    return recovery
