"""Reads what readers are told of incidents, windows and restorations, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.changes.projection import CHANGE_VIEW, SHOWN_AT
from application.incidents.projection import INCIDENT_UPDATES, INCIDENT_VIEW
from application.maintenance.projection import WINDOW_UPDATES, WINDOW_VIEW
from application.panels.projection import PANEL_VIEW, RESTORATION_UPDATES
from application.timelines import entry_key
from infrastructure.projections.temporal_tables import consistent_read
from infrastructure.queries.changes import BEFORE, snapshot_change
from infrastructure.queries.timelines import TimelineTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.changes.telling import SnapshotChange
    from infrastructure.store.base import Store, Value

FEW, MANY = 5, 100
"""Among how many times as many changes, of components and panels too, those of things that are told of are looked for:
first among few, and if these are not enough, among many."""
TIMELINES = {
    "incident": (INCIDENT_VIEW, INCIDENT_UPDATES),
    "maintenance_window": (WINDOW_VIEW, WINDOW_UPDATES),
    "restoration": (PANEL_VIEW, RESTORATION_UPDATES),
}
"""By the type of a thing: which view has its timeline, and in which table."""
TOLD_OF = " OR ".join(f"thing LIKE '{kind}/%'" for kind in TIMELINES)
# The documents are read of those alone that are given.
NEWEST = f"""
    SELECT page.from_position, page.thing, (
        SELECT document FROM public_things WHERE thing = page.thing AND from_position = page.from_position
    ), ({BEFORE}) FROM (
        SELECT from_position, thing FROM (
            SELECT from_position, thing FROM public_things
            WHERE {SHOWN_AT} <= :until ORDER BY {SHOWN_AT} DESC LIMIT :among
        ) AS looked_at
        WHERE {TOLD_OF} ORDER BY from_position DESC LIMIT :limit
    ) AS page
"""
OF_THING = f"""
    SELECT page.from_position, page.thing, page.document, ({BEFORE}) FROM (
        SELECT from_position, thing, document FROM public_things
        WHERE thing = :thing AND from_position <= :until ORDER BY from_position DESC LIMIT :limit
    ) AS page
"""


class SqlAnnouncementQueries:
    """Implements ``AnnouncementQueries`` on a store; see there for what each method gives."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store
        self._timelines = {kind: TimelineTable(store, table) for kind, (_, table) in TIMELINES.items()}

    def newest(self, until: int, limit: int) -> Sequence[SnapshotChange]:
        """Give the last changes up to a position."""
        found = self._changes(NEWEST, {"until": until, "limit": limit, "among": FEW * limit})
        if len(found) == limit:
            return found
        return self._changes(NEWEST, {"until": until, "limit": limit, "among": MANY * limit})

    def of_thing(self, thing: str, until: int, limit: int) -> Sequence[SnapshotChange]:
        """Give the last changes of one thing up to a position."""
        return self._changes(OF_THING, {"thing": thing, "until": until, "limit": limit})

    def _changes(self, statement: str, values: dict[str, Value]) -> Sequence[SnapshotChange]:
        until = int(values["until"] or 0)
        with consistent_read(self._store, CHANGE_VIEW, until), self._store.reading_views() as connection:
            rows = connection.execute(statement, values)
        return sorted(map(snapshot_change, rows), key=lambda each: -each.position)

    def entries(self, at: int, wanted: Mapping[str, Sequence[int]]) -> Mapping[tuple[str, int], tuple[int, str]]:
        """Give entries of timelines, each with the position since which it is as it is."""
        found: dict[tuple[str, int], tuple[int, str]] = {}
        for kind, (view, _) in TIMELINES.items():
            names = {
                entry_key(id, number, public=True): (thing, number)
                for thing, numbers in wanted.items()
                for found_kind, _, id in [thing.partition("/")]
                if found_kind == kind
                for number in numbers
            }
            if not names:
                continue
            with consistent_read(self._store, view, at):
                dated = self._timelines[kind].dated(at, list(names))
            found |= {names[name]: each for name, each in dated.items()}
        return found
