"""The rows from which it follows what changed: of each thing one for each side.

That of the public side is replaced by public changes alone, that of the private side by each change that it tells.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from application.changes.private_snapshots import PrivateSnapshot, private_snapshot
from application.changes.snapshots import (
    Snapshot,
    component_snapshot,
    incident_snapshot,
    panel_snapshot,
    restoration_snapshot,
    window_snapshot,
)
from application.ids import written
from application.projections.tables import Index, Row, Table, View
from domain.aggregate import Aggregate
from domain.components import Component
from domain.incidents import Incident
from domain.maintenance import MaintenanceWindow
from domain.panels.panel import Panel
from domain.panels.restoration import PanelRestoration, RestorationState

SHOWN_AT = "from_position + 0"
"""The position at which a row began, as rows are listed by it.

SQLite would take an index of the column alone for what held at a moment, too, and read all that came before."""


def _things(name: str) -> Table:
    return Table(
        name=name,
        key=("thing",),
        columns={"thing": "key", "speaks": "flag", "document": "document"},
        indexes=(Index((f"({SHOWN_AT})",)),),
        open_rows=("speaks = 1",),
    )


PUBLIC_THINGS, PRIVATE_THINGS = _things("public_things"), _things("private_things")


@dataclass(frozen=True, kw_only=True)
class PublicThingRow(Row):
    """What readers see of a thing.

    ``thing`` is its type and its id, or its key (``incident/…``, ``component/labels``). It ``speaks`` while the status
    of a component or a panel depends on it.
    """

    TABLE: ClassVar[Table] = PUBLIC_THINGS

    thing: str
    speaks: bool
    document: Snapshot


@dataclass(frozen=True, kw_only=True)
class PrivateThingRow(Row):
    """What operators and auditors see of a thing; ``thing`` and ``speaks`` as above, of the board that they see."""

    TABLE: ClassVar[Table] = PRIVATE_THINGS

    thing: str
    speaks: bool
    document: PrivateSnapshot


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the rows of a thing; private incidents and unannounced windows have none on the public side."""
    private = private_snapshot(aggregate)
    if private is None:
        return
    seen = private["seen"]
    thing = _thing(aggregate)
    yield PrivateThingRow(thing=thing, speaks=_speaks(seen), document=private)
    match aggregate:
        case Component():
            public: Snapshot = component_snapshot(aggregate, shown=private["public"] and aggregate.retired_at is None)
        case Incident() if aggregate.is_public:
            public = incident_snapshot(aggregate)
        case MaintenanceWindow() if aggregate.is_public:
            public = window_snapshot(aggregate)
        case Panel():
            public = panel_snapshot(aggregate)
        case PanelRestoration():
            public = restoration_snapshot(aggregate)
        case _:
            return
    yield PublicThingRow(thing=thing, speaks=_speaks(public), document=public)


CHANGE_VIEW = View(
    name="changes",
    version=3,
    tables=(PUBLIC_THINGS, PRIVATE_THINGS),
    of=(Component, Incident, MaintenanceWindow, Panel, PanelRestoration),
    rows_of=rows_of,
)


def _thing(aggregate: Aggregate) -> str:
    match aggregate:
        case Component() | Panel():
            return f"{aggregate.TOPIC}/{aggregate.key}"
        case _:
            return f"{aggregate.TOPIC}/{written(aggregate.id)}"


def _speaks(snapshot: Snapshot) -> bool:
    match snapshot["type"]:
        case "component":
            return snapshot["shown"]
        case "panel":
            return True
        case "restoration":
            return snapshot["state"] != RestorationState.COMPLETED
        case _:
            return bool(snapshot["statuses"])
