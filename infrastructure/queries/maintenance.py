"""Reads maintenance windows, and the series that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from application.listings import moment_of_place, place_in_time
from application.maintenance.projection import (
    SERIES,
    STAGES,
    WINDOW_LISTING,
    WINDOW_UPDATES,
    WINDOW_VIEW,
    WINDOWS,
    WindowStage,
    facet_of,
)
from application.pieces import Piece
from domain.impact import EVERYWHERE
from domain.maintenance import WindowState
from infrastructure.projections.temporal_tables import consistent_read
from infrastructure.queries.document_table import DocumentTable
from infrastructure.queries.listings import Listing, Sifted, earlier
from infrastructure.queries.timelines import TimelineTable
from infrastructure.store.base import instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from application.maintenance.queries import WindowFilter
    from infrastructure.store.base import Store

COLUMNS = ("document", "public_document", "updates", "public_updates")
STAGED_AT = {
    WindowStage.UPCOMING: "(began_at IS NULL OR began_at > :moment) AND (over_at IS NULL OR over_at > :moment)",
    WindowStage.ACTIVE: "began_at <= :moment AND (over_at IS NULL OR over_at > :moment)",
    WindowStage.PAST: "over_at <= :moment",
}
BEGUN = tuple(str(state) for state, stage in STAGES.items() if stage is not WindowStage.UPCOMING)
"""The states of windows that are no longer upcoming."""


class SqlWindowQueries:
    """Reads windows and series."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store
        self._windows = DocumentTable(store, WINDOW_VIEW, WINDOWS, COLUMNS, alone=False)
        self._series = DocumentTable(store, WINDOW_VIEW, SERIES)
        self._listing = Listing(WINDOW_LISTING, WINDOWS, "maintenance_window", COLUMNS)
        self._timelines = TimelineTable(store, WINDOW_UPDATES)

    def find(self, at: int, id: UUID) -> tuple[str, str | None] | None:
        """Give private and public side of one window; None if there was none at position ``at``."""
        with consistent_read(self._store, WINDOW_VIEW, at):
            found = self._windows.find(at, maintenance_window=str(id))
            return self._timelines.whole(at, [(str(id), *found)])[0] if found else None

    def page(self, at: int, wanted: WindowFilter, after: str | None, limit: int) -> Piece[tuple[str, str, str | None]]:
        """Give place, private and public side of windows, in the order of the filter, beyond the place ``after``."""
        series = None if wanted.series is None else str(wanted.series)
        with consistent_read(self._store, WINDOW_VIEW, at):
            with self._store.reading_views() as connection:
                rows = self._listing.page(
                    connection,
                    at,
                    facets=_facets(wanted.component, series),
                    states=_states(wanted),
                    public=wanted.public,
                    after=after,
                    limit=limit,
                    falling=not wanted.rises,
                    sifted=_staged(wanted),
                )
            sides = self._timelines.whole(at, [row[1:] for row in rows])
        return Piece([(str(row[0]), *both) for row, both in zip(rows, sides, strict=True)], rows.goes_on)

    def began(
        self, at: int, *, component: str | None, start: datetime, end: datetime, before: str | None, limit: int
    ) -> Sequence[tuple[str, str, str]]:
        """Give place, private and public side of windows that were to begin from ``start`` to ``end``."""
        with consistent_read(self._store, WINDOW_VIEW, at):
            with self._store.reading_views() as connection:
                rows = self._listing.page(
                    connection,
                    at,
                    facets=_facets(component),
                    states=BEGUN,
                    public=True,
                    after=earlier(place_in_time(end), before),
                    limit=limit,
                    falling=True,
                    until=place_in_time(start),
                )
            sides = self._timelines.whole(at, [row[1:] for row in rows])
        return [(str(row[0]), private, public or "{}") for row, (private, public) in zip(rows, sides, strict=True)]

    def beginning(self, at: int, moment: datetime, *, component: str | None, later: bool) -> datetime | None:
        """Give when the last of these before a moment was to begin, or the first one at it or later."""
        with consistent_read(self._store, WINDOW_VIEW, at), self._store.reading_views() as connection:
            place = self._listing.nearest(
                connection,
                at,
                facets=_facets(component),
                states=BEGUN,
                after=place_in_time(moment),
                falling=not later,
            )
        return None if place is None else moment_of_place(place)

    def updates(
        self, at: int, id: UUID, *, public: bool, after: str | None, limit: int
    ) -> Sequence[tuple[str, str]] | None:
        """Give number and document of the updates of a window, the oldest first, beyond the number ``after``."""
        with consistent_read(self._store, WINDOW_VIEW, at):
            found = self._windows.find(at, maintenance_window=str(id))
            if found is None or (public and found[1] is None):
                return None
            count = int(found[3 if public else 2] or 0)
            return self._timelines.page(at, str(id), count, public=public, after=after, limit=limit)

    def counts(self, at: int) -> Mapping[str, int]:
        """Count the windows of each state."""
        return self._windows.count_by(at, "state")

    def find_series(self, at: int, id: UUID) -> str | None:
        """Give one series; None if there was none at position ``at``."""
        found = self._series.find(at, maintenance_series=str(id))
        return None if found is None else str(found[0])

    def page_of_series(self, at: int, before: str | None, limit: int) -> Piece[tuple[str, str]]:
        """Give id and document of series, the newest first, of those whose id is less than ``before``."""
        rows = self._series.page(at, "maintenance_series", after=before, limit=limit, falling=True)
        return Piece([(str(row[0]), str(row[1])) for row in rows], rows.goes_on)


def _facets(component: str | None, series: str | None = None) -> list[str]:
    # What affects the whole product affects each component.
    components = (None,) if component is None else (component, EVERYWHERE)
    return [facet_of(each, series) for each in components]


def _states(wanted: WindowFilter) -> tuple[str, ...]:
    """Name the states that the filter asks for; with a moment, the stage is that of then."""
    stage = None if wanted.moment is not None else wanted.stage
    return tuple(
        str(state)
        for state in WindowState
        if wanted.state in {None, state} and (stage is None or STAGES[state] is stage)
    )


def _staged(wanted: WindowFilter) -> Sifted:
    if wanted.stage is None or wanted.moment is None:
        return None
    return STAGED_AT[wanted.stage], {"moment": instant(wanted.moment)}
