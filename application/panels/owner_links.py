"""The secret link of the owner of an account: operators give and revoke it, and through it the owner decides."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING

from application.caller import Caller
from application.digests import digest_of, new_secret
from domain.panels.account import AccountRecovery, owner_link_handle
from domain.panels.errors import NoOwnerLink

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from application.log import Log
    from application.targets import Target
    from domain.panels.account import Warehouse
    from domain.provenance import Provenance

OWNER = "owner"
"""What provenance names the owner of an account, whoever has the link."""
SITE = "site"
"""The system that comes from, what is done on a page."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who has a link: the digest of its secret, and the request in which it was used."""

    digest: str
    request_id: str

    @classmethod
    def with_secret(cls, secret: str, *, request_id: str) -> Owner:
        """Give who knows this secret, whether or not any link has it."""
        return cls(digest=digest_of(secret), request_id=request_id)

    def load(self, log: Log) -> tuple[AccountRecovery, Provenance]:
        """Load the account that the link opens now, with the provenance of what its owner does.

        Raises:
            NoOwnerLink: if no link has the secret, or it was revoked or replaced, or it has expired.
        """
        # A limit of its own is read each time: what nobody has issued takes no room in memory.
        found = log.find_ids(owner_link_handle(self.digest), limit=1)
        recovery = log.load(AccountRecovery, found[0]) if found else None
        if recovery is None or not opens(recovery, self.digest, log.now):
            raise NoOwnerLink("the link opens no account")
        return recovery, Caller(actor=OWNER, source=SITE, request_id=self.request_id).says(log)


class OwnerLinks:
    """The commands on links, and those of owners; each runs inside one command of the log."""

    def __init__(self, lasts: timedelta) -> None:
        """Let a link last so long if nobody says until when."""
        self._lasts = lasts

    def issue(self, log: Log, *, target: Target, expires_at: datetime | None) -> tuple[AccountRecovery, str]:
        """Give the owner of an account a link, until ``expires_at``; the one before opens nothing any more.

        Returns:
            The recovery, and the secret, which is kept nowhere else.

        Raises:
            ExpiresInPast: if it has expired already.
        """
        secret = new_secret()
        recovery, provenance = target.load(log, AccountRecovery)
        recovery.issue_owner_link(
            digest=digest_of(secret), expires_at=expires_at or log.now + self._lasts, provenance=provenance
        )
        return _saved(log, recovery), secret

    def revoke(self, log: Log, *, target: Target) -> AccountRecovery:
        """Revoke the link of the owner of an account: it opens nothing from the next request on.

        Raises:
            NoOwnerLink: if there is none.
        """
        recovery, provenance = target.load(log, AccountRecovery)
        recovery.revoke_owner_link(provenance=provenance)
        return _saved(log, recovery)

    def choose_warehouse(self, log: Log, *, owner: Owner, choice: Warehouse) -> AccountRecovery:
        """Take the owner's choice for the warehouse; the same one again is a no-op.

        Raises:
            NoOwnerLink: if the link does not open, as for each command of an owner.
            AlreadyExecuted: if the choice of before was executed.
            TooManyEntries: if it was changed as often as it can be.
        """
        recovery, provenance = owner.load(log)
        recovery.choose_warehouse(choice=choice, provenance=provenance)
        return _saved(log, recovery)

    def ask_backfill(
        self, log: Log, *, owner: Owner, kinds: tuple[str, ...], start: datetime, until: datetime
    ) -> AccountRecovery:
        """Take the owner's wish for data of a half-open span; what was asked for and has not come is a no-op.

        Raises:
            EndsBeforeItBegins: if the span has no length.
            TooManyEntries: if there are as many backfills as there can be.
        """
        recovery, provenance = owner.load(log)
        if not recovery.awaits_backfill(kinds=kinds, start=start, until=until):
            recovery.ask_backfill(kinds=kinds, start=start, until=until, provenance=provenance)
        return _saved(log, recovery)

    def accept(self, log: Log, *, owner: Owner, by: str, note: str | None) -> AccountRecovery:
        """Take the owner's acceptance, which ``by`` gives; from the same one again it is a no-op.

        Raises:
            AlreadyAccepted: if somebody else has accepted the account, or an operator has noted it in other words.
        """
        recovery, provenance = owner.load(log)
        if recovery.accepted_by != by:
            recovery.accept(by=by, note=note, provenance=provenance)
        return _saved(log, recovery)


def opens(recovery: AccountRecovery, digest: str, now: datetime) -> bool:
    """Tell whether the link of an account has this digest, and has not expired."""
    link = recovery.owner_link
    return link is not None and compare_digest(link.digest, digest) and link.is_open(now)


def _saved(log: Log, recovery: AccountRecovery) -> AccountRecovery:
    if recovery.pending_events:
        log.save(recovery)
    return recovery
