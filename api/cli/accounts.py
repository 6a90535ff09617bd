"""Commands about the accounts of restorations."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from api.cli.opening import Database, by_hand, opened
from infrastructure.settings import read_settings

CHUNK = 64 * 1024

app = typer.Typer(help="Take accounts into restorations.", no_args_is_help=True)


@app.callback()
def accounts() -> None:
    """Take accounts into restorations."""


@app.command("import")
def import_accounts(
    restoration: Annotated[UUID, typer.Argument(help="The restoration that has to recover them.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="One JSON object a line.")],
    database: Database = None,
) -> None:
    """Take the accounts of a file in, one a line; the same file again gives repeats."""
    # Bodies are read by what serves them; other commands need not wait until that is loaded.
    from api.intake import LINES, OUTCOMES, AccountIntake  # noqa: PLC0415
    from api.lines import Report, batches, bodies_of, lines_of  # noqa: PLC0415

    report = Report()
    with opened(read_settings(database=database)) as bitacora, file.open("rb") as source, _bar() as bar:
        intake = AccountIntake(bitacora.service, restoration, by_hand())
        bitacora.writer.call(intake.found)
        # A pipe has no size that anybody knows.
        task = bar.add_task("accounts", total=file.stat().st_size or None)

        def chunks() -> Iterator[bytes]:
            while chunk := source.read(CHUNK):
                bar.update(task, advance=len(chunk))
                yield chunk

        for batch in batches(lines_of(chunks())):
            read = LINES.read(batch)
            report.count(read, bitacora.writer.call(partial(intake.carry_out, handed=bodies_of(read))))
    for refused in report.refused:
        print(f"{file}:{refused['line']}: {refused['code']}: {refused['detail']}", file=sys.stderr)
    print(", ".join(f"{report.counts[outcome]} {outcome}" for outcome in OUTCOMES))
    if report.counts["refused"]:
        raise typer.Exit(1)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
