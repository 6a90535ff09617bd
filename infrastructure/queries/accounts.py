"""Reads the accounts of restorations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.panels.account_projection import ACCOUNTS
from infrastructure.projections.temporal_tables import HELD, holding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from application.panels.queries import AccountFilter
    from infrastructure.store.base import Store, Value

OF_ONE = holding(ACCOUNTS, "state", "restoration = :restoration")
OF_ALL = holding(ACCOUNTS, "state")


class AccountReader:
    """Reads accounts."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def find(self, at: int, restoration: UUID, account: str) -> str | None:
        """Give one account; None if there was none at position ``at``."""
        with self._store.reading_views() as connection:
            rows = connection.execute(
                f"SELECT document FROM {ACCOUNTS.name} WHERE restoration = :restoration AND account = :account"
                f" AND {HELD}",
                {"restoration": str(restoration), "account": account, "at": at},
            )
        return str(rows[0][0]) if rows else None

    def page(self, at: int, wanted: AccountFilter, after: str | None, limit: int) -> Sequence[tuple[str, str]]:
        """Give account and document, by account, of those beyond ``after``."""
        values: dict[str, Value] = {
            "at": at,
            "restoration": str(wanted.restoration),
            "after": after or "",
            "limit": limit,
        }
        condition = ""
        if wanted.state is not None:
            condition, values["state"] = " AND state = :state", wanted.state
        with self._store.reading_views() as connection:
            rows = connection.execute(
                f"SELECT account, document FROM {ACCOUNTS.name} WHERE restoration = :restoration{condition}"
                f" AND account > :after AND {HELD} ORDER BY account LIMIT :limit",
                values,
            )
        return [(str(row[0]), str(row[1])) for row in rows]

    def counts(self, at: int, restoration: UUID | None = None) -> Mapping[str, int]:
        """Count the accounts of each state, of one restoration or of all."""
        held, values = (OF_ALL, {}) if restoration is None else (OF_ONE, {"restoration": str(restoration)})
        with self._store.reading_views() as connection:
            rows = connection.execute(
                f"SELECT state, count(*) FROM ({held}) AS held GROUP BY state", {"at": at, **values}
            )
        return {str(row[0]): int(row[1] or 0) for row in rows}
