"""The command that verifies a log, a copy of it, or what the views make of it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from api.cli.output import printable
from api.cli.progress import progress_bar
from api.cli.session import Database, Opens, open_program
from application.errors import BadSetting
from application.registry import VIEWS
from infrastructure.settings import read_settings
from infrastructure.transparency.notes import BadNote, VerifierKey
from infrastructure.verification.exported_log import verify_export
from infrastructure.verification.heads import Head, kept_outside, to_head
from infrastructure.verification.log_verification import LogComparison, verify_log
from infrastructure.verification.view_verification import verify_views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infrastructure.verification.log_verification import VerifiedLog

app = typer.Typer()

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
WHOLLY_REWRITTEN = (
    "A log that was rewritten as a whole, with its tree, its checkpoints and its key, looks the same. Whoever has kept "
    "a checkpoint elsewhere can tell: fetch one now and then from /log/checkpoint, keep it where nobody who runs this "
    "service can change it, and pass it: bitacora verify --from FILE"
)
OWN_KEY = (
    "The key is the one that the store names itself, which proves less than one that you got elsewhere: pass that one "
    "as --key"
)


@app.command()
def verify(
    views: Annotated[bool, typer.Option("--views", help="Also build every view anew, and compare every row.")] = False,
    older: Annotated[
        Path | None,
        typer.Option(
            "--from",
            dir_okay=False,
            metavar="CHECKPOINT",
            help="A checkpoint that you have kept; it has to be of a prefix of this log.",
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="An export with entries, or a sealed page, to verify without a database.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="The public key that you trust: a text, or a file with one or more (GET /log/key)."),
    ] = None,
    database: Database = None,
) -> None:
    """Compute everything again from the stored rows, and name the first position that does not fit. Nothing is written.

    It checks each column, the chain of versions, the times, the tree and every checkpoint, also while it is served.
    """
    trusted = () if key is None else _read_keys(key)
    if export is not None:
        if views or older is not None or database is not None:
            raise BadSetting("--export goes with --key, and with nothing else: it needs no database")
        _verify_export(export, trusted)
        return
    head = None if older is None else _read_head(older)
    settings = read_settings(database=database)
    with open_program(settings, Opens.LOG) as bitacora:
        with bitacora.store.reading_log() as connection:
            outside = kept_outside(connection, settings.log_folder)
        comparison = LogComparison(outside=outside, older=head, keys=trusted)
        with _advancing("events") as advanced:
            found = verify_log(bitacora.store, bitacora.mapper, comparison, advanced=advanced)
        for line in _summary(found, comparison, settings.log_folder):
            print(printable(line))
        if views:
            with _advancing("views") as advanced:
                rows = verify_views(bitacora.store, bitacora.mapper, VIEWS, advanced=advanced)
            print(f"The views are what the events make: {rows:,} rows of {len(VIEWS)} views are as they should be.")


def _verify_export(file: Path, trusted: tuple[VerifierKey, ...]) -> None:
    if not trusted:
        raise BadSetting(
            "--export goes with --key: pass the key of the log, which GET /log/key gives, as a text or a file"
        )
    with progress_bar(*COLUMNS) as bar:
        task = bar.add_task("events", total=None)
        print(printable(verify_export(file, trusted, advanced=lambda count: bar.update(task, advance=count))))


def _summary(found: VerifiedLog, comparison: LogComparison, folder: Path) -> Iterator[str]:
    yield (
        f"The log {found.origin} is whole: {found.size:,} events, each as it was recorded, and {found.checkpoints:,} "
        f"checkpoints fit. Root: {found.root_text}"
    )
    if found.prefix is not None:
        yield found.prefix
    if comparison.outside is None:
        yield f"No checkpoint of this log is kept outside of its store: there is none in {folder}"
    if not comparison.keys and found.key is not None:
        yield f"{OWN_KEY}: {found.key}"
    if comparison.older is None:
        yield WHOLLY_REWRITTEN


@contextmanager
def _advancing(what: str) -> Iterator[Callable[[int, int], None]]:
    with progress_bar(*COLUMNS) as bar:
        task = bar.add_task(what, total=None)
        yield lambda count, total: bar.update(task, advance=count, total=total)


def _read_head(file: Path) -> Head:
    try:
        # Editors and shells add an empty line.
        note = f"{file.read_text(encoding='utf-8').rstrip()}\n"
        return to_head(note, f"the checkpoint in {file}")
    except FileNotFoundError:
        raise BadSetting(f"there is no file {file}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{file} cannot be read: {error}") from None
    except BadNote as error:
        raise BadSetting(f"{file} is no checkpoint: {error}") from None


def _read_keys(text: str) -> tuple[VerifierKey, ...]:
    """Read a key that is given as such, or the file in which it is, or several, each on a line as of /log/key."""
    try:
        if "+" not in text or Path(text).is_file():
            text = Path(text).read_text(encoding="utf-8")
        return tuple(VerifierKey.parse(line) for line in text.split("\n") if line.strip())
    except FileNotFoundError:
        raise BadSetting(
            f"--key {text} is neither a key, as in example.com/log+1a2b3c4d+AQ…, nor a file that is there"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"the key cannot be read: {error}") from None
    except BadNote as error:
        raise BadSetting(str(error)) from None
