"""Commands about held requests."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

from api.cli.imports import import_file
from api.cli.progress import progress_bar
from api.cli.session import Database, Opens, open_program
from application.caller import BY_CONSOLE
from infrastructure.settings import read_settings

app = typer.Typer(help="Import and export held requests.", no_args_is_help=True)
COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())


class Form(StrEnum):
    """How requests are written."""

    NDJSON = "ndjson"
    CSV = "csv"
    XLSX = "xlsx"


class Separator(StrEnum):
    """What stands between the cells of a table."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"


SIGNS = {Separator.COMMA: ",", Separator.SEMICOLON: ";", Separator.TAB: "\t"}


@app.callback()
def held_requests() -> None:
    """Import and export held requests."""


@app.command("import")
def import_requests(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="A file with one JSON object on each line."),
    ],
    database: Database = None,
) -> None:
    """Import the held requests of a file; a request that is there already counts as a repeat."""
    from api.ledger.intake import held_request_intake  # noqa: PLC0415 - other commands need not wait until that is loaded

    with open_program(read_settings(database=database)) as bitacora:
        import_file(bitacora, held_request_intake(bitacora.facade, BY_CONSOLE), file, "held requests")


@app.command("export")
def export_requests(
    cause: Annotated[
        str | None, typer.Option(help="Only those of one cause: its id, maintenance_window:<id>, or unassigned.")
    ] = None,
    form: Annotated[
        Form,
        typer.Option(
            "--format", help="ndjson for one JSON object on each line, csv for a table, xlsx for a spreadsheet."
        ),
    ] = Form.NDJSON,
    separator: Annotated[Separator, typer.Option(help="What stands between the cells of csv.")] = Separator.COMMA,
    bom: Annotated[bool, typer.Option("--bom", help="Begin csv with a byte order mark, for spreadsheets.")] = False,
    database: Database = None,
) -> None:
    """Write held requests to stdout, in the order of their ids."""
    from api.ledger.cause_text import parse_cause_filter  # noqa: PLC0415 - see above

    try:
        wanted = parse_cause_filter(cause)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--cause") from None
    if form is Form.XLSX and sys.stdout.isatty():
        raise typer.BadParameter("a spreadsheet is no text: write it into a file, with >", param_hint="--format")
    with open_program(read_settings(database=database), Opens.VIEWS) as bitacora, progress_bar(*COLUMNS) as bar:
        position, queue = bitacora.follower.position, bitacora.facade.queries.held_requests
        counts = (
            queue.totals(position).values()
            if cause is None
            else [each.count for each in queue.counts(position, wanted.cause)]
        )
        documents = bar.track(queue.all(position, wanted), total=sum(counts), description="held requests")
        for piece in _pieces(form, documents, SIGNS[separator], mark=bom, now=bitacora.clock.now()):
            sys.stdout.buffer.write(piece)


def _pieces(form: Form, documents: Iterable[str], separator: str, *, mark: bool, now: datetime) -> Iterator[bytes]:
    from api.ledger.exports import chunks_of, csv_lines, ndjson_lines  # noqa: PLC0415 - see above
    from api.ledger.spreadsheet import Spreadsheet  # noqa: PLC0415 - see above

    match form:
        case Form.NDJSON:
            yield from ndjson_lines(documents)
        case Form.CSV:
            yield from csv_lines(documents, separator=separator, mark=mark)
        case Form.XLSX:
            with Spreadsheet(now) as spreadsheet:
                spreadsheet.add(documents)
                yield from chunks_of(spreadsheet.packed())
