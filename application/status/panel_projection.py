"""Panels on the board: which there are, their restorations, and what these say of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from typing_extensions import TypedDict

from application.panels.projection import BEGINNING
from application.projections.tables import Index, Row, Table
from domain.impact import Status, StatusSpan
from domain.panels.panel import Panel
from domain.panels.restoration import PanelRestoration

BOARD_PANELS = Table(
    name="board_panels",
    key=("panel",),
    columns={"panel": "key", "accounts_from": "key", "registered_at": "instant", "document": "document"},
)

BOARD_RESTORATIONS = Table(
    name="board_restorations",
    key=("restoration",),
    columns={"restoration": "key", "panel": "key", "began_at": "instant", "completed_at": "instant"},
    indexes=(Index(("panel", "began_at")),),
)

PANEL_CAUSES = Table(
    name="panel_causes",
    key=("restoration", "capability", "started_at"),
    columns={
        "restoration": "key",
        "capability": "key",
        "started_at": "instant",
        "ended_at": "instant",
        "status": "key",
    },
)

ACCESS = ""
"""Stands for access to the panel where the name of a capability stands."""


class PanelOnBoard(TypedDict):
    """What the board needs to know of a panel; ``hidden`` are the capabilities that readers are not shown."""

    name: dict[str, str]
    capabilities: list[str]
    hidden: list[str]


@dataclass(frozen=True, kw_only=True)
class BoardPanelRow(Row):
    """A panel; ``accounts_from`` (ISO 8601) is its place among others."""

    TABLE: ClassVar[Table] = BOARD_PANELS

    panel: str
    accounts_from: str
    registered_at: datetime
    document: PanelOnBoard


@dataclass(frozen=True, kw_only=True)
class BoardRestorationRow(Row):
    """A restoration of a panel."""

    TABLE: ClassVar[Table] = BOARD_RESTORATIONS

    restoration: str
    panel: str
    began_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PanelCauseRow(Row):
    """Which status a panel has during one span because of a capability, or of ``ACCESS``."""

    TABLE: ClassVar[Table] = PANEL_CAUSES

    restoration: str
    capability: str
    started_at: datetime
    ended_at: datetime | None
    status: str


def panel_row(panel: Panel) -> BoardPanelRow:
    """Give the row of a panel."""
    profile, first = panel.profile, panel.profile.accounts.first
    return BoardPanelRow(
        panel=panel.key,
        accounts_from=BEGINNING if first is None else first.isoformat(),
        registered_at=panel.registered_at,
        document={
            "name": dict(profile.name),
            "capabilities": list(profile.capabilities),
            "hidden": sorted(panel.hidden),
        },
    )


def restoration_rows(restoration: PanelRestoration) -> Iterator[Row]:
    """Give the rows of a restoration: itself, and what it says of its panel."""
    yield BoardRestorationRow(
        restoration=str(restoration.id),
        panel=restoration.panel,
        began_at=restoration.began_at,
        completed_at=restoration.completed_at,
    )
    for loss in restoration.losses:
        if loss.end == loss.start:
            # It says nothing, and the next one may begin at the same moment.
            continue
        yield _cause(restoration, ACCESS, StatusSpan(status=Status.MAJOR_OUTAGE, start=loss.start, end=loss.end))
    for capability, span in restoration.panel_effects():
        yield _cause(restoration, capability, span)


def _cause(restoration: PanelRestoration, capability: str, span: StatusSpan) -> PanelCauseRow:
    return PanelCauseRow(
        restoration=str(restoration.id),
        capability=capability,
        started_at=span.start,
        ended_at=span.end,
        status=str(span.status),
    )
