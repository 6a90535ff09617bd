"""Reads the status board."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from application.status.projection import BOARD_VIEW, CAUSES, COMPONENTS, CauseRow, ComponentRow
from domain.impact import EVERYWHERE
from domain.policy import TICK
from domain.provenance import FUTURE_TOLERANCE
from infrastructure.projections.temporal_tables import HELD, consistent_read, holding, read_consistently
from infrastructure.queries.board_panels import read_board_panels
from infrastructure.store.base import Value, instant, moment

if TYPE_CHECKING:
    from application.status.panel_board import PanelRecord
    from infrastructure.store.base import Store

COMPONENT_COLUMNS = ", ".join(COMPONENTS.columns)
CAUSE_COLUMNS = ", ".join(CAUSES.columns)

PLACE_OF_COMPONENT = tuple(CAUSES.columns).index("component")

ALL_COMPONENTS = holding(COMPONENTS, COMPONENT_COLUMNS)
OPEN_CAUSES = holding(CAUSES, CAUSE_COLUMNS, "ended_at IS NULL")
CAUSES_AT = holding(CAUSES, CAUSE_COLUMNS, "started_at <= :moment AND (ended_at IS NULL OR ended_at > :moment)")
# When the last cause of readers' and of operators' side ended tells since when a component is well: one step back in an
# index, where a join would read every cause there ever was. Only where readers did not see it, theirs is looked for.
ENDED = f"""
    FROM causes WHERE causes.component = known.component AND ended_at <= :until AND started_at < ended_at AND {HELD}
"""
LAST = f"SELECT ended_at || '|' || status || '|' || public {ENDED}"
# Of those that ended together a known one comes before «unknown», which is the last of all in the order of letters.
NEWEST = "ORDER BY ended_at DESC, status LIMIT 1"
LAST_ENDED = f"""
WITH known AS MATERIALIZED (
    SELECT component, ({LAST} {NEWEST}) AS ended
    FROM (SELECT component FROM components WHERE to_position IS NULL UNION ALL SELECT '{EVERYWHERE}') AS known
)
SELECT component, ended, CASE WHEN ended LIKE '%|1' THEN ended ELSE ({LAST} AND public = 1 {NEWEST}) END AS seen_to_end
FROM known WHERE ended IS NOT NULL
"""
# What touches the causes of now, and what touches that, tells since when the worst of them is the worst: for each
# component, one goes back from start to start as long as something ended no earlier. The bare column would lead SQLite
# through the index of starts, from the first cause there ever was.
EARLIER = f"""
    SELECT min(started_at || '') FROM causes WHERE causes.component IN (chain.component, '{EVERYWHERE}')
    AND ended_at >= chain.since AND ended_at <= :until AND {HELD}
"""
OWN = "SELECT component, min(started_at) FROM ({causes}) AS latest GROUP BY component"
# What is open everywhere is where the way back begins for every component.
SHARED = f"""
    SELECT known.component, min(started_at) FROM components known
    JOIN ({{causes}}) AS latest ON latest.component IN (known.component, '{EVERYWHERE}')
    WHERE known.to_position IS NULL GROUP BY known.component
"""


def _touching(causes: str, begins: str) -> str:
    return f"""
    WITH RECURSIVE chain (component, since) AS (
        {begins.format(causes=causes)}
        UNION ALL
        SELECT chain.component, ({EARLIER}) FROM chain WHERE ({EARLIER}) < chain.since
    )
    SELECT DISTINCT {", ".join(f"causes.{name}" for name in CAUSES.columns)}
    FROM (SELECT component, min(since) AS since FROM chain GROUP BY component) AS reached
    JOIN causes ON causes.component IN (reached.component, '{EVERYWHERE}') AND ended_at >= reached.since
    AND ended_at <= :until AND {HELD}
    """


TOUCHING_OPEN = {is_shared: _touching(OPEN_CAUSES, SHARED if is_shared else OWN) for is_shared in (False, True)}
TOUCHING_AT = {is_shared: _touching(CAUSES_AT, SHARED if is_shared else OWN) for is_shared in (False, True)}
HISTORY = (
    f"SELECT {CAUSE_COLUMNS} FROM causes WHERE component IN (:component, '{EVERYWHERE}') AND started_at < :until"
    f" AND (ended_at IS NULL OR ended_at > :start) AND {HELD}"
)


class SqlBoardQueries:
    """Reads the status board."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def read(
        self, at: int, moment: datetime | None, *, now: datetime | None = None
    ) -> tuple[Sequence[ComponentRow], Sequence[CauseRow], Sequence[PanelRecord]]:
        """Give components, causes and panels, from one and the same building of the view.

        Raises:
            NotYetVisible: if the view is being built anew.
        """
        with consistent_read(self._store, BOARD_VIEW, at):
            with self._store.reading_views() as connection:
                rows = connection.execute(ALL_COMPONENTS, {"at": at})
            components = [_component(row) for row in rows]
            return components, self.causes(at, moment, now=now), self.panels(at, moment)

    def components(self, at: int) -> Sequence[ComponentRow]:
        """Give every component, as known at position ``at``."""
        return [_component(row) for row in read_consistently(self._store, BOARD_VIEW, ALL_COMPONENTS, {"at": at})]

    def causes(self, at: int, moment: datetime | None, *, now: datetime | None = None) -> Sequence[CauseRow]:
        """Give the causes that are open, or were at ``moment``, and what before them tells since when."""
        when = "9999" if moment is None else instant(moment)
        # Nothing known at a position ends later than this; unbounded, the past lies behind all that came later.
        until = when if moment is not None or now is None else instant(now + FUTURE_TOLERANCE)
        with self._store.reading_views() as connection:
            now_open, touching = (OPEN_CAUSES, TOUCHING_OPEN) if moment is None else (CAUSES_AT, TOUCHING_AT)
            wanted: dict[str, Value] = {"at": at, "until": until}
            rows = connection.execute(now_open, wanted | {"moment": when})
            if rows:
                is_shared = any(row[PLACE_OF_COMPONENT] == EVERYWHERE for row in rows)
                rows += connection.execute(touching[is_shared], wanted | {"moment": when})
            ends = connection.execute(LAST_ENDED, wanted)
        found = [_cause(row) for row in dict.fromkeys(rows)]
        return [*found, *chain.from_iterable(map(_ends, ends))]

    def panels(self, at: int, moment: datetime | None) -> Sequence[PanelRecord]:
        """Give the panels, each with its restoration that began last, or had begun last at ``moment``."""
        return read_board_panels(self._store, at, moment)

    def history(self, at: int, component: str, start: datetime, until: datetime) -> Sequence[CauseRow]:
        """Give the causes of one component that hold at any time from ``start`` to ``until``."""
        wanted: dict[str, Value] = {
            "at": at,
            "component": component,
            "start": instant(start),
            "until": instant(until),
        }
        return [_cause(row) for row in read_consistently(self._store, BOARD_VIEW, HISTORY, wanted)]


@lru_cache(maxsize=2_048)
def _ends(row: tuple[Value, ...]) -> tuple[CauseRow, ...]:
    """Give what is left of the causes that ended last, for operators and for readers: their last tick."""
    component, ended, seen_to_end = row
    found = []
    for last in dict.fromkeys((ended, seen_to_end)):
        if last is not None:
            end, status, public = str(last).split("|")
            found.append(
                CauseRow(
                    cause="",
                    kind="silence",
                    component=str(component),
                    started_at=moment(end) - TICK,
                    ended_at=moment(end),
                    status=status,
                    public=public == "1",
                    title=None,
                )
            )
    return tuple(found)


@lru_cache(maxsize=1_024)
def _document(text: str) -> Any:  # noqa: ANN401 - of the shape that the column has
    """Read a JSON object; whoever gets it must leave it as it is."""
    return from_json(text)


@lru_cache(maxsize=1_024)
def _component(row: tuple[Value, ...]) -> ComponentRow:
    return ComponentRow(
        component=str(row[0]),
        place=int(row[1] or 0),
        public=bool(row[2]),
        retired=bool(row[3]),
        vouched_from=moment(row[4]) if row[4] else None,
        registered_at=moment(row[5]) if row[5] else None,
        document=_document(str(row[6])),
    )


def _cause(row: tuple[Value, ...]) -> CauseRow:
    return CauseRow(
        cause=str(row[0]),
        kind=str(row[1]),
        component=str(row[2]),
        started_at=moment(row[3]),
        ended_at=moment(row[4]) if row[4] else None,
        status=str(row[5]),
        public=bool(row[6]),
        title=None if row[7] is None else _document(str(row[7])),
    )
