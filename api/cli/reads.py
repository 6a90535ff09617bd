"""Commands that read."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from api.audit.events import export_lines
from api.cli.output import availability_table, window_table
from api.cli.session import Database, Opens, open_program
from api.http.values import parse_instant
from application.errors import BadSetting
from application.maintenance.projection import WindowStage
from application.maintenance.queries import WindowFilter
from application.panels.availability import read_availability
from infrastructure.settings import read_settings

if TYPE_CHECKING:
    from datetime import tzinfo

    from application.facade import Facade
    from infrastructure.bootstrap import Bitacora

DIGITS = 18
"""How many digits a position may have."""
WIDTH = 200
"""How wide a table is that is not printed to a terminal."""

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
        until = last if as_of is None else _until(bitacora, as_of, last)
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
        clocks = _zone_of(facade, zone)
        page = facade.queries.windows.page(bitacora.follower.position, WindowFilter(stage=stage), None, limit)
        windows = [json.loads(private) for _, private, _ in page]
        language = facade.settings.languages[0]
        table = window_table(windows, zone=clocks, language=lang or language, default=language)
        Console(width=None if sys.stdout.isatty() else WIDTH).print(table)


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
            position = _until(bitacora, as_of, position)
        moment = None if at is None else _moment(bitacora, at)
        panels = read_availability(facade.queries.panels, position, moment)
        language = facade.settings.languages[0]
        for table in availability_table(
            panels, zone=_zone_of(facade, zone), language=lang or language, default=language
        ):
            Console(width=None if sys.stdout.isatty() else WIDTH).print(table)


def _zone_of(facade: Facade, zone: str | None) -> tzinfo:
    clocks = facade.settings.zone if zone is None else facade.zones.find(zone)
    if clocks is None:
        raise BadSetting(f"there is no time zone {zone}")
    return clocks


def _until(bitacora: Bitacora, text: str, last: int) -> int:
    if text.isascii() and text.isdigit():
        if int(text[:DIGITS]) > last or len(text) > DIGITS:
            raise BadSetting(f"position {text} lies in the future")
        return int(text)
    return bitacora.facade.queries.events.position_at(_moment(bitacora, text))


def _moment(bitacora: Bitacora, text: str) -> datetime:
    try:
        moment = parse_instant(text)
    except ValueError as error:
        raise BadSetting(str(error)) from None
    if moment > bitacora.clock.now():
        raise BadSetting(f"{text} lies in the future")
    return moment
