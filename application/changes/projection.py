"""The rows from which it follows what changed in public: one of each thing, which only a public change replaces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from application.changes.snapshots import (
    Snapshot,
    component_snapshot,
    incident_snapshot,
    panel_snapshot,
    restoration_snapshot,
    window_snapshot,
)
from application.projections.tables import Index, Row, Table, View
from domain.aggregate import Aggregate
from domain.components import Component
from domain.incidents import Incident
from domain.maintenance import MaintenanceWindow
from domain.panels.panel import Panel
from domain.panels.restoration import PanelRestoration

SHOWN_AT = "from_position + 0"
"""The position at which a row began, as rows are listed by it.

SQLite would take an index of the column alone for what held at a moment, too, and read all that came before."""

PUBLIC_THINGS = Table(
    name="public_things",
    key=("thing",),
    columns={"thing": "key", "speaks": "flag", "document": "document"},
    indexes=(Index((f"({SHOWN_AT})",)),),
    open_rows=("speaks = 1",),
)


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


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the row of a thing that readers see; private incidents and unannounced windows have none."""
    match aggregate:
        case Component():
            component = component_snapshot(aggregate)
            return (_row(f"component/{aggregate.key}", component, speaks=component["shown"]),)
        case Incident() if aggregate.is_public:
            incident = incident_snapshot(aggregate)
            return (_row(f"incident/{incident['id']}", incident, speaks=bool(incident["statuses"])),)
        case MaintenanceWindow() if aggregate.is_public:
            window = window_snapshot(aggregate)
            return (_row(f"maintenance_window/{window['id']}", window, speaks=bool(window["statuses"])),)
        case Panel():
            return (_row(f"panel/{aggregate.key}", panel_snapshot(aggregate), speaks=True),)
        case PanelRestoration():
            restoration = restoration_snapshot(aggregate)
            speaks = aggregate.completed_at is None
            return (_row(f"restoration/{restoration['id']}", restoration, speaks=speaks),)
        case _:
            return ()


CHANGE_VIEW = View(
    name="changes",
    version=2,
    tables=(PUBLIC_THINGS,),
    of=(Component, Incident, MaintenanceWindow, Panel, PanelRestoration),
    rows_of=rows_of,
)


def _row(thing: str, document: Snapshot, *, speaks: bool) -> PublicThingRow:
    return PublicThingRow(thing=thing, speaks=speaks, document=document)
