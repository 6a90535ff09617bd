"""Reads maintenance windows, and the series that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from application.maintenance.projection import SERIES, WINDOW_VIEW, WINDOWS, WindowStage
from domain.impact import EVERYWHERE
from infrastructure.projections.temporal_tables import branches, read_consistently
from infrastructure.queries.document_table import PAST_THE_END, DocumentTable
from infrastructure.store.base import Value, instant, optional_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.maintenance.queries import WindowFilter
    from infrastructure.store.base import Store

STAGED_AT = {
    WindowStage.UPCOMING: "(began_at IS NULL OR began_at > :moment) AND (over_at IS NULL OR over_at > :moment)",
    WindowStage.ACTIVE: "began_at <= :moment AND (over_at IS NULL OR over_at > :moment)",
    WindowStage.PAST: "over_at <= :moment",
}


class SqlWindowQueries:
    """Reads windows and series."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store
        self._windows = DocumentTable(store, WINDOWS, ("document", "public_document"), view=WINDOW_VIEW)
        self._series = DocumentTable(store, SERIES, view=WINDOW_VIEW)

    def find(self, at: int, id: UUID) -> tuple[str, str | None] | None:
        """Give private and public side of one window; None if there was none at position ``at``."""
        found = self._windows.find(at, maintenance_window=str(id))
        return None if found is None else (str(found[0]), optional_text(found[1]))

    def page(
        self, at: int, wanted: WindowFilter, after: str | None, limit: int
    ) -> Sequence[tuple[str, str, str | None]]:
        """Give place, private and public side of windows, in the order of the filter, beyond the place ``after``."""
        where, values = _conditions(wanted)
        values |= {"at": at, "limit": limit, "after": after or ("" if wanted.rises else PAST_THE_END)}
        beyond, order = ("place > :after", "ASC") if wanted.rises else ("place < :after", "DESC")
        # Only the documents of the page are read, and of what holds now only the page is looked at: the first branch
        # of the rows that hold is taken from its index in order.
        now, *then = branches(WINDOWS, "place, maintenance_window, from_position", f"{where} AND {beyond}")
        piece = f"SELECT * FROM ({now} ORDER BY place {order} LIMIT :limit) AS now_held"
        places = " UNION ALL ".join([piece, *then])
        statement = f"""
            SELECT page.place, document, public_document
            FROM (SELECT * FROM ({places}) AS held ORDER BY place {order} LIMIT :limit) AS page
            JOIN {WINDOWS.name} AS found ON found.maintenance_window = page.maintenance_window
            AND found.from_position = page.from_position
            ORDER BY page.place {order}
        """
        rows = read_consistently(self._store, WINDOW_VIEW, statement, values)
        return [(str(row[0]), str(row[1]), optional_text(row[2])) for row in rows]

    def counts(self, at: int) -> Mapping[str, int]:
        """Count the windows of each state."""
        return self._windows.count_by(at, "state")

    def find_series(self, at: int, id: UUID) -> str | None:
        """Give one series; None if there was none at position ``at``."""
        found = self._series.find(at, maintenance_series=str(id))
        return None if found is None else str(found[0])

    def page_of_series(self, at: int, before: str | None, limit: int) -> Sequence[tuple[str, str]]:
        """Give id and document of series, the newest first, of those whose id is less than ``before``."""
        rows = self._series.page(at, "maintenance_series", after=before, limit=limit, falling=True)
        return [(str(row[0]), str(row[1])) for row in rows]


def _conditions(wanted: WindowFilter) -> tuple[str, dict[str, Value]]:
    conditions, values = ["1 = 1"], dict[str, Value]()
    if wanted.stage is not None and wanted.moment is not None:
        conditions.append(STAGED_AT[wanted.stage])
        values["moment"] = instant(wanted.moment)
    elif wanted.stage is not None:
        conditions.append("stage = :stage")
        values["stage"] = str(wanted.stage)
    if wanted.state is not None:
        conditions.append("state = :state")
        values["state"] = wanted.state
    if wanted.component is not None:
        # What affects the whole product affects each component.
        conditions.append(f"(components LIKE :component ESCAPE '!' OR components LIKE '%|{EVERYWHERE}|%')")
        values["component"] = f"%|{wanted.component.replace('_', '!_')}|%"
    if wanted.series is not None:
        conditions.append("series = :series")
        values["series"] = str(wanted.series)
    if wanted.public is not None:
        conditions.append("public = :public")
        values["public"] = int(wanted.public)
    return " AND ".join(conditions), values
