"""Reads incidents and signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic_core import from_json

from application.incidents.documents import IncidentStateName
from application.incidents.projection import (
    ANY_STATE,
    INCIDENT_LISTING,
    INCIDENT_UPDATES,
    INCIDENT_VIEW,
    INCIDENTS,
    beginnings_of,
)
from application.incidents.queries import IncidentFilter
from application.incidents.signal_projection import SIGNAL_VIEW, SIGNALS
from application.listings import ALL, moment_of_place, place_in_time
from application.pieces import Piece
from infrastructure.projections.temporal_tables import consistent_read, is_recent
from infrastructure.queries.document_table import DocumentTable, equal
from infrastructure.queries.listings import Listing, earlier
from infrastructure.queries.timelines import TimelineTable
from infrastructure.store.base import BulkStatement, Value, moment

if TYPE_CHECKING:
    from infrastructure.store.base import Store

# As an expression: of a join, a plan that was made for an empty table reads all of one that has grown.
PUBLIC_SIDES = BulkStatement(
    sql=f"SELECT given.column1, (SELECT public_document FROM {INCIDENTS.name} WHERE incident = given.column1"
    " AND from_position <= given.column2 ORDER BY from_position DESC LIMIT 1) FROM {given}",
    columns=("key", "number"),
)
COLUMNS = ("document", "public_document", "updates", "public_updates")


class SqlIncidentQueries:
    """Reads incidents, each with its newest updates."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store
        self._incidents = DocumentTable(store, INCIDENT_VIEW, INCIDENTS, COLUMNS, alone=False)
        self._ends = DocumentTable(store, INCIDENT_VIEW, INCIDENTS, ("ended_at",))
        self._listing = Listing(INCIDENT_LISTING, INCIDENTS, "incident", COLUMNS)
        self._timelines = TimelineTable(store, INCIDENT_UPDATES)

    def find(self, at: int, id: UUID) -> tuple[str, str | None] | None:
        """Give one incident; None if there was none at position ``at``."""
        with consistent_read(self._store, INCIDENT_VIEW, at):
            found = self._incidents.find(at, incident=str(id))
            return self._timelines.whole(at, [(str(id), *found)])[0] if found else None

    def ended_at(self, at: int, id: UUID) -> datetime | None:
        """Give when an incident was resolved, dismissed or withdrawn; None while it goes on, at position ``at``."""
        found = self._ends.find(at, incident=str(id))
        return moment(found[0]) if found and found[0] else None

    def page(
        self, at: int, wanted: IncidentFilter, before: str | None, limit: int
    ) -> Piece[tuple[str, str, str | None]]:
        """Give id, private and public side, the newest first, of those whose id is less than ``before``."""
        with consistent_read(self._store, INCIDENT_VIEW, at):
            rows = self._rows(at, wanted, before, limit)
            sides = self._timelines.whole(at, rows)
        return Piece([(str(row[0]), *both) for row, both in zip(rows, sides, strict=True)], rows.goes_on)

    def began(
        self,
        at: int,
        *,
        component: str | None,
        start: datetime,
        end: datetime,
        before: str | None,
        limit: int,
    ) -> Sequence[tuple[str, str]]:
        """Give place and public side of incidents that began from ``start`` to ``end``, the newest first."""
        with consistent_read(self._store, INCIDENT_VIEW, at):
            with self._store.reading_views() as connection:
                rows = self._listing.page(
                    connection,
                    at,
                    facets=(beginnings_of(component),),
                    states=(ANY_STATE,),
                    public=True,
                    after=earlier(place_in_time(end), before),
                    limit=limit,
                    falling=True,
                    until=place_in_time(start),
                )
            sides = self._timelines.whole(at, [row[1:] for row in rows])
        return [(str(row[0]), side or "{}") for row, (_, side) in zip(rows, sides, strict=True)]

    def beginning(self, at: int, moment: datetime, *, component: str | None, later: bool) -> datetime | None:
        """Give when the last public incident before a moment began, or the first one at it or later."""
        with consistent_read(self._store, INCIDENT_VIEW, at), self._store.reading_views() as connection:
            place = self._listing.nearest(
                connection,
                at,
                facets=(beginnings_of(component),),
                states=(ANY_STATE,),
                after=place_in_time(moment),
                falling=not later,
            )
        return None if place is None else moment_of_place(place)

    def updates(
        self, at: int, id: UUID, *, public: bool, after: str | None, limit: int
    ) -> Sequence[tuple[str, str]] | None:
        """Give number and document of the updates of an incident, the oldest first, beyond the number ``after``."""
        with consistent_read(self._store, INCIDENT_VIEW, at):
            found = self._incidents.find(at, incident=str(id))
            if found is None or (public and found[1] is None):
                return None
            count = int(found[3 if public else 2] or 0)
            return self._timelines.page(at, str(id), count, public=public, after=after, limit=limit)

    def public_titles(self, at: int, ids: Sequence[str]) -> Mapping[str, dict[str, str]]:
        """Give the titles that readers see, by id, of those incidents that they see at position ``at``."""
        with consistent_read(self._store, INCIDENT_VIEW, at), self._store.reading_views() as connection:
            rows = connection.run(PUBLIC_SIDES, [(id, at) for id in ids])
        return {str(row[0]): from_json(str(row[1]))["title"] for row in rows if row[1] is not None}

    def _rows(self, at: int, wanted: IncidentFilter, before: str | None, limit: int) -> Piece[tuple[Value, ...]]:
        with self._store.reading_views() as connection:
            if is_recent(connection, INCIDENT_VIEW.name, at):
                rows = self._listing.page(
                    connection,
                    at,
                    facets=(ALL if wanted.component is None else wanted.component,),
                    states=tuple(IncidentStateName) if wanted.state is None else (wanted.state,),
                    public=wanted.public,
                    after=before,
                    limit=limit,
                    falling=True,
                )
                return Piece(row[1:] for row in rows)
        where, values = equal({"state": wanted.state, "public": None if wanted.public is None else int(wanted.public)})
        if wanted.component is not None:
            where += " AND components LIKE :component ESCAPE '!'"
            values["component"] = f"%|{wanted.component.replace('_', '!_')}|%"
        return self._incidents.page(
            at, "incident", after=before, limit=limit, falling=True, either=(where,), values=values
        )


class SqlSignalQueries:
    """Reads the signals."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._signals = DocumentTable(store, SIGNAL_VIEW, SIGNALS)

    def find(self, at: int, id: UUID) -> str | None:
        """Give one signal; None if there was none at position ``at``."""
        found = self._signals.find(at, signal=str(id))
        return None if found is None else str(found[0])

    def page(
        self, at: int, *, routed: bool | None, firing: bool | None = None, after: str | None, limit: int
    ) -> Piece[tuple[str, str]]:
        """Give id and document, by id, of those whose id is greater than ``after``."""
        # As literals, so that the indexes of the few that are not routed, and of those that fire, can be used.
        wanted = (("routed", routed), ("firing", firing))
        where = " AND ".join(f"{column} = {int(flag)}" for column, flag in wanted if flag is not None) or "1 = 1"
        rows = self._signals.page(at, "signal", after=after, limit=limit, either=(where,))
        return Piece([(str(row[0]), str(row[1])) for row in rows], rows.goes_on)
