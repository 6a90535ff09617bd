"""The accounts that restorations recover."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from application.panels.account_documents import AccountDocument, account_document
from application.projections.tables import Index, Row, Table, View
from domain.aggregate import Aggregate
from domain.panels.account import AccountRecovery

ACCOUNTS = Table(
    name="account_recoveries",
    key=("restoration", "account"),
    columns={"restoration": "key", "account": "key", "state": "key", "document": "document"},
    # Counted, and sifted by state, without a look at the rows themselves.
    indexes=(Index(("restoration", "state", "account", "from_position"), "to_position IS NULL"),),
)


@dataclass(frozen=True, kw_only=True)
class AccountRow(Row):
    """An account in a restoration, as operators see it."""

    TABLE: ClassVar[Table] = ACCOUNTS

    restoration: str
    account: str
    state: str
    document: AccountDocument


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the row that follows from the recovery of an account as it is."""
    if not isinstance(aggregate, AccountRecovery):
        return ()
    row = AccountRow(
        restoration=str(aggregate.restoration),
        account=aggregate.account,
        state=str(aggregate.state),
        document=account_document(aggregate),
    )
    return (row,)


ACCOUNT_VIEW = View(name="accounts", version=3, tables=(ACCOUNTS,), of=(AccountRecovery,), rows_of=rows_of)
