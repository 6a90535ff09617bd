"""Commands that maintain the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.progress import PROGRESS, migration_progress, progress_bar
from api.cli.session import Database, Opens, open_program
from application.errors import BadSetting, ViewsNotBuilt
from application.registry import VIEWS
from infrastructure.event_log.event_index import index_log
from infrastructure.projections.rebuild import Rebuild
from infrastructure.settings import read_settings

if TYPE_CHECKING:
    from infrastructure.bootstrap import Bitacora

app = typer.Typer()


@app.command()
def rebuild(
    views: Annotated[list[str] | None, typer.Argument(help="Names of views; all views by default.")] = None,
    database: Database = None,
) -> None:
    """Build views again from the events. What is read stays as it is until they are done, and where they fail."""
    known = {view.name: view for view in VIEWS}
    unknown = [name for name in views or [] if name not in known]
    if unknown:
        raise BadSetting(f"there is no view {unknown[0]}; the views are {', '.join(known)}")
    with open_program(read_settings(database=database), Opens.TABLES) as bitacora:
        bitacora.migrate()
        work = Rebuild(bitacora.store, bitacora.mapper, [known[name] for name in views or known])
        with progress_bar(*PROGRESS) as bar:
            task = bar.add_task("events", total=bitacora.facade.end_of_log())
            try:
                work.run(advanced=lambda count: bar.update(task, advance=count))
            except ViewsNotBuilt as error:
                _print_built(bitacora, [name for name in views or known if name not in error.failed])
                raise
        _print_built(bitacora, views or list(known))


def _print_built(bitacora: Bitacora, views: Sequence[str]) -> None:
    if views:
        print(f"rebuilt {', '.join(views)} to position {bitacora.facade.end_of_log()}")


@app.command()
def migrate(database: Database = None) -> None:
    """Create missing tables, the tree and the index of the log, without serving; views are built at the next start."""
    with open_program(read_settings(database=database), Opens.NOTHING) as bitacora:
        with migration_progress(bitacora) as progress:
            bitacora.migrate_as_owner(progress)
        with progress_bar(*PROGRESS) as bar:
            task = bar.add_task("index of the log", total=bitacora.facade.end_of_log())
            index_log(bitacora.store, advanced=lambda position: bar.update(task, completed=position))
        print(f"the store is up to date: {bitacora.store.address}")
