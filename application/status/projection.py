"""The status board: components and panels, and the causes that say something of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from application.components.documents import ComponentDocument, component_document
from application.ids import written
from application.projections.tables import Index, Row, Table, View
from application.status.panel_projection import (
    BOARD_PANELS,
    BOARD_RESTORATIONS,
    PANEL_CAUSES,
    panel_row,
    restoration_rows,
)
from domain.aggregate import Aggregate
from domain.components import Component
from domain.impact import Impact, StatusSpan
from domain.incidents import Incident
from domain.maintenance import MaintenanceWindow
from domain.panels.panel import Panel
from domain.panels.restoration import PanelRestoration

COMPONENTS = Table(
    name="components",
    key=("component",),
    columns={
        "component": "key",
        "place": "number",
        "public": "flag",
        "retired": "flag",
        "vouched_from": "instant",
        "registered_at": "instant",
        "document": "document",
    },
)

CAUSES = Table(
    name="causes",
    key=("cause", "kind", "component", "started_at"),
    columns={
        "cause": "key",
        "kind": "key",
        "component": "key",
        "started_at": "instant",
        "ended_at": "instant",
        "status": "key",
        "public": "flag",
        "title": "document",
    },
    indexes=(Index(("component", "ended_at", "status DESC")), Index(("component", "started_at"))),
    open_rows=("ended_at IS NULL",),
)


@dataclass(frozen=True, kw_only=True)
class ComponentRow(Row):
    """A component as the board shows it."""

    TABLE: ClassVar[Table] = COMPONENTS

    component: str
    place: int
    public: bool
    retired: bool
    vouched_from: datetime | None
    registered_at: datetime | None
    document: ComponentDocument


@dataclass(frozen=True, kw_only=True)
class CauseRow(Row):
    """What one cause (incident, relapse, window, restoration, pin, silence) says of one component during one span.

    ``component`` is ``EVERYWHERE`` where it says the same of all.
    """

    TABLE: ClassVar[Table] = CAUSES

    cause: str
    kind: str
    component: str
    started_at: datetime
    ended_at: datetime | None
    status: str
    public: bool
    title: dict[str, str] | None


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the rows that follow from an aggregate as it is."""
    match aggregate:
        case Component():
            return _of_component(aggregate)
        case Incident():
            return _of_incident(aggregate)
        case MaintenanceWindow():
            return _of_window(aggregate)
        case Panel():
            return (panel_row(aggregate),)
        case PanelRestoration():
            return (*_of_restoration(aggregate), *restoration_rows(aggregate))
        case _:
            return ()


BOARD_VIEW = View(
    name="board",
    version=4,
    tables=(COMPONENTS, CAUSES, BOARD_PANELS, BOARD_RESTORATIONS, PANEL_CAUSES),
    of=(Component, Incident, MaintenanceWindow, Panel, PanelRestoration),
    rows_of=rows_of,
)


def _of_component(component: Component) -> Iterator[Row]:
    yield ComponentRow(
        component=component.key,
        place=component.position,
        public=component.is_public,
        retired=component.retired_at is not None,
        vouched_from=component.vouched_from,
        registered_at=component.registered_at,
        document=component_document(component),
    )
    for id, pin in component.pins.items():
        yield _cause(str(id), "pin", component.key, pin.span, public=True)
    for number, span in enumerate(component.silences):
        yield _cause(f"{component.id}/{number}", "silence", component.key, span, public=True)


def _of_incident(incident: Incident) -> Iterator[Row]:
    cause, title = written(incident.id), dict(incident.title) or None
    yield from _of_impact(cause, "incident", incident.impact, public=incident.is_public, title=title)
    if incident.relapse is not None:
        yield from _of_impact(cause, "relapse", incident.relapse.impact, public=False, title=title)


def _of_window(window: MaintenanceWindow) -> Iterator[Row]:
    title = dict(window.plan.title)
    yield from _of_impact(str(window.id), window.TOPIC, window.impact, public=window.is_public, title=title)


def _of_restoration(restoration: PanelRestoration) -> Iterator[Row]:
    for capability, component, span in restoration.effects():
        cause = f"{restoration.id}/{restoration.panel}/{capability}"
        yield _cause(cause, restoration.TOPIC, component, span, public=True)


def _of_impact(cause: str, kind: str, impact: Impact, *, public: bool, title: dict[str, str] | None) -> Iterator[Row]:
    for key, spans in impact.items():
        for span in spans:
            yield _cause(cause, kind, key, span, public=public, title=title)


def _cause(
    cause: str, kind: str, component: str, span: StatusSpan, *, public: bool, title: dict[str, str] | None = None
) -> CauseRow:
    return CauseRow(
        cause=cause,
        kind=kind,
        component=component,
        started_at=span.start,
        ended_at=span.end,
        status=str(span.status),
        public=public,
        title=title,
    )
