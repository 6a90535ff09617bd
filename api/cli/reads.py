"""Commands that read."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from api.audit.events import export_lines
from api.cli.moments import moment_of, position_of, zone_of
from api.cli.output import availability_table, table_console, window_table
from api.cli.session import Database, Opens, open_program
from application.maintenance.projection import WindowStage
from application.maintenance.queries import WindowFilter
from application.panels.availability import read_availability
from infrastructure.settings import read_settings

app = typer.Typer()


@app.command()
def events(
    after: Annotated[int, typer.Option(min=0, help="Only events after this position.")] = 0,
    as_of: Annotated[
        str | None, typer.Option(help="Only events up to this instant (with its offset) or position.")
    ] = None,
    entries: Annotated[
        bool,
        typer.Option(
            "--entries",
            help="Add to each event the text that is hashed into the tree of the log, and end with a checkpoint.",
        ),
    ] = False,
    database: Database = None,
) -> None:
    """Write the events to stdout, one JSON object on each line."""
    with open_program(read_settings(database=database), Opens.LOG) as bitacora:
        last, _ = bitacora.facade.queries.events.last()
        until = last if as_of is None else position_of(bitacora, as_of, last)
        checkpoint = None
        if entries:
            bitacora.open_tree()
            checkpoint = bitacora.facade.queries.proofs.at(until)
        for line in export_lines(bitacora.facade, after, until, checkpoint):
            print(line.decode(), end="")


@app.command("windows")
def list_windows(
    stage: Annotated[WindowStage | None, typer.Option(help="Only windows of this stage; all by default.")] = None,
    zone: Annotated[
        str | None, typer.Option(help="IANA time zone of the times; BITACORA_TIME_ZONE by default.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="Language of the titles; the first of BITACORA_LANGUAGES by default.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="The largest number of windows.")] = 50,
    database: Database = None,
) -> None:
    """List the maintenance windows, with those that are not announced yet."""
    with open_program(read_settings(database=database), Opens.VIEWS) as bitacora:
        facade = bitacora.facade
        clocks = zone_of(facade, zone)
        page = facade.queries.windows.page(bitacora.follower.position, WindowFilter(stage=stage), None, limit)
        windows = [json.loads(private) for _, private, _ in page]
        language = facade.settings.languages[0]
        table = window_table(windows, zone=clocks, language=lang or language, default=language)
        table_console().print(table)


@app.command("panels")
def list_panels(
    as_of: Annotated[str | None, typer.Option(help="What was known at this instant or position.")] = None,
    at: Annotated[str | None, typer.Option(help="What was true at this instant, by what is known now.")] = None,
    zone: Annotated[
        str | None, typer.Option(help="IANA time zone of the times; BITACORA_TIME_ZONE by default.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="Language of the notes; the first of BITACORA_LANGUAGES by default.")
    ] = None,
    database: Database = None,
) -> None:
    """Show what works on each panel."""
    with open_program(read_settings(database=database), Opens.VIEWS) as bitacora:
        facade, position = bitacora.facade, bitacora.follower.position
        if as_of is not None:
            position = position_of(bitacora, as_of, position)
        moment = None if at is None else moment_of(bitacora, at)
        panels = read_availability(facade.queries.panels, position, moment)
        language = facade.settings.languages[0]
        for table in availability_table(
            panels, zone=zone_of(facade, zone), language=lang or language, default=language
        ):
            table_console().print(table)
