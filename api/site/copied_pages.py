"""Which pages a copy of the site has."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from api.site.board import read_board_page
from api.site.components import read_component_page
from api.site.history import HistoryQuestion, month_of, month_span, read_history_page
from api.site.incidents import read_incident_page
from api.site.past import Past

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.site.kernel.reading import PageRead
    from api.site.kernel.site import PageReading

AT_ONCE = 100
"""How many incidents are listed at once."""
ENTRIES = 2_000
"""How many incidents and windows the page of a month names, which has no next one in a copy."""


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
