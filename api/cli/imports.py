"""Imports the lines of a file, with a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn

from api.cli.progress import progress_bar

if TYPE_CHECKING:
    from api.http.bulk_intake import BulkIntake
    from infrastructure.bootstrap import Bitacora

CHUNK = 64 * 1024
COLUMNS = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())


def import_file(bitacora: Bitacora, intake: BulkIntake[Any, Any], file: Path, what: str) -> None:
    """Import a file, batch by batch, and print how its lines fared; refused ones are named on stderr.

    Raises:
        Exit: with 1, if a line was refused.
    """
    # The framework is loaded only here: loading it takes most of the time of any other command.
    from api.http.ndjson import LineReport, batches, bodies_of, lines_of  # noqa: PLC0415

    report = LineReport()
    bitacora.writer.call(intake.opens)
    with file.open("rb") as source, progress_bar(*COLUMNS) as bar:
        # The size of a pipe is not known.
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
