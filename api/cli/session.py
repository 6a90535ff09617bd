"""The program that a command of the command line runs on, and the caller that it stands for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Annotated

import typer

from application.caller import Caller
from domain.access.keyring import CONSOLE
from infrastructure.bootstrap import Bitacora
from infrastructure.settings import Settings

Database = Annotated[str | None, typer.Option(help="sqlite:///path or postgresql://…; BITACORA_DATABASE by default.")]


@contextlib.contextmanager
def open_program(settings: Settings, *, started: bool = True, follows_apart: bool = False) -> Iterator[Bitacora]:
    """Assemble the program on a store and close it at the end; ``started`` opens the store for writing."""
    bitacora = Bitacora(settings, follows_apart=follows_apart)
    try:
        if started:
            bitacora.start()
        yield bitacora
    finally:
        bitacora.stop()


def console_caller() -> Caller:
    """Give the caller that events name for the command line."""
    return Caller(actor=f"token:{CONSOLE}", source="cli", request_id="")
