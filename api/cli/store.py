"""Commands that maintain the store."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.cli.session import Database, Opens, open_program
from application.errors import BadSetting
from application.registry import VIEWS
from infrastructure.projections.rebuild import Rebuild
from infrastructure.settings import read_settings

app = typer.Typer()


@app.command()
def rebuild(
    views: Annotated[list[str] | None, typer.Argument(help="Names of views; all views by default.")] = None,
    database: Database = None,
) -> None:
    """Build views again from the events."""
    known = {view.name: view for view in VIEWS}
    unknown = [name for name in views or [] if name not in known]
    if unknown:
        raise BadSetting(f"there is no view {unknown[0]}; the views are {', '.join(known)}")
    with open_program(read_settings(database=database), Opens.TABLES) as bitacora:
        bitacora.migrate()
        work = Rebuild(bitacora.store, bitacora.mapper, [known[name] for name in views or known])
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("events", total=bitacora.facade.queries.events.last()[0])
            work.run(advanced=lambda count: bar.update(task, advance=count))
        print(f"rebuilt {', '.join(views or known)} to position {bitacora.facade.queries.events.last()[0]}")


@app.command()
def migrate(database: Database = None) -> None:
    """Create missing tables, without serving; changed views are built at the next start."""
    with open_program(read_settings(database=database), Opens.NOTHING) as bitacora:
        bitacora.migrate()
        print(f"the store is up to date: {bitacora.store.address}")
