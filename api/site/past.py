"""What began in a span of time, incidents and windows together, as readers see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.incidents.queries import public_incident
from api.maintenance.queries import public_window
from application.maintenance.reader_view import ReaderView

if TYPE_CHECKING:
    from datetime import datetime

    from api.site.kernel.reading import PageRead
    from application.incidents.documents import PublicIncidentDocument
    from application.maintenance.documents import PublicWindowDocument


@dataclass(frozen=True, kw_only=True)
class Begun:
    """An incident or a window, and its place in time."""

    place: str
    incident: PublicIncidentDocument | None = None
    window: PublicWindowDocument | None = None


async def read_began(
    read: PageRead, component: str | None, start: datetime, end: datetime, before: str | None, limit: int
) -> list[Begun]:
    """List what began from ``start`` to ``end``, the newest first; windows by their planned start, once they began."""
    incidents = await incidents_began(read, component, start, end, before, limit)
    windows = await windows_began(read, component, start, end, before, limit)
    return sorted((*incidents, *windows), key=lambda each: each.place, reverse=True)[:limit]


async def incidents_began(
    read: PageRead, component: str | None, start: datetime, end: datetime, before: str | None, limit: int
) -> list[Begun]:
    """List the incidents that began from ``start`` to ``end``, the newest first."""
    queries = read.facade.queries.incidents
    rows = await read.run(
        lambda: queries.began(read.position, component=component, start=start, end=end, before=before, limit=limit)
    )
    hidden = await read.hidden()
    return [Begun(place=place, incident=public_incident(public, hidden, read.now)) for place, public in rows]


async def windows_began(
    read: PageRead, component: str | None, start: datetime, end: datetime, before: str | None, limit: int
) -> list[Begun]:
    """List the windows that are no longer upcoming, of those that were to begin from ``start`` to ``end``."""
    queries = read.facade.queries.windows
    rows = await read.run(
        lambda: queries.began(read.position, component=component, start=start, end=end, before=before, limit=limit)
    )
    hidden, view = await read.hidden(), ReaderView(now=read.now)
    return [Begun(place=place, window=public_window(private, public, hidden, view)) for place, private, public in rows]


async def began_before(read: PageRead, component: str | None, moment: datetime) -> datetime | None:
    """Give when the last thing before a moment began."""
    return max(await _beginnings(read, component, moment, later=False), default=None)


async def began_later(read: PageRead, component: str | None, moment: datetime) -> datetime | None:
    """Give when the first thing at a moment or later began."""
    return min(await _beginnings(read, component, moment, later=True), default=None)


async def _beginnings(read: PageRead, component: str | None, moment: datetime, *, later: bool) -> list[datetime]:
    both = (read.facade.queries.incidents, read.facade.queries.windows)

    def find() -> list[datetime | None]:
        return [each.beginning(read.position, moment, component=component, later=later) for each in both]

    return [each for each in await read.run(find) if each is not None]
