"""The calendar of maintenance (RFC 5545): one to subscribe to, and one of each window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.feeds.calendar_file import write_calendar
from api.feeds.calendar_windows import CalendarQuestion, PageOfCalendar, next_change, read_selected, read_single
from api.site.kernel.addresses import PAGE
from api.site.kernel.answers import anybody
from api.site.kernel.contents import FileContent
from api.site.kernel.copied import CopiedFile
from api.site.kernel.files import answer_file, language_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from typing import Any

    from api.site.kernel.reading import PageRead
    from api.site.kernel.view import PageView

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

CALENDAR = "text/calendar; charset=utf-8"
PATH = "maintenance.ics"


@router.get(f"/{PATH}")
async def show_calendar_in_default_language(request: Request) -> Response:
    """Give all maintenance as a calendar, in the default language or the one that ``lang`` names."""
    return await _all(request, language_of(request))


@router.get(f"/{{lang:{PAGE}}}/{PATH}")
async def show_calendar(request: Request, lang: str) -> Response:
    """Give all maintenance as a calendar, or what concerns a component or an audience."""
    return await _all(request, lang)


@router.get("/maintenance/{id}.ics")
async def show_one_in_default_language(request: Request, id: str) -> Response:
    """Give one window as a calendar, in the default language or the one that ``lang`` names."""
    return await _one(request, language_of(request), id)


@router.get(f"/{{lang:{PAGE}}}/maintenance/{{id}}.ics")
async def show_one(request: Request, lang: str, id: str) -> Response:
    """Give one window as a calendar."""
    return await _one(request, lang, id)


async def _all(request: Request, language: str) -> Response:
    asked = _selection(request, component=True)
    return await _answer(request, language, PATH, lambda read: read_selected(read, asked), asked)


async def _one(request: Request, language: str, id: str) -> Response:
    asked = _selection(request)
    return await _answer(request, language, f"maintenance/{id}.ics", lambda read: read_single(read, id, asked), asked)


def _selection(request: Request, *, component: bool = False) -> CalendarQuestion:
    query = request.query_params
    return CalendarQuestion(
        component=(query.get("component") or None) if component else None, audience=query.get("audience") or None
    )


async def _answer(
    request: Request,
    language: str,
    path: str,
    read_windows: Callable[[PageRead], Awaitable[PageOfCalendar]],
    asked: CalendarQuestion,
) -> Response:
    async def read(page: PageRead) -> FileContent:
        return _content(page, await read_windows(page), asked)

    return await answer_file(request, language, path, read, own=asked.names)


async def copied_calendars(_read: PageRead) -> Sequence[CopiedFile]:
    """List the calendars that a copy of the site has: that of all maintenance."""

    async def read(page: PageRead) -> FileContent:
        asked = CalendarQuestion()
        return _content(page, await read_selected(page, asked), asked)

    return [CopiedFile(path=PATH, read=read)]


def _content(page: PageRead, document: PageOfCalendar, asked: CalendarQuestion) -> FileContent:
    zones = page.facade.zones

    def write(found: Mapping[str, Any], view: PageView) -> bytes:
        return write_calendar(found, view, zones, asked)

    return FileContent(
        media=CALENDAR,
        document=document,
        shape=PageOfCalendar,
        write=write,
        until=next_change(document, page.now),
        modified_at=document["changed_at"],
    )
