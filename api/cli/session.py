"""The program that a command of the command line runs on, and the caller that it stands for."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from enum import Enum, auto
from typing import Annotated

import typer

from infrastructure.bootstrap import Bitacora
from infrastructure.settings import Settings
from infrastructure.store.base import StoreDown

Database = Annotated[str | None, typer.Option(help="sqlite:///path or postgresql://…; BITACORA_DATABASE by default.")]


class Opens(Enum):
    """What a command opens; only one that opens nothing beforehand can create a store."""

    NOTHING = auto()
    LOG = auto()
    """To read it; nothing is written."""
    VIEWS = auto()
    """To read them; they are brought up to date."""
    TABLES = auto()
    """To write into them."""
    STORE = auto()
    """To execute commands."""


@contextlib.contextmanager
def open_program(settings: Settings, opens: Opens = Opens.STORE, *, follows_apart: bool = False) -> Iterator[Bitacora]:
    """Assemble the program on a store and close it at the end; say then on stderr which store it was.

    Raises:
        NoStore: if a store is to be opened, and there is none.
        StoreDown: if it cannot be reached.
    """
    if opens is not Opens.NOTHING:
        # A command says how things are now, as the database has it that is written.
        settings = settings.model_copy(update={"read_database": ""})
    bitacora = Bitacora(settings, follows_apart=follows_apart)
    try:
        if opens is Opens.NOTHING:
            yield bitacora
            return
        used = _opened(bitacora, opens)
        try:
            yield bitacora
        except typer.Exit:
            print(used, file=sys.stderr)
            raise
        except Exception as error:
            # The error is one line, which says it as well.
            error.add_note(used)
            raise
        print(used, file=sys.stderr)
    finally:
        bitacora.stop()


def _opened(bitacora: Bitacora, opens: Opens) -> str:
    bitacora.open_log()
    if opens is Opens.VIEWS:
        bitacora.open_views()
    elif bitacora.store.is_read_only and opens is not Opens.LOG:
        raise StoreDown(f"the store {bitacora.store.address} is read-only: nothing can be written there")
    elif opens is Opens.STORE:
        bitacora.start()
    marks = [" (example data)" if bitacora.is_demo else "", " (read-only)" if bitacora.store.is_read_only else ""]
    return f"store: {bitacora.store.address}{''.join(marks)}"
