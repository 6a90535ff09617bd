"""Which pages a copy of the site has."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from api.http.answers import cursor_of
from api.site.audiences import read_audience
from api.site.board import read_board_page
from api.site.components import read_component_page
from api.site.history import HistoryQuestion, month_of, month_span, read_history_page
from api.site.incidents import read_incident_page
from api.site.kernel.addresses import part_of
from api.site.kernel.copied import CopiedPage
from api.site.maintenance import PIECE, MaintenanceQuestion, place_of_window, read_maintenance, read_window
from api.site.panel_lookup import read_lookup
from api.site.panels import read_panel, read_panels
from api.site.past import Past
from application.maintenance.projection import WindowStage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date

    from api.site.kernel.reading import PageRead
    from application.maintenance.documents import PublicWindowDocument

AT_ONCE = 100
"""How many incidents, or windows, are listed at once."""
ENTRIES = 2_000
"""How many incidents and windows the page of a month names, which has no next one in a copy."""
MOST_AHEAD = 500
"""How many windows in progress, and how many planned ones, the page of maintenance shows in a copy."""


async def copied_pages(read: PageRead) -> AsyncIterator[CopiedPage]:
    """Give each page; what is asked most first."""
    yield page_of_board()
    board, _ = await read.board()
    for component in board["components"]:
        yield page_of_component(component["key"])
    async for page in _of_maintenance(read):
        yield page
    for page in await pages_of_panels(read):
        yield page
    yield page_of_history()
    async for month in _months(read):
        yield page_of_month(month)
    async for id in _incidents(read):
        yield page_of_incident(id)


def page_of_board() -> CopiedPage:
    """Give the page of the board."""
    return CopiedPage(path="", read=read_board_page)


def page_of_component(key: str) -> CopiedPage:
    """Give the page of a component."""
    return CopiedPage(path=f"components/{key}", read=partial(read_component_page, key=key))


def page_of_incident(id: str) -> CopiedPage:
    """Give the page of an incident."""
    return CopiedPage(path=f"incidents/{id}", read=partial(read_incident_page, id=UUID(id)))


def page_of_window(id: str) -> CopiedPage:
    """Give the page of a window."""
    return CopiedPage(path=f"maintenance/{id}", read=partial(read_window, id=id))


def page_of_audience(key: str) -> CopiedPage:
    """Give the page of an audience."""
    return CopiedPage(path=f"audiences/{part_of(key)}", read=partial(read_audience, key=key))


def page_of_history() -> CopiedPage:
    """Give the page of the last month in which something began."""
    return CopiedPage(path="history", read=partial(read_history_page, asked=HistoryQuestion(entries=ENTRIES)))


def page_of_month(month: date) -> CopiedPage:
    """Give the page of the month that begins with a day."""
    text = f"{month.year:04}-{month.month:02}"
    asked = HistoryQuestion(month=text, entries=ENTRIES)
    return CopiedPage(path="history", query={"month": text}, read=partial(read_history_page, asked=asked))


async def pages_of_panels(read: PageRead) -> list[CopiedPage]:
    """List the pages of panels; none if there are no panels."""
    rows = await read.panels()
    if not rows:
        return []
    shared = [CopiedPage(path="panels", read=read_panels), CopiedPage(path="panels/lookup", read=read_lookup)]
    return [*shared, *(CopiedPage(path=f"panels/{row.panel}", read=partial(read_panel, key=row.panel)) for row in rows)]


def pages_of_maintenance(past: Sequence[PublicWindowDocument]) -> list[CopiedPage]:
    """List the page of all maintenance, and those with earlier ``past`` windows, which come the last ones first.

    They are counted from the oldest on, so that a page stays as it is when a window becomes past.
    """
    last = max(len(past) - 1, 0) // PIECE
    whole = MaintenanceQuestion(ahead=MOST_AHEAD, earlier=last or None)
    pages = [CopiedPage(path="maintenance", read=partial(read_maintenance, asked=whole))]
    for number in range(last, 0, -1):
        cursor = cursor_of(place_of_window(past[len(past) - number * PIECE - 1]))
        asked = MaintenanceQuestion(stage=WindowStage.PAST, cursor=cursor, earlier=number - 1 or None)
        read = partial(read_maintenance, asked=asked)
        pages.append(CopiedPage(path="maintenance", query={"page": str(number)}, behind=cursor, read=read))
    return pages


async def windows_of(read: PageRead, stage: WindowStage) -> list[PublicWindowDocument]:
    """List all windows of a stage; past ones the last first."""
    windows: list[PublicWindowDocument] = []
    while found := await read.windows(stage, AT_ONCE, after=place_of_window(windows[-1]) if windows else None):
        windows += found
    return windows


async def _incidents(read: PageRead) -> AsyncIterator[str]:
    before: str | None = None
    while found := await read.incidents(before=before, limit=AT_ONCE):
        for each in found:
            yield each["id"]
        before = found[-1]["id"]


async def _months(read: PageRead) -> AsyncIterator[date]:
    zone, past = read.facade.settings.zone, Past(read=read)
    moment = read.now + timedelta.resolution
    while (found := await past.last_before(moment)) and (month := month_of(found, zone)):
        yield month
        moment, _ = month_span(month, zone)


async def _of_maintenance(read: PageRead) -> AsyncIterator[CopiedPage]:
    past = await windows_of(read, WindowStage.PAST)
    for page in pages_of_maintenance(past):
        yield page
    for key in await read.audiences():
        yield page_of_audience(key)
    for stage in (WindowStage.ACTIVE, WindowStage.UPCOMING):
        for window in await windows_of(read, stage):
            yield page_of_window(window["id"])
    for window in past:
        yield page_of_window(window["id"])
