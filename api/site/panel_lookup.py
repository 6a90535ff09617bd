"""The page that says which panel an account is on, by the day on which the account was created."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.http.values import parse_day
from api.site.kernel.addresses import PAGE
from api.site.kernel.answers import answer_page, anybody
from api.site.kernel.contents import PageContent
from api.site.kernel.reading import PageRead
from api.site.panel_parts import ShownPanel, shown_panels
from application.panels.documents import PublicPanelDocument, public_panel
from application.panels.queries import look_up
from application.texts import translatable

if TYPE_CHECKING:
    from application.panels.projection import PanelRow

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

LONGEST_DAY = 40
NO_DAY = translatable("%(value)s is not a day. Write it as year, month and day, for example 2020-08-27.")
FUTURE = translatable("%(value)s lies in the future.")


class PageOfLookup(TypedDict):
    """What the page that looks up a panel shows."""

    asked: str
    day: str | None
    """Which day was asked for; None if none was, or it cannot be."""
    wrong: str | None
    """Why it cannot be."""
    panel: PublicPanelDocument | None
    """The one with accounts of that day."""
    answer: ShownPanel | None
    """How that one is."""
    panels: list[PublicPanelDocument]


@router.get(f"/{{lang:{PAGE}}}/panels/lookup")
async def show_lookup(request: Request, lang: str) -> Response:
    """Show the form that asks for the day on which an account was created, and the panel that it is on."""
    asked = request.query_params.get("account_created_on", "").strip()[:LONGEST_DAY]

    async def read(page: PageRead) -> PageContent:
        return await read_lookup(page, asked)

    return await answer_page(request, lang, "panels/lookup", read, own=("account_created_on",))


async def read_lookup(read: PageRead, asked: str = "") -> PageContent:
    """Look a panel up by a day; an empty one asks for nothing."""
    rows = await read.panels()
    day = _day(asked)
    found = await _find(read, rows, day) if day else None
    clocks = read.facade.zones.find(found.document["zone"]) if found else read.facade.settings.zone
    is_future = day is not None and day > read.now.astimezone(clocks).date()
    wrong = FUTURE if is_future else NO_DAY if asked and day is None else None
    document: PageOfLookup = {
        "asked": asked,
        "day": day.isoformat() if day and not wrong else None,
        "wrong": wrong,
        "panel": public_panel(found.document) if found and not wrong else None,
        "answer": (await shown_panels(read, found.panel))[0] if found and not wrong else None,
        "panels": [public_panel(row.document) for row in rows],
    }
    status = 422 if wrong else 200
    return PageContent(template="panel_lookup.html", document=document, shape=PageOfLookup, status=status)


async def _find(read: PageRead, rows: Sequence[PanelRow], day: date) -> PanelRow | None:
    panels, zones = read.facade.queries.panels, read.facade.zones
    key, _ = await read.run(lambda: look_up(panels, zones, read.position, day))
    return next((row for row in rows if row.panel == key), None)


def _day(text: str) -> date | None:
    try:
        return parse_day(text) if text else None
    except ValueError:
        return None
