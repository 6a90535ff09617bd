"""Accounts of a restoration, taken in many at once: as a JSON list, or one a line."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from api.http.bulk_intake import BulkIntake
from api.http.ndjson import LineReader
from api.panels.account_bodies import AccountBody
from application.panels.account_commands import AccountOutcome
from domain.panels.account import AccountRecovery
from domain.panels.restoration import PanelRestoration

if TYPE_CHECKING:
    from application.caller import Caller
    from application.facade import Facade
    from application.panels.account_commands import AccountEntry

ACCOUNTS = LineReader(AccountBody)


def accounts_into(facade: Facade, restoration: UUID, by: Caller) -> BulkIntake[AccountBody, AccountEntry]:
    """Make an intake of accounts into one restoration, for one caller; it refuses an unknown restoration first."""
    return BulkIntake(
        lines=ACCOUNTS,
        entry_of=AccountBody.to_command,
        outcomes=tuple(AccountOutcome),
        carry_out=lambda log, entries: facade.commands.accounts.add_many(
            log, restoration=restoration, entries=entries, caller=by
        ),
        looks_at=lambda entry: (AccountRecovery.id_of(restoration, entry.account),),
        opens=lambda log: log.load(PanelRestoration, restoration),
    )
