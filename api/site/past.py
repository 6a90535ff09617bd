"""What began in a span of time, incidents and windows together, as readers see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.incidents.queries import public_incident
from api.maintenance.queries import public_window
from application.maintenance.reader_view import ReaderView
from application.status.board import BEGINNING

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


@dataclass(frozen=True, kw_only=True)
class Past:
    """Reads what began, of everything or of what affected one component.

    Windows are those that are no longer upcoming, by their planned start. What affects the whole product affects a
    component only from ``registered_at`` on.
    """

    read: PageRead
    component: str | None = None
    registered_at: datetime = BEGINNING

    async def began(self, start: datetime, end: datetime, before: str | None, limit: int) -> list[Begun]:
        """List what began from ``start`` to ``end``, the newest first, of what lies before a place in time."""
        incidents = await self.incidents(start, end, before, limit)
        windows = await self.windows(start, end, before, limit)
        return sorted((*incidents, *windows), key=lambda each: each.place, reverse=True)[:limit]

    async def incidents(self, start: datetime, end: datetime, before: str | None, limit: int) -> list[Begun]:
        """List the incidents that began from ``start`` to ``end``, the newest first."""
        read, queries = self.read, self.read.facade.queries.incidents
        rows = await read.run(
            lambda: queries.began(
                read.position, component=self.component, start=start, end=end, before=before, limit=limit
            )
        )
        hidden = await read.hidden()
        return [Begun(place=place, incident=public_incident(public, hidden, read.now)) for place, public in rows]

    async def windows(self, start: datetime, end: datetime, before: str | None, limit: int) -> list[Begun]:
        """List the windows that were to begin from ``start`` to ``end``, the last first."""
        read, queries, first = self.read, self.read.facade.queries.windows, max(start, self.registered_at)
        rows = await read.run(
            lambda: queries.began(
                read.position, component=self.component, start=first, end=end, before=before, limit=limit
            )
        )
        hidden, view = await read.hidden(), ReaderView(now=read.now)
        return [
            Begun(place=place, window=public_window(private, public, hidden, view)) for place, private, public in rows
        ]

    async def last_before(self, moment: datetime) -> datetime | None:
        """Give when the last thing before a moment began."""
        return max(await self._beginnings(moment, later=False), default=None)

    async def first_from(self, moment: datetime) -> datetime | None:
        """Give when the first thing at a moment or later began."""
        return min(await self._beginnings(moment, later=True), default=None)

    async def _beginnings(self, moment: datetime, *, later: bool) -> list[datetime]:
        position, component, queries = self.read.position, self.component, self.read.facade.queries
        first = max(moment, self.registered_at) if later else moment

        def find() -> list[datetime]:
            incident = queries.incidents.beginning(position, moment, component=component, later=later)
            window = queries.windows.beginning(position, first, component=component, later=later)
            found = [incident, window if window is None or window >= self.registered_at else None]
            return [each for each in found if each is not None]

        return await self.read.run(find)
