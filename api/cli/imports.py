"""Takes the lines of a file in, with a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from api.http.bulk_intake import BulkIntake
    from infrastructure.bootstrap import Bitacora

CHUNK = 64 * 1024


def take_file(bitacora: Bitacora, intake: BulkIntake[Any, Any], file: Path, what: str) -> None:
    """Take a file in, batch by batch, and say what became of its lines; refused ones are named on stderr.

    Raises:
        Exit: with 1, if a line was refused.
    """
    # Bodies are read by what serves them; other commands need not wait until that is loaded.
    from api.http.ndjson import LineReport, batches, bodies_of, lines_of  # noqa: PLC0415

    report = LineReport()
    bitacora.writer.call(intake.opens)
    with file.open("rb") as source, progress_bar() as bar:
        # A pipe has no size that anybody knows.
        task = bar.add_task(what, total=file.stat().st_size or None)

        def chunks() -> Iterator[bytes]:
            while chunk := source.read(CHUNK):
                bar.update(task, advance=len(chunk))
                yield chunk

        for batch in batches(lines_of(chunks()), intake.lines.together):
            read = intake.lines.read(batch)
            entries = intake.entries(bodies_of(read))
            outcomes = bitacora.writer.call(partial(intake.outcomes_of, entries=entries))
            report.count(read, outcomes)
    for refused in report.refused:
        print(f"{file}:{refused['line']}: {refused['code']}: {refused['detail']}", file=sys.stderr)
    print(", ".join(f"{report.counts[outcome]} {outcome}" for outcome in intake.outcomes))
    if report.counts["refused"]:
        raise typer.Exit(1)


def progress_bar() -> Progress:
    """Make a bar for how much of a file was read, on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
