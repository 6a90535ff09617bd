"""Accounts of a restoration, handed in by the line."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from api.http.aggregate_command import Representation
from api.http.bulk_intake import BulkIntake
from api.http.ndjson import LineReader
from api.panels.account_bodies import AccountBody
from application.panels.account_documents import account_document
from application.panels.accounts import AccountOutcome
from domain.panels.account import AccountRecovery
from domain.panels.restoration import PanelRestoration

if TYPE_CHECKING:
    from application.caller import Caller
    from application.facade import Facade
    from application.panels.accounts import AccountEntry


RECOVERY = Representation(account_document, lambda it: f"/v1/restorations/{it.restoration}/accounts/{it.account}")


ACCOUNTS = LineReader(AccountBody)


def accounts_into(facade: Facade, restoration: UUID, by: Caller) -> BulkIntake[AccountBody, AccountEntry]:
    """Take accounts into a restoration."""
    return BulkIntake(
        lines=ACCOUNTS,
        entry_of=AccountBody.told,
        outcomes=tuple(AccountOutcome),
        carry_out=lambda log, entries: facade.commands.accounts.take(
            log, restoration=restoration, entries=entries, caller=by
        ),
        looks_at=lambda entry: (AccountRecovery.id_of(restoration, entry.account),),
        opens=lambda log: log.load(PanelRestoration, restoration),
    )
