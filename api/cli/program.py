"""The program: its commands put together, and its errors on one line."""

from __future__ import annotations

import sys

import typer

# Typer carries click inside and hands out only some of its errors.
from typer._click.exceptions import ClickException, NoArgsIsHelpError

from api.cli import accounts, tokens
from api.cli import ledger as held
from api.cli import reads as reading
from api.cli import serve as serving
from api.cli import store as keeping
from application.errors import ApplicationError, BadSetting
from domain.errors import DomainError
from infrastructure.logging import log_plainly
from infrastructure.store.base import StoreDown

CHECK_FAILED, WRONG_USE = 1, 2

app = typer.Typer(
    name="bitacora",
    help="An event-sourced incident lifecycle service.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for commands in (serving.app, reading.app, keeping.app):
    app.add_typer(commands)
app.add_typer(tokens.app, name="tokens")
app.add_typer(accounts.app, name="accounts")
app.add_typer(held.app, name="held")


def main() -> None:
    """Run the command line; an error is one line on stderr."""
    log_plainly()
    try:
        sys.exit(app(standalone_mode=False))
    except NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        sys.exit(WRONG_USE)
    except ClickException as error:
        _complain(error.format_message())
        sys.exit(WRONG_USE)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(CHECK_FAILED)
    except (DomainError, ApplicationError, StoreDown) as error:
        _complain(str(error))
        sys.exit(WRONG_USE if isinstance(error, BadSetting) else CHECK_FAILED)
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        sys.stderr.close()


def _complain(sentence: str) -> None:
    print(f"bitacora: {' '.join(sentence.split())}", file=sys.stderr)
