"""Commands about tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from api.cli.session import Database, Opens, open_program
from api.http.values import parse_instant
from application.caller import BY_CONSOLE
from application.errors import BadSetting
from domain.access.keyring import LONGEST_NAME, Role, Token
from domain.errors import Invalid
from infrastructure.settings import read_settings

LONGEST_SOURCE = 255

app = typer.Typer(help="Create, list and revoke tokens.", no_args_is_help=True)


@app.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="The name of the token. It is unique and never used again.")],
    role: Annotated[Role, typer.Option(help="What the token may do.")],
    person: Annotated[str | None, typer.Option(help="The person who uses it; NAME by default.")] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="Of an emitter: a source for which it sends and reads. Repeat it for several; all by default."
        ),
    ] = None,
    expires_at: Annotated[
        str | None, typer.Option(help="When it is refused by itself, as 2027-12-31T23:00:00Z; never by default.")
    ] = None,
    database: Database = None,
) -> None:
    """Create a token. The last line of the output is its secret, which is not stored."""
    if person is not None and not (person.isprintable() and 0 < len(person) <= LONGEST_NAME):
        raise BadSetting(f"the name of a person has 1 to {LONGEST_NAME} printable characters")
    if any(not (each.isprintable() and 0 < len(each) <= LONGEST_SOURCE) for each in source or ()):
        raise BadSetting(f"the name of a source has 1 to {LONGEST_SOURCE} printable characters")
    sources, expiry = tuple(dict.fromkeys(source or ())), None if expires_at is None else _instant(expires_at)
    with open_program(read_settings(database=database)) as bitacora:
        try:
            secret = bitacora.writer.call(
                lambda log: bitacora.facade.commands.tokens.issue(
                    log,
                    name=name,
                    role=role,
                    person=person or name,
                    sources=sources,
                    expires_at=expiry,
                    caller=BY_CONSOLE,
                )
            )
        except Invalid as refusal:
            raise BadSetting(str(refusal)) from None
    # After what is said on stderr: the secret is the last line, also for who reads both.
    print(f"token {name} ({role}) for {person or name}; copy it now, because it is not stored:")
    print(secret)


@app.command("list")
def list_tokens(database: Database = None) -> None:
    """List all tokens, those that were revoked or have expired too, without their secrets."""
    with open_program(read_settings(database=database), Opens.LOG) as bitacora:
        now = bitacora.facade.clock.now()
        for token in bitacora.keys.by_name().values():
            columns = (token.name, token.role, token.person, _day(token.issued_at), _state(token, now))
            print("\t".join((*columns, ", ".join(token.sources) or "all sources")))


@app.command("revoke")
def revoke_token(name: str, database: Database = None) -> None:
    """Revoke a token; it is refused from the next request on."""
    with open_program(read_settings(database=database)) as bitacora:
        bitacora.writer.call(lambda log: bitacora.facade.commands.tokens.revoke(log, name=name, caller=BY_CONSOLE))
        print(f"token {name} is revoked")


def _state(token: Token, now: datetime) -> str:
    if token.revoked_at is not None:
        return f"revoked {_day(token.revoked_at)}"
    if token.expires_at is None:
        return "good"
    return f"{'expired' if token.has_expired(now) else 'good until'} {_day(token.expires_at)}"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%MZ}"


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise BadSetting(str(error)) from None
