"""What commands are run on: the program, opened and closed, and who runs them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Annotated

import typer

from application.caller import Caller
from infrastructure.bootstrap import Bitacora
from infrastructure.settings import Settings

CONSOLE = "console"
Database = Annotated[str | None, typer.Option(help="sqlite:///path or postgresql://…; BITACORA_DATABASE")]


@contextlib.contextmanager
def opened(settings: Settings, *, started: bool = True, follows_apart: bool = False) -> Iterator[Bitacora]:
    """Open the store of the settings; ``started``, to write to it as well."""
    bitacora = Bitacora(settings, follows_apart=follows_apart)
    try:
        if started:
            bitacora.start()
        yield bitacora
    finally:
        bitacora.stop()


def by_hand() -> Caller:
    """Give the caller that stands for the command line."""
    return Caller(actor=f"token:{CONSOLE}", source="cli", request_id="")
