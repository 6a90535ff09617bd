"""Commands about the accounts of restorations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.imports import import_file
from api.cli.session import Database, open_program
from application.caller import BY_CONSOLE
from infrastructure.settings import read_settings

app = typer.Typer(help="Import the accounts that a restoration has to recover.", no_args_is_help=True)


@app.callback()
def accounts() -> None:
    """Import the accounts that a restoration has to recover."""


@app.command("import")
def import_accounts(
    restoration: Annotated[UUID, typer.Argument(help="The id of the restoration.")],
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="A file with one JSON object on each line."),
    ],
    database: Database = None,
) -> None:
    """Import the accounts of a file; an account that is there already counts as a repeat."""
    # The framework is loaded only here: loading it takes most of the time of any other command.
    from api.panels.account_intake import accounts_into  # noqa: PLC0415

    with open_program(read_settings(database=database)) as bitacora:
        import_file(bitacora, accounts_into(bitacora.facade, restoration, BY_CONSOLE), file, "accounts")
