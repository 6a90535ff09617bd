"""The page of the history: the incidents and the maintenance that began in one month, the newest first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.http.answers import cursor_of, place_of
from api.site.kernel.addresses import PAGE
from api.site.kernel.answers import answer_page, anybody
from api.site.kernel.contents import PageContent
from api.site.kernel.reading import PageRead
from api.site.past import Past
from application.document import Day, Key, Localized
from application.incidents.documents import PublicIncidentDocument
from application.listings import moment_of_place
from application.maintenance.documents import PublicWindowDocument
from application.status.board import BEGINNING
from domain.errors import Invalid
from domain.instants import day_span

if TYPE_CHECKING:
    from datetime import tzinfo

    from api.site.kernel.languages import Speech
    from application.status.projection import ComponentRow

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

ENTRIES = 100
OWN = ("month", "component", "cursor")
"""The members of its query."""
MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
FIRST_YEAR = 2
"""The first of which every moment can be written in every zone."""
DECEMBER = 12


@dataclass(frozen=True, kw_only=True)
class HistoryQuestion:
    """What a reader asks for; ``before`` is the place in time that the page begins at."""

    month: str | None = None
    component: str | None = None
    before: str | None = None
    entries: int = ENTRIES
    """How many incidents and windows the page shows at most."""


class HistoryEntry(TypedDict):
    """Something that began in the month: one of the two is None."""

    incident: PublicIncidentDocument | None
    window: PublicWindowDocument | None


class FilterOption(TypedDict):
    """A component by which the page can be narrowed down."""

    key: Key
    name: Localized


class PageOfHistory(TypedDict):
    """What the page shows."""

    month: Day
    """Its first day."""
    this_month: Day
    earlier: Day | None
    """The last month before it in which something began."""
    later: Day | None
    component: str | None
    options: list[FilterOption]
    names: dict[Key, Localized]
    entries: list[HistoryEntry]
    cursor: str | None
    """Where the month goes on."""
    is_whole: bool
    """Whether the page begins with the newest."""


@router.get(f"/{{lang:{PAGE}}}/history")
async def show_history(request: Request, lang: str) -> Response:
    """Show what began in a month; by default in the last one in which something did."""
    asked = request.query_params
    month, component, cursor = (asked.get(name) or None for name in OWN)

    async def read(page: PageRead) -> PageContent:
        question = HistoryQuestion(month=month, component=component, before=_place(cursor))
        return await read_history_page(page, question)

    return await answer_page(request, lang, "history", read, own=OWN)


async def read_history_page(read: PageRead, asked: HistoryQuestion | None = None) -> PageContent:
    """Read what the page of a month is made from.

    Raises:
        Invalid: if there is no such month or it has not come yet, or readers know no such component.
    """
    asked = asked or HistoryQuestion()
    zone, rows = read.facade.settings.zone, await read.component_rows()
    past = _past(read, rows, asked.component)
    this = read.now.astimezone(zone).date().replace(day=1)
    month = _month(asked.month, this) or month_of(await past.last_before(read.now + timedelta.resolution), zone) or this
    start, end = month_span(month, zone)
    places = await past.began(start, end, asked.before, asked.entries + 1)
    later = month_of(await past.first_from(end), zone)
    options: list[FilterOption] = [
        {"key": row.component, "name": row.document["name"]}
        for row in rows
        if not row.retired or row.component == asked.component
    ]
    document: PageOfHistory = {
        "month": month.isoformat(),
        "this_month": this.isoformat(),
        "earlier": _written(month_of(await past.last_before(start), zone)),
        "later": _written(later if later is not None and later <= this else None),
        "component": asked.component,
        "options": options,
        "names": {row.component: row.document["name"] for row in rows},
        "entries": [{"incident": each.incident, "window": each.window} for each in places[: asked.entries]],
        "cursor": cursor_of(places[asked.entries - 1].place) if len(places) > asked.entries else None,
        "is_whole": asked.before is None,
    }
    return PageContent(
        template="history.html",
        document=document,
        shape=PageOfHistory,
        words=history_words,
        until=month_span(this, zone)[1],
    )


def history_words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    """Name the months."""
    return {
        f"{name}_name": speech.month(date.fromisoformat(document[name])) if document[name] else None
        for name in ("month", "earlier", "later")
    }


def month_span(month: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Give the first instant of the month that begins with a day, and the first of the month after."""
    after = date(month.year + month.month // DECEMBER, month.month % DECEMBER + 1, 1)
    return day_span(month, zone)[0], day_span(after, zone)[0]


def _month(text: str | None, this: date) -> date | None:
    if text is None:
        return None
    found = MONTH.fullmatch(text)
    year, number = (int(part) for part in found.groups()) if found else (0, 0)
    if year < FIRST_YEAR or not 1 <= number <= DECEMBER or date(year, number, 1) > this:
        raise Invalid("a month is written as 2021-03, and has begun", pointer="/month")
    return date(year, number, 1)


def _past(read: PageRead, rows: Sequence[ComponentRow], component: str | None) -> Past:
    if component is None:
        return Past(read=read)
    for row in rows:
        if row.component == component:
            return Past(read=read, component=component, registered_at=row.registered_at or BEGINNING)
    raise Invalid("there is no such component", pointer="/component")


def month_of(moment: datetime | None, zone: tzinfo) -> date | None:
    """Give the first day of the month of a moment, if the page can show it."""
    if moment is None or moment.year < FIRST_YEAR:
        return None
    return moment.astimezone(zone).date().replace(day=1)


def _written(month: date | None) -> str | None:
    return None if month is None else month.isoformat()


def _place(cursor: str | None) -> str | None:
    place = place_of(cursor)
    if place is not None:
        try:
            moment_of_place(place)
        except ValueError:
            raise Invalid("the cursor is not one that this page gave", pointer="/cursor") from None
    return place
