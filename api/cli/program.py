"""The command line: its commands, and its errors as one line each."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from typing import Annotated

import typer

# Typer contains click, and exports only some of its errors.
from typer._click.exceptions import ClickException, NoArgsIsHelpError

from api.cli import accounts, backup, deliveries, ledger, reads, replay, serve, site, store, tokens, verify
from api.cli.output import CHECK_FAILED, WRONG_USE, complain, print_error
from application.errors import ApplicationError
from domain.errors import DomainError
from infrastructure.logging import log_plainly
from infrastructure.store.base import StoreDown

app = typer.Typer(
    name="bitacora",
    help="An event-sourced incident lifecycle service.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for commands in (serve.app, reads.app, replay.app, store.app, backup.app, verify.app):
    app.add_typer(commands)
app.add_typer(tokens.app, name="tokens")
app.add_typer(site.app, name="site")
app.add_typer(accounts.app, name="accounts")
app.add_typer(ledger.app, name="held")
app.add_typer(deliveries.app, name="deliveries")


def _say_version(wanted: bool) -> None:
    if wanted:
        print(f"bitacora {version_of('bitacora')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version, and exit.")
    ] = False,
) -> None:
    """Take what stands before a command."""


def main() -> None:
    """Run the command line; an error is one line on stderr."""
    log_plainly()
    try:
        sys.exit(app(standalone_mode=False))
    except NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        sys.exit(WRONG_USE)
    except ClickException as error:
        print_error(error.format_message())
        sys.exit(WRONG_USE)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(CHECK_FAILED)
    except (DomainError, ApplicationError, StoreDown) as error:
        sys.exit(complain(error))
    except BrokenPipeError:
        # The reader of the output has closed it.
        sys.stderr.close()
