"""The rows of maintenance windows, with their timelines, and of the series that make them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from application.listings import ALL, ListingRow, listing_table, place_in_time
from application.maintenance.documents import (
    PublicWindowSide,
    WindowSide,
    public_window_side,
    window_side,
)
from application.maintenance.series_documents import SeriesDocument, series_document
from application.maintenance.timeline_documents import ENTRIES, PRIVATE_ENTRIES
from application.projections.tables import Index, Row, Table, Timeline, View
from application.timelines import UpdateRow, update_rows, updates_table
from domain.aggregate import Aggregate
from domain.maintenance import Entry, MaintenanceWindow, WindowState
from domain.maintenance.series import MaintenanceSeries


class WindowStage(StrEnum):
    """Where a window lies in time."""

    UPCOMING = "upcoming"
    ACTIVE = "active"
    PAST = "past"


STAGES = {
    WindowState.SCHEDULED: WindowStage.UPCOMING,
    WindowState.IN_PROGRESS: WindowStage.ACTIVE,
    WindowState.VERIFYING: WindowStage.ACTIVE,
    WindowState.COMPLETED: WindowStage.PAST,
    WindowState.CANCELLED: WindowStage.PAST,
}

WINDOWS = Table(
    name="maintenance_windows",
    key=("maintenance_window",),
    columns={
        "maintenance_window": "key",
        "state": "key",
        "began_at": "instant",
        "over_at": "instant",
        "updates": "number",
        "public_updates": "number",
        "document": "document",
        "public_document": "document",
    },
    indexes=(Index(("state", "from_position"), "to_position IS NULL"),),
)

WINDOW_LISTING = listing_table("maintenance_listing")

WINDOW_UPDATES = updates_table("maintenance_window_updates")

SERIES = Table(
    name="maintenance_series",
    key=("maintenance_series",),
    columns={"maintenance_series": "key", "document": "document"},
)


@dataclass(frozen=True, kw_only=True)
class WindowRow(Row):
    """A window: the document of operators and the one of readers, without the updates.

    ``began_at`` and ``over_at`` say when it really began, and was completed or cancelled.
    """

    TABLE: ClassVar[Table] = WINDOWS

    maintenance_window: str
    state: str
    began_at: datetime | None
    over_at: datetime | None
    updates: int
    public_updates: int
    document: WindowSide
    public_document: PublicWindowSide | None


@dataclass(frozen=True, kw_only=True)
class WindowUpdateRow(UpdateRow):
    """A side of an entry of a window's timeline."""

    TABLE: ClassVar[Table] = WINDOW_UPDATES


@dataclass(frozen=True, kw_only=True)
class WindowListingRow(ListingRow):
    """That a window stands in the list of all, of a component, of a series, or of both, by its planned start."""

    TABLE: ClassVar[Table] = WINDOW_LISTING


def facet_of(component: str | None, series: str | None) -> str:
    """Name the list of the windows that affect a component, that a series made, or both; None is any."""
    return "/".join(filter(None, (component, series))) or ALL


@dataclass(frozen=True, kw_only=True)
class SeriesRow(Row):
    """A series as operators see it."""

    TABLE: ClassVar[Table] = SERIES

    maintenance_series: str
    document: SeriesDocument


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the rows that follow from a window, or a series, as it is, but for the updates."""
    match aggregate:
        case MaintenanceWindow():
            return _of_window(aggregate)
        case MaintenanceSeries():
            return (SeriesRow(maintenance_series=str(aggregate.id), document=series_document(aggregate)),)
        case _:
            return ()


def entries_of(aggregate: Aggregate) -> tuple[Entry, ...]:
    """Give the entries of a window's timeline."""
    return aggregate.timeline if isinstance(aggregate, MaintenanceWindow) else ()


WINDOW_VIEW = View(
    name="maintenance",
    version=4,
    tables=(WINDOWS, WINDOW_LISTING, WINDOW_UPDATES, SERIES),
    of=(MaintenanceWindow, MaintenanceSeries),
    rows_of=rows_of,
    timeline=Timeline(entries_of=entries_of, rows_of=update_rows(WindowUpdateRow, PRIVATE_ENTRIES, ENTRIES)),
)


def _of_window(window: MaintenanceWindow) -> Iterator[Row]:
    document = window_side(window)
    components, place = (
        (*window.plan.components, *window.impact),
        place_in_time(window.timetable.starts_at, document["id"]),
    )
    facets = {facet_of(each, series) for each in (None, *components) for series in (None, document["series"])}
    yield from WindowListingRow.each(
        sorted(facets), thing=document["id"], state=document["state"], public=window.is_public, place=place
    )
    yield WindowRow(
        maintenance_window=document["id"],
        state=document["state"],
        began_at=window.started_at,
        over_at=window.ended_at,
        updates=len(window.timeline),
        public_updates=window.public_entries,
        document=document,
        public_document=public_window_side(window),
    )
