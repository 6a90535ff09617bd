"""Commands about tokens."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.session import CONSOLE, Database, Opens, console_caller, open_program
from application.errors import BadSetting
from domain.access.keyring import Role
from infrastructure.settings import read_settings

app = typer.Typer(help="Create, list and revoke tokens.", no_args_is_help=True)


@app.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="The name of the token. It is unique and never used again.")],
    role: Annotated[Role, typer.Option(help="What the token may do.")],
    person: Annotated[str | None, typer.Option(help="The person who uses it; NAME by default.")] = None,
    database: Database = None,
) -> None:
    """Create a token. The last line of the output is its secret, which is not stored."""
    if name == CONSOLE:
        raise BadSetting(f"the name {CONSOLE} is that of the command line itself")
    if not name.isprintable() or not 0 < len(name) <= 100 or " " in name:  # noqa: PLR2004 - a name fits on a line
        raise BadSetting("the name of a token has 1 to 100 printable characters and no spaces")
    if person is not None and not (person.isprintable() and 0 < len(person) <= 100):  # noqa: PLR2004 - as above
        raise BadSetting("the name of a person has 1 to 100 printable characters")
    with open_program(read_settings(database=database)) as bitacora:
        secret = bitacora.writer.call(
            lambda log: bitacora.facade.commands.tokens.issue(
                log, name=name, role=role, person=person or name, caller=console_caller()
            )
        )
    # After what is said on stderr: the secret is the last line, also for who reads both.
    print(f"token {name} ({role}) for {person or name}; copy it now, because it is not stored:")
    print(secret)


@app.command("list")
def list_tokens(database: Database = None) -> None:
    """List all tokens, those that were revoked too, without their secrets."""
    with open_program(read_settings(database=database), Opens.LOG) as bitacora:
        for token in bitacora.keys.by_name().values():
            revoked = f"revoked {token.revoked_at:%Y-%m-%d %H:%MZ}" if token.revoked_at else "good"
            print(f"{token.name}\t{token.role}\t{token.person}\t{token.issued_at:%Y-%m-%d %H:%MZ}\t{revoked}")


@app.command("revoke")
def revoke_token(name: str, database: Database = None) -> None:
    """Revoke a token; it is refused from the next request on."""
    with open_program(read_settings(database=database)) as bitacora:
        bitacora.writer.call(
            lambda log: bitacora.facade.commands.tokens.revoke(log, name=name, caller=console_caller())
        )
        print(f"token {name} is revoked")
