"""Reads incidents and signals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from application.incidents.documents import UPDATES
from application.incidents.projection import INCIDENT_UPDATES, INCIDENT_VIEW, INCIDENTS
from application.incidents.queries import IncidentFilter
from application.incidents.signal_projection import SIGNAL_VIEW, SIGNALS
from infrastructure.projections.temporal_tables import consistent_read
from infrastructure.queries.document_table import DocumentTable, equal
from infrastructure.store.base import BulkStatement, Value, moment

if TYPE_CHECKING:
    from infrastructure.store.base import Connection, Store

Sides = tuple[Value, Value]
"""What operators and what readers see of an update; None for these if they do not."""
SECTION = 500
# Not joined: PostgreSQL, which knows nothing yet of a table that was just built anew, would read all of it.
UPDATES_OF = BulkStatement(
    sql=f"SELECT incident, from_position, to_position, document, public_document FROM {INCIDENT_UPDATES.name}"
    " WHERE incident {among} ORDER BY incident, number",
    columns=("key",),
)


class SqlIncidentQueries:
    """Reads incidents, each with its timeline."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store
        self._incidents = DocumentTable(store, INCIDENTS, ("document", "public_document"))
        self._ends = DocumentTable(store, INCIDENTS, ("ended_at",))

    def find(self, at: int, id: UUID) -> tuple[str, str | None] | None:
        """Give one incident; None if there was none at position ``at``."""
        with consistent_read(self._store, INCIDENT_VIEW, at):
            found = self._incidents.find(at, incident=str(id))
            whole = self._with_timelines([(str(id), *found)] if found else [], at)
        return whole[0][1:] if whole else None

    def ended_at(self, at: int, id: UUID) -> datetime | None:
        """Give when an incident was resolved, dismissed or withdrawn; None while it goes on, at position ``at``."""
        with consistent_read(self._store, INCIDENT_VIEW, at):
            found = self._ends.find(at, incident=str(id))
        return moment(found[0]) if found and found[0] else None

    def page(
        self, at: int, wanted: IncidentFilter, before: str | None, limit: int
    ) -> Sequence[tuple[str, str, str | None]]:
        """Give id, private and public side, the newest first, of those whose id is less than ``before``."""
        where, values = equal({"state": wanted.state, "public": None if wanted.public is None else int(wanted.public)})
        if wanted.component is not None:
            where += " AND components LIKE :component ESCAPE '!'"
            values["component"] = f"%|{wanted.component.replace('_', '!_')}|%"
        with consistent_read(self._store, INCIDENT_VIEW, at):
            rows = self._incidents.page(
                at, "incident", after=before, limit=limit, falling=True, where=where, values=values
            )
            return self._with_timelines(rows, at)

    def _with_timelines(self, rows: Sequence[tuple[Value, ...]], at: int) -> list[tuple[str, str, str | None]]:
        with self._store.reading_views() as connection:
            timelines = _timelines(connection, [str(row[0]) for row in rows], at)
        return [_incident(row, timelines[str(row[0])]) for row in rows]


def _timelines(connection: Connection, incidents: Sequence[str], at: int) -> defaultdict[str, list[Sides]]:
    """Give the updates of each incident that hold at a position, in order."""
    found: defaultdict[str, list[Sides]] = defaultdict(list)
    for incident, begins, ends, *sides in connection.run(UPDATES_OF, [(incident,) for incident in incidents]):
        if int(begins or 0) <= at and (ends is None or int(ends) > at):
            found[str(incident)].append((sides[0], sides[1]))
    return found


def _incident(row: tuple[Value, ...], updates: Sequence[Sides]) -> tuple[str, str, str | None]:
    """Put the updates of an incident into its two sides."""
    id, private, public = row
    shown = [str(update) for _, update in updates if update is not None]
    return (
        str(id),
        _with_updates(str(private), [str(update) for update, _ in updates]),
        None if public is None else _with_updates(str(public), shown),
    )


def _with_updates(document: str, updates: Sequence[str]) -> str:
    return f'{document[:-1]},"{UPDATES}":[{",".join(updates)}]}}'


class SqlSignalQueries:
    """Reads the signals."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._signals = DocumentTable(store, SIGNALS, view=SIGNAL_VIEW)

    def page(self, at: int, *, routed: bool | None, after: str | None, limit: int) -> Sequence[tuple[str, str]]:
        """Give id and document, by id, of those whose id is greater than ``after``."""
        # As a literal, so that the index of the few that are not can be used.
        where = "1 = 1" if routed is None else f"routed = {int(routed)}"
        rows = self._signals.page(at, "signal", after=after, limit=limit, where=where)
        return [(str(row[0]), str(row[1])) for row in rows]
