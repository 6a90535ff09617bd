"""Which pages a copy of the site has."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from api.site.audiences import read_audience
from api.site.board import read_board_page
from api.site.maintenance import read_maintenance, read_window
from api.site.panel_lookup import read_lookup
from api.site.panels import read_panel, read_panels
from application.maintenance.projection import WindowStage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.site.kernel.reading import PageRead
    from api.site.kernel.site import PageReading

MOST_WINDOWS = 500
"""How many windows of each stage a copy has."""


async def copied_pages(read: PageRead) -> AsyncIterator[tuple[str, PageReading]]:
    """Give the path of each page, without its language, and what reads it; what is asked most first."""
    yield "", read_board_page
    async for page in _of_maintenance(read):
        yield page
    async for page in _of_panels(read):
        yield page


async def _of_maintenance(read: PageRead) -> AsyncIterator[tuple[str, PageReading]]:
    yield "maintenance", read_maintenance
    for key in await read.audiences():
        yield f"audiences/{key}", partial(read_audience, key=key)
    for stage in WindowStage:
        for window in await read.windows(stage, MOST_WINDOWS):
            yield f"maintenance/{window['id']}", partial(read_window, id=window["id"])


async def _of_panels(read: PageRead) -> AsyncIterator[tuple[str, PageReading]]:
    panels = await read.panels()
    if not panels:
        return
    yield "panels", read_panels
    yield "panels/lookup", read_lookup
    for row in panels:
        yield f"panels/{row.panel}", partial(read_panel, key=row.panel)
