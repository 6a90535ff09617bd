"""Commands that back up the log, and restore it."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from api.cli.progress import progress_bar
from api.cli.session import Database, Opens, open_program
from application.errors import BadSetting
from infrastructure import backup as backups
from infrastructure import restore as restores
from infrastructure.settings import read_settings
from infrastructure.store.factory import open_store
from infrastructure.store.sqlite import SQLiteStore

if TYPE_CHECKING:
    from infrastructure.bootstrap import Bitacora
    from infrastructure.store.base import Store

app = typer.Typer()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file; one that exists is not overwritten.")],
    database: Database = None,
) -> None:
    """Copy the log of an SQLite store into one file, also while it is served, and read the copy back.

    The file has every event that was acknowledged before. For PostgreSQL, the command prints the line for pg_dump.
    """
    settings = read_settings(database=database)
    if file.exists() or not file.parent.is_dir():
        wrong = f"{file} exists; name a new file" if file.exists() else f"there is no folder {file.parent}"
        raise BadSetting(wrong)
    unopened = open_store(settings.database)
    instead = f"pg_dump --format=custom --file={shlex.quote(str(file))} {shlex.quote(unopened.address)}"
    _of_sqlite(unopened, instead)
    with open_program(settings, Opens.LOG) as bitacora, _progress() as progress:
        end = backups.back_up(_of_sqlite(bitacora.store, instead), file, bitacora.mapper, progress)
    print(f"{file} has the log up to position {end.position}, read back and checked")


@app.command()
def restore(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, readable=True, help="A backup of an SQLite store.")
    ] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="The log is in its place already, for example by pg_restore: check it.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Put the store aside also if it has events that FILE does not have.")
    ] = False,
    database: Database = None,
) -> None:
    """Let a backup take the place of the store, after a check; views are built anew at the next start.

    No program may have the store open. The log that was there is put aside under another name.
    """
    settings = read_settings(database=database)
    if (file is None) is not adopt or (adopt and force):
        raise BadSetting("name either a FILE, with or without --force, or --adopt")
    with open_program(settings, Opens.NOTHING) as bitacora:
        if file is None:
            _adopt(bitacora)
        else:
            _restore(bitacora, file, force=force)


def _adopt(bitacora: Bitacora) -> None:
    bitacora.store.find()
    with _progress() as progress:
        position = restores.adopt(bitacora.store, bitacora.mapper, progress)
    print(f"{bitacora.store.address} is adopted up to position {position}; the views are built at the next start")


def _restore(bitacora: Bitacora, file: Path, *, force: bool) -> None:
    instead = (
        f"pg_restore --clean --if-exists --no-owner --dbname={shlex.quote(bitacora.store.address)} "
        f"{shlex.quote(str(file))} and then: bitacora restore --adopt"
    )
    store = _of_sqlite(bitacora.store, instead)
    with _progress() as progress:
        position, aside = restores.restore(store, file, bitacora.mapper, bitacora.clock.now(), progress, force=force)
    print(f"{bitacora.store.address} is restored up to position {position}; the views are built at the next start")
    if aside is not None:
        print(f"the log that was there is now {aside}; delete it when you no longer need it")


def _of_sqlite(store: Store, instead: str) -> SQLiteStore:
    if isinstance(store, SQLiteStore):
        return store
    raise BadSetting(f"PostgreSQL has its own programs for that, which ask for the password; run: {instead}")


@contextlib.contextmanager
def _progress() -> Iterator[backups.CopyProgress]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with progress_bar(*columns) as bar:
        copying, reading = bar.add_task("copying", total=None), bar.add_task("reading back", total=None)
        yield backups.CopyProgress(
            copied=lambda done, total: bar.update(copying, completed=done, total=total),
            began_to_read=lambda events: bar.update(reading, total=events),
            advanced=lambda events: bar.update(reading, advance=events),
        )
