"""The rows of maintenance windows, with their timelines, and of the series that make them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from application.maintenance.documents import (
    PublicWindowDocument,
    WindowDocument,
    public_window_document,
    window_document,
)
from application.maintenance.series_documents import SeriesDocument, series_document
from application.projections.tables import Index, Row, Table, View
from domain.aggregate import Aggregate
from domain.maintenance import MaintenanceWindow, WindowState
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
        "public": "flag",
        "state": "key",
        "stage": "key",
        "place": "key",
        "series": "key",
        "components": "text",
        "began_at": "instant",
        "over_at": "instant",
        "document": "document",
        "public_document": "document",
    },
    # What is asked for is nearly always what holds now, and old rows would lie before it in every other index.
    indexes=(
        Index(("stage", "place", "public"), "to_position IS NULL"),
        Index(("place",), "to_position IS NULL"),
        Index(("state", "from_position"), "to_position IS NULL"),
    ),
)

SERIES = Table(
    name="maintenance_series",
    key=("maintenance_series",),
    columns={"maintenance_series": "key", "document": "document"},
)


@dataclass(frozen=True, kw_only=True)
class WindowRow(Row):
    """A window: the document of operators and the one of readers.

    ``place`` sorts by the planned start; ``components`` is ``|key|key|``; ``began_at`` and ``over_at`` say when it
    really began, and was completed or cancelled.
    """

    TABLE: ClassVar[Table] = WINDOWS

    maintenance_window: str
    public: bool
    state: str
    stage: str
    place: str
    series: str | None
    components: str
    began_at: datetime | None
    over_at: datetime | None
    document: WindowDocument
    public_document: PublicWindowDocument | None


@dataclass(frozen=True, kw_only=True)
class SeriesRow(Row):
    """A series as operators see it."""

    TABLE: ClassVar[Table] = SERIES

    maintenance_series: str
    document: SeriesDocument


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the row that follows from a window, or a series, as it is."""
    match aggregate:
        case MaintenanceWindow():
            return (_window_row(aggregate),)
        case MaintenanceSeries():
            return (SeriesRow(maintenance_series=str(aggregate.id), document=series_document(aggregate)),)
        case _:
            return ()


WINDOW_VIEW = View(
    name="maintenance", version=3, tables=(WINDOWS, SERIES), of=(MaintenanceWindow, MaintenanceSeries), rows_of=rows_of
)


def place_of(starts_at: datetime, id: str) -> str:
    """Give the text by which windows sort: by their start, and by their id where two begin at once."""
    return f"{starts_at:%Y%m%dT%H%M%S.%f}/{id}"


def _window_row(window: MaintenanceWindow) -> WindowRow:
    document = window_document(window)
    return WindowRow(
        maintenance_window=document["id"],
        public=window.is_public,
        state=document["state"],
        stage=STAGES[window.state],
        place=place_of(window.timetable.starts_at, document["id"]),
        series=document["series"],
        components=f"|{'|'.join(dict.fromkeys((*window.plan.components, *window.impact)))}|",
        began_at=window.started_at,
        over_at=window.ended_at,
        document=document,
        public_document=public_window_document(window),
    )
