"""Panels, their restorations, the availability of each capability, and the rules by which automations run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from application.panels.automation_projection import AUTOMATIONS, RULES, capability_names, operator_name, rule_rows
from application.panels.documents import PanelDocument, panel_document
from application.panels.recovery_documents import RestorationOutline, SpellDocument, restoration_outline, spell_document
from application.panels.restoration_documents import (
    PublicRestorationSide,
    RestorationSide,
    public_restoration,
    restoration_side,
)
from application.panels.restoration_updates import ENTRIES, PRIVATE_ENTRIES
from application.projections.tables import Index, Row, Table, Timeline, View
from application.timelines import UpdateRow, update_rows, updates_table
from domain.aggregate import Aggregate
from domain.panels.automation import AutomationName
from domain.panels.panel import Panel
from domain.panels.restoration import PanelRestoration, RestorationUpdate

PANELS = Table(
    name="panels",
    key=("panel",),
    columns={
        "panel": "key",
        "accounts_from": "key",
        "accounts_until": "key",
        "registered_at": "instant",
        "document": "document",
    },
    indexes=(Index(("accounts_from",), "to_position IS NULL"),),
)

RESTORATIONS = Table(
    name="restorations",
    key=("restoration",),
    columns={
        "restoration": "key",
        "place": "key",
        "panel": "key",
        "began_at": "instant",
        "state": "key",
        "updates": "number",
        "public_updates": "number",
        "outline": "document",
        "document": "document",
        "public_document": "document",
    },
    # Both positions are in the index, so that the rows, which are wide, are read only if they match.
    indexes=(
        Index(("panel", "to_position", "from_position")),
        Index(("state", "place"), "to_position IS NULL"),
        Index(("panel", "place"), "to_position IS NULL"),
    ),
)

RESTORATION_UPDATES = updates_table("restoration_updates")

CAPABILITIES = Table(
    name="capabilities",
    key=("restoration", "capability", "started_at"),
    columns={
        "restoration": "key",
        "capability": "key",
        "started_at": "instant",
        "ended_at": "instant",
        "document": "document",
    },
    open_rows=("ended_at IS NULL",),
)

BEGINNING, END = "0001-01-01", "9999-12-31"
"""Stand for the days of a panel that has no first, or no last one."""


@dataclass(frozen=True, kw_only=True)
class PanelRow(Row):
    """A panel; days are texts (ISO 8601), so that they can be compared."""

    TABLE: ClassVar[Table] = PANELS

    panel: str
    accounts_from: str
    accounts_until: str
    registered_at: datetime
    document: PanelDocument


@dataclass(frozen=True, kw_only=True)
class RestorationRow(Row):
    """A restoration: both sides but for the updates, and in outline what availability tells of it.

    ``place`` is its id once more, by which lists are sorted.
    """

    TABLE: ClassVar[Table] = RESTORATIONS

    restoration: str
    place: str
    panel: str
    began_at: datetime
    state: str
    updates: int
    public_updates: int
    outline: RestorationOutline
    document: RestorationSide
    public_document: PublicRestorationSide


@dataclass(frozen=True, kw_only=True)
class RestorationUpdateRow(UpdateRow):
    """A side of an update of a restoration."""

    TABLE: ClassVar[Table] = RESTORATION_UPDATES


@dataclass(frozen=True, kw_only=True)
class CapabilityRow(Row):
    """How it is with one capability during one span."""

    TABLE: ClassVar[Table] = CAPABILITIES

    restoration: str
    capability: str
    started_at: datetime
    ended_at: datetime | None
    document: SpellDocument


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the rows that follow from an aggregate as it is."""
    match aggregate:
        case Panel():
            return (_of_panel(aggregate), *capability_names(aggregate))
        case AutomationName():
            return (operator_name(aggregate),)
        case PanelRestoration():
            return _of_restoration(aggregate)
        case _:
            return ()


def updates_of(aggregate: Aggregate) -> tuple[RestorationUpdate, ...]:
    """Give the updates of a restoration."""
    return aggregate.timeline if isinstance(aggregate, PanelRestoration) else ()


PANEL_VIEW = View(
    name="availability",
    version=5,
    tables=(PANELS, RESTORATIONS, RESTORATION_UPDATES, CAPABILITIES, RULES, AUTOMATIONS),
    of=(Panel, PanelRestoration, AutomationName),
    rows_of=rows_of,
    timeline=Timeline(entries_of=updates_of, rows_of=update_rows(RestorationUpdateRow, PRIVATE_ENTRIES, ENTRIES)),
)


def _of_panel(panel: Panel) -> PanelRow:
    document = panel_document(panel)
    return PanelRow(
        panel=panel.key,
        accounts_from=document["accounts_from"] or BEGINNING,
        accounts_until=document["accounts_until"] or END,
        registered_at=panel.registered_at,
        document=document,
    )


def _of_restoration(restoration: PanelRestoration) -> Iterator[Row]:
    yield RestorationRow(
        restoration=str(restoration.id),
        place=str(restoration.id),
        panel=restoration.panel,
        began_at=restoration.began_at,
        state=str(restoration.state),
        updates=len(restoration.timeline),
        public_updates=restoration.public_updates,
        outline=restoration_outline(restoration),
        document=restoration_side(restoration),
        public_document=public_restoration(restoration),
    )
    yield from _capabilities(restoration)
    yield from rule_rows(restoration)


def _capabilities(restoration: PanelRestoration) -> Iterator[Row]:
    for name, spells in restoration.capabilities.items():
        for spell in spells:
            yield CapabilityRow(
                restoration=str(restoration.id),
                capability=name,
                started_at=spell.start,
                ended_at=spell.end,
                document=spell_document(spell),
            )
