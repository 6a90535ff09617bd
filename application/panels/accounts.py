"""What can be done with the accounts of a restoration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    """An account as it is handed in."""

    account: str
    particulars: Particulars


class Accounts:
    """The use cases; each runs inside one command and gives the recovery of the account as it is then."""

    def open(self, log: Log, *, restoration: UUID, entry: AccountEntry, caller: Caller) -> AccountRecovery:
        """Take one account in.

        Raises:
            NotFound: if there is no such restoration.
            AlreadyExists: if the restoration has it.
            AccountOfAnotherPanel: if it was created on a day of another panel.
        """
        days = self._days(log, restoration)
        if log.find(AccountRecovery, AccountRecovery.id_of(restoration, entry.account)) is not None:
            raise AlreadyExists(f"restoration {restoration} has account {entry.account} already")
        return self._opened(log, restoration, entry, days, caller.says(log))

    def take(
        self, log: Log, *, restoration: UUID, entries: Sequence[AccountEntry], caller: Caller
    ) -> Sequence[ItemResult]:
        """Take many accounts in; one that is refused does not hold up the others, and the same one again is a repeat.

        Raises:
            NotFound: if there is no such restoration.
        """
        days, provenance = self._days(log, restoration), caller.says(log)
        return [self._take(log, restoration, entry, days, provenance) for entry in entries]

    def open_temporary_account(self, log: Log, *, target: Target, panel: str, account: str) -> AccountRecovery:
        """Give the owner an account on another panel.

        Raises:
            Invalid: if there is no such panel.
        """
        recovery, provenance = target.load(log, AccountRecovery)
        lost = log.load(PanelRestoration, recovery.restoration).panel
        require_panel(log, panel)
        recovery.open_temporary_account(lost_panel=lost, panel=panel, account=account, provenance=provenance)
        return _saved(log, recovery)

    def link(self, log: Log, *, target: Target, collisions: tuple[Collision, ...]) -> AccountRecovery:
        """Link the temporary account."""
        return _done(log, target, lambda it, said: it.link(collisions=collisions, provenance=said))

    def join(
        self, log: Log, *, target: Target, decision: Joining, resolutions: tuple[Resolution, ...], reason: str | None
    ) -> AccountRecovery:
        """Merge the two accounts, or keep them apart."""
        return _done(
            log,
            target,
            lambda it, said: it.join(decision=decision, resolutions=resolutions, reason=reason, provenance=said),
        )

    def give_archive_account(
        self, log: Log, *, target: Target, account: str, covers_from: datetime, covers_until: datetime
    ) -> AccountRecovery:
        """Let the owner read what lies between backup and loss."""
        return _done(
            log,
            target,
            lambda it, said: it.give_archive_account(
                account=account, covers_from=covers_from, covers_until=covers_until, provenance=said
            ),
        )

    def choose_warehouse(self, log: Log, *, target: Target, choice: Warehouse) -> AccountRecovery:
        """Take the owner's choice."""
        return _done(log, target, lambda it, said: it.choose_warehouse(choice=choice, provenance=said))

    def execute_warehouse_choice(self, log: Log, *, target: Target) -> AccountRecovery:
        """Say that the choice was executed."""
        return _done(log, target, lambda it, said: it.execute_warehouse_choice(provenance=said))

    def ask_backfill(
        self, log: Log, *, target: Target, kinds: tuple[str, ...], start: datetime, until: datetime
    ) -> AccountRecovery:
        """Take the owner's wish for data."""
        return _done(
            log, target, lambda it, said: it.ask_backfill(kinds=kinds, start=start, until=until, provenance=said)
        )

    def deliver_backfill(self, log: Log, *, target: Target, number: int, counts: Mapping[str, int]) -> AccountRecovery:
        """Say what was fetched."""
        return _done(log, target, lambda it, said: it.deliver_backfill(number=number, counts=counts, provenance=said))

    def relieve(
        self, log: Log, *, target: Target, relief: Relief, start: datetime, until: datetime | None, note: Text
    ) -> AccountRecovery:
        """Spare the owner something for a time."""
        return _done(
            log,
            target,
            lambda it, said: it.relieve(relief=relief, start=start, until=until, note=note, provenance=said),
        )

    def accept(self, log: Log, *, target: Target, by: str, note: str | None) -> AccountRecovery:
        """Take the owner's acceptance."""
        return _done(log, target, lambda it, said: it.accept(by=by, note=note, provenance=said))

    def _days(self, log: Log, restoration: UUID) -> Days:
        return require_panel(log, log.load(PanelRestoration, restoration).panel).accounts

    def _take(self, log: Log, restoration: UUID, entry: AccountEntry, days: Days, provenance: Provenance) -> ItemResult:
        known = log.find(AccountRecovery, AccountRecovery.id_of(restoration, entry.account))
        try:
            if known is None:
                self._opened(log, restoration, entry, days, provenance)
                return ItemResult(outcome=AccountOutcome.ADDED)
            known.describe(particulars=entry.particulars, days=days, provenance=provenance)
        except DomainError as refusal:
            return ItemResult(outcome=AccountOutcome.REFUSED, refusal=refusal)
        if not known.pending_events:
            return ItemResult(outcome=AccountOutcome.REPEAT)
        log.save(known)
        return ItemResult(outcome=AccountOutcome.CHANGED)

    def _opened(
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


def _done(log: Log, target: Target, act: Callable[[AccountRecovery, Provenance], None]) -> AccountRecovery:
    recovery, provenance = target.load(log, AccountRecovery)
    act(recovery, provenance)
    return _saved(log, recovery)


def _saved(log: Log, recovery: AccountRecovery) -> AccountRecovery:
    log.save(recovery)
    return recovery
