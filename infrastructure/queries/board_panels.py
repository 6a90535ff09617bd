"""Reads the panels of the status board."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

from pydantic_core import from_json

from application.status.panel_board import PanelRecord
from application.status.panel_projection import (
    BOARD_PANELS,
    BOARD_RESTORATIONS,
    PANEL_CAUSES,
    BoardPanelRow,
    BoardRestorationRow,
    PanelCauseRow,
    PanelOnBoard,
)
from infrastructure.projections.temporal_tables import HELD, holding
from infrastructure.store.base import Value, instant, moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from infrastructure.store.base import Store

ALL_PANELS = holding(BOARD_PANELS, ", ".join(BOARD_PANELS.columns))
# Panels are never removed, so that those of now are all that there were at any position.
LATEST = f"""
    SELECT (
        SELECT restoration FROM {BOARD_RESTORATIONS.name} AS known
        WHERE known.panel = listed.panel AND began_at <= :moment AND {HELD}
        ORDER BY began_at DESC, restoration DESC LIMIT 1
    ) FROM {BOARD_PANELS.name} AS listed WHERE to_position IS NULL
"""
LATEST_RESTORATIONS = (
    f"SELECT {', '.join(BOARD_RESTORATIONS.columns)} FROM {BOARD_RESTORATIONS.name}"
    f" WHERE restoration IN ({LATEST}) AND {HELD}"
)
LATEST_CAUSES = (
    f"SELECT {', '.join(PANEL_CAUSES.columns)} FROM {PANEL_CAUSES.name} WHERE restoration IN ({LATEST}) AND {HELD}"
)
LAST = "9999"


def read_board_panels(store: Store, at: int, until: datetime | None) -> Sequence[PanelRecord]:
    """Give the panels, each with its restoration that began last, or had begun last at the moment ``until``."""
    wanted: dict[str, Value] = {"at": at, "moment": LAST if until is None else instant(until)}
    with store.reading_views() as connection:
        panels = connection.execute(ALL_PANELS, {"at": at})
        restorations = connection.execute(LATEST_RESTORATIONS, wanted) if panels else []
        causes = connection.execute(LATEST_CAUSES, wanted) if restorations else []
    latest = {str(row[1]): _restoration(row) for row in restorations}
    said: dict[str, list[PanelCauseRow]] = {}
    for row in causes:
        said.setdefault(str(row[0]), []).append(_cause(row))
    records = []
    for panel in map(_panel, panels):
        restoration = latest.get(panel.panel)
        found = [] if restoration is None else said.get(restoration.restoration, [])
        records.append(PanelRecord(panel=panel, restoration=restoration, causes=found))
    return records


@lru_cache(maxsize=1_024)
def _panel(row: tuple[Value, ...]) -> BoardPanelRow:
    return BoardPanelRow(
        panel=str(row[0]),
        accounts_from=str(row[1]),
        registered_at=moment(row[2]),
        document=cast("PanelOnBoard", from_json(str(row[3]))),
    )


def _restoration(row: tuple[Value, ...]) -> BoardRestorationRow:
    return BoardRestorationRow(
        restoration=str(row[0]),
        panel=str(row[1]),
        began_at=moment(row[2]),
        completed_at=moment(row[3]) if row[3] else None,
    )


def _cause(row: tuple[Value, ...]) -> PanelCauseRow:
    return PanelCauseRow(
        restoration=str(row[0]),
        capability=str(row[1]),
        started_at=moment(row[2]),
        ended_at=moment(row[3]) if row[3] else None,
        status=str(row[4]),
    )
