"""Commands about the accounts of restorations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.imports import import_file
from api.cli.session import Database, console_caller, open_program
from infrastructure.settings import read_settings

app = typer.Typer(help="Take accounts into restorations.", no_args_is_help=True)


@app.callback()
def accounts() -> None:
    """Take accounts into restorations."""


@app.command("import")
def import_accounts(
    restoration: Annotated[UUID, typer.Argument(help="The restoration that has to recover them.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="One JSON object a line.")],
    database: Database = None,
) -> None:
    """Take the accounts of a file in, one a line; the same file again gives repeats."""
    # The framework is loaded only here: loading it takes most of the time of any other command.
    from api.panels.account_intake import accounts_into  # noqa: PLC0415

    with open_program(read_settings(database=database)) as bitacora:
        import_file(bitacora, accounts_into(bitacora.facade, restoration, console_caller()), file, "accounts")
