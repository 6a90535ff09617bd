"""Commands about the public pages."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from api.cli.session import Database, Opens, open_program
from infrastructure.settings import read_settings

app = typer.Typer(help="The public pages.")


@app.command("export")
def export(
    folder: Annotated[
        Path, typer.Argument(file_okay=False, help="Where to write it: a new or empty folder, or an earlier copy.")
    ],
    database: Database = None,
) -> None:
    """Write the public pages as files that any web server can serve; only what has changed is written."""
    from api.copied_files import COPIED_FILES  # noqa: PLC0415 - the framework is loaded only here
    from api.site.copied_pages import copied_pages  # noqa: PLC0415
    from api.site.export import SiteCopy  # noqa: PLC0415
    from api.site.kernel.site import Site  # noqa: PLC0415

    with open_program(read_settings(database=database), Opens.VIEWS) as bitacora:
        done = asyncio.run(SiteCopy(Site(bitacora.facade), folder, copied_pages, COPIED_FILES).write())
        print(f"{folder}: {done.written} files written, {done.kept} left as they were, {done.removed} removed")
