"""Which pages a copy of the site has."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from api.site.audiences import read_audience
from api.site.board import read_board_page
from api.site.components import read_component_page
from api.site.history import HistoryQuestion, month_of, month_span, read_history_page
from api.site.incidents import read_incident_page
from api.site.kernel.addresses import part_of
from api.site.maintenance import read_maintenance, read_window
from api.site.panel_lookup import read_lookup
from api.site.panels import read_panel, read_panels
from api.site.past import Past
from application.maintenance.projection import WindowStage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.site.kernel.reading import PageRead
    from api.site.kernel.site import PageReading

AT_ONCE = 100
"""How many incidents are listed at once."""
ENTRIES = 2_000
"""How many incidents and windows the page of a month names, which has no next one in a copy."""
MOST_WINDOWS = 500
"""How many windows of each stage a copy has."""


async def copied_pages(read: PageRead) -> AsyncIterator[tuple[str, PageReading]]:
    """Give the path of each page, without its language, and what reads it; what is asked most first."""
    yield "", read_board_page
    board, _ = await read.board()
    for component in board["components"]:
        yield f"components/{component['key']}", partial(read_component_page, key=component["key"])
    async for id in _incidents(read):
        yield f"incidents/{id}", partial(read_incident_page, id=UUID(id))
    yield "history", partial(read_history_page, asked=HistoryQuestion(entries=ENTRIES))
    async for month in _months(read):
        yield f"history/{month}", partial(read_history_page, asked=HistoryQuestion(month=month, entries=ENTRIES))
    async for page in _of_maintenance(read):
        yield page
    async for page in _of_panels(read):
        yield page


async def _incidents(read: PageRead) -> AsyncIterator[str]:
    before: str | None = None
    while True:
        found = await read.incidents(before=before, limit=AT_ONCE)
        for each in found:
            yield each["id"]
        if not found:
            return
        before = found[-1]["id"]


async def _months(read: PageRead) -> AsyncIterator[str]:
    zone, past = read.facade.settings.zone, Past(read=read)
    moment = read.now + timedelta.resolution
    while (found := await past.last_before(moment)) and (month := month_of(found, zone)):
        yield f"{month.year:04}-{month.month:02}"
        moment, _ = month_span(month, zone)


async def _of_maintenance(read: PageRead) -> AsyncIterator[tuple[str, PageReading]]:
    yield "maintenance", read_maintenance
    for key in await read.audiences():
        yield f"audiences/{part_of(key)}", partial(read_audience, key=key)
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
