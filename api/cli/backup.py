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
from infrastructure.checkpoints.signing_key import key_place
from infrastructure.event_log.walls import RIGHTS
from infrastructure.restore import RestoreOptions
from infrastructure.settings import read_settings
from infrastructure.store.factory import open_store
from infrastructure.store.sqlite import SQLiteStore

if TYPE_CHECKING:
    from infrastructure.bootstrap import Bitacora
    from infrastructure.restore import RestoredStore
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
    # The owner of the log may not drop the tables of the views, which are built anew in any case.
    only = "".join(f" --table={name}" for name in RIGHTS) if settings.has_owner else ""
    instead = f"pg_dump --format=custom{only} --file={shlex.quote(str(file))} {shlex.quote(unopened.address)}"
    _of_sqlite(unopened, instead)
    with open_program(settings, Opens.LOG) as bitacora, _progress() as progress:
        end = backups.back_up(_of_sqlite(bitacora.store, instead), file, bitacora.mapper, progress)
    print(f"{file} has the log up to position {end.position}, read back and checked")
    print(f"the key that signs the log is not in it: {key_place(settings)}; keep it apart from the backup")


@app.command()
def restore(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, readable=True, help="A backup of an SQLite store.")
    ] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="The log is in its place already, for example by pg_restore: check it.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Also if the store has events that FILE does not have, or a checkpoint tells of another history.",
        ),
    ] = False,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            readable=True,
            help="A file with the newest checkpoint of the log.",
        ),
    ] = None,
    database: Database = None,
) -> None:
    """Let a backup take the place of the store, after a check; views are built anew at the next start.

    No program may have the store open. The log that was there is put aside under another name.
    """
    settings = read_settings(database=database)
    if (file is None) is not adopt:
        raise BadSetting("name either a FILE, or --adopt")
    options = RestoreOptions(settings=settings, checkpoint=checkpoint, force=force)
    with open_program(settings, Opens.NOTHING) as bitacora:
        if file is None:
            _adopt(bitacora, options)
        else:
            _restore(bitacora, file, options)


def _adopt(bitacora: Bitacora, options: RestoreOptions) -> None:
    bitacora.owner_store.find()
    with _progress() as progress:
        adopted = restores.adopt(bitacora.owner_store, bitacora.store, bitacora.mapper, progress, options=options)
    print(f"{bitacora.store.address} is adopted up to position {adopted.position}")
    _print_continuation(adopted)


def _restore(bitacora: Bitacora, file: Path, options: RestoreOptions) -> None:
    instead = (
        f"pg_restore --clean --if-exists --no-owner --dbname={shlex.quote(bitacora.owner_store.address)} "
        f"{shlex.quote(str(file))} and then: bitacora restore --adopt"
    )
    store = _of_sqlite(bitacora.store, instead)
    with _progress() as progress:
        restored = restores.restore(store, file, bitacora.mapper, bitacora.clock.now(), progress, options=options)
    print(f"{bitacora.store.address} is restored up to position {restored.position}")
    _print_continuation(restored)
    if restored.aside is not None:
        print(f"the log that was there is now {restored.aside}; delete it when you no longer need it")


def _print_continuation(restored: RestoredStore) -> None:
    print(*restored.continuation.said, sep="\n")
    print("the views are built at the next start")


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
