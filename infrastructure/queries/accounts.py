"""Reads the accounts of restorations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.panels.account_projection import ACCOUNT_VIEW, ACCOUNTS
from application.pieces import Piece
from domain.panels.account import RecoveryState
from infrastructure.queries.document_table import DocumentTable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from application.panels.queries import AccountFilter
    from infrastructure.store.base import Store

BEYOND = "~"
"""Stands behind every character of the names of accounts, which are ASCII."""


class SqlAccountQueries:
    """Reads accounts."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._accounts = DocumentTable(store, ACCOUNT_VIEW, ACCOUNTS)

    def find(self, at: int, restoration: UUID, account: str) -> str | None:
        """Give one account; None if there was none at position ``at``."""
        found = self._accounts.find(at, restoration=str(restoration), account=account)
        return None if found is None else str(found[0])

    def page(self, at: int, wanted: AccountFilter, after: str | None, limit: int) -> Piece[tuple[str, str]]:
        """Give account and document, by account, of those beyond ``after``."""
        within, values = "restoration = :restoration", {"restoration": str(wanted.restoration)}
        if not (wanted.prefix or "").isascii():
            return Piece([])
        if wanted.prefix:
            within += " AND account < :beyond"
            values |= {"beyond": wanted.prefix + BEYOND}
            # One bound below, and not two: a planner would take the second for a reason to read another index.
            after = max(after or "", _before(wanted.prefix))
        states = RecoveryState if wanted.state is None else (wanted.state,)
        rows = self._accounts.page(
            at,
            "account",
            after=after,
            limit=limit,
            within=within,
            either=tuple(f"state = '{state}'" for state in states),
            values=values,
        )
        return Piece([(str(row[0]), str(row[1])) for row in rows], rows.goes_on)

    def counts(self, at: int, restoration: UUID | None = None) -> Mapping[str, int]:
        """Count the accounts of each state, of one restoration or of all."""
        return self._accounts.count_by(at, "state", restoration=None if restoration is None else str(restoration))


def _before(prefix: str) -> str:
    """Give a text with which no account begins, behind all accounts that come before those of a prefix."""
    return prefix[:-1] + chr(ord(prefix[-1]) - 1) + BEYOND
