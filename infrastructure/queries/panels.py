"""Reads panels, their restorations, and what works on them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast
from uuid import UUID

from pydantic_core import from_json

from application.panels.projection import (
    CAPABILITIES,
    PANEL_VIEW,
    PANELS,
    RESTORATION_UPDATES,
    RESTORATIONS,
    CapabilityRow,
    PanelRow,
)
from application.panels.queries import AutomationRules, LatestRestoration
from application.pieces import Piece
from domain.panels.restoration import RestorationState
from infrastructure.projections.temporal_tables import branches, consistent_read, holding, latest, read_consistently
from infrastructure.queries.automations import SqlAutomations
from infrastructure.queries.document_table import DocumentTable, equal
from infrastructure.queries.timelines import TimelineTable
from infrastructure.store.base import Value, instant, moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from application.key_names import KeyNameDocument
    from application.panels.documents import PanelDocument
    from application.panels.queries import RestorationFilter
    from application.panels.recovery_documents import RestorationOutline, SpellDocument
    from infrastructure.store.base import Store

PANEL_COLUMNS = ", ".join(PANELS.columns)
CAPABILITY_COLUMNS = ", ".join(CAPABILITIES.columns)
OUTLINE_COLUMNS = "restoration, panel, began_at, outline"

ALL_PANELS = holding(PANELS, PANEL_COLUMNS)
ONE_PANEL = latest(PANELS, PANEL_COLUMNS, "panel = :panel")
# Panels never overlap, and what is looked for lies within three days, so that no more of them can have one.
LAST_FOUR = "ORDER BY accounts_from DESC LIMIT 4"
PANELS_NOW, *PANELS_THEN = branches(PANELS, PANEL_COLUMNS, "accounts_from <= :last")
PANELS_OF_DAYS = f"""
    SELECT * FROM (
        {" UNION ALL ".join([f"SELECT * FROM ({PANELS_NOW} {LAST_FOUR}) AS now_held", *PANELS_THEN])}
    ) AS held {LAST_FOUR}
"""
OUTLINES = holding(RESTORATIONS, OUTLINE_COLUMNS, "began_at <= :moment")
OUTLINES_OF_PANEL = holding(RESTORATIONS, OUTLINE_COLUMNS, "panel = :panel AND began_at <= :moment")
NOW, THEN = "ended_at IS NULL", "started_at <= :moment AND (ended_at IS NULL OR ended_at > :moment)"
OPEN_CAPABILITIES = holding(CAPABILITIES, CAPABILITY_COLUMNS, NOW)
CAPABILITIES_AT = holding(CAPABILITIES, CAPABILITY_COLUMNS, THEN)
OF_RESTORATION_NOW = holding(CAPABILITIES, CAPABILITY_COLUMNS, f"restoration = :restoration AND {NOW}")
OF_RESTORATION_THEN = holding(CAPABILITIES, CAPABILITY_COLUMNS, f"restoration = :restoration AND {THEN}")
LATEST = "9999"
FEW = 3
"""Up to how many restorations are asked for one by one."""


class SqlPanelQueries:
    """Reads what the view of availability holds."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store
        columns = ("document", "public_document", "updates", "public_updates")
        self._restorations = DocumentTable(store, PANEL_VIEW, RESTORATIONS, columns, alone=False)
        self._timelines = TimelineTable(store, RESTORATION_UPDATES)
        self._automations = SqlAutomations(store)

    def panels(self, at: int, panel: str | None = None) -> Sequence[PanelRow]:
        """Give the panels, or the one of this key, by the days of their accounts."""
        statement = ALL_PANELS if panel is None else ONE_PANEL
        rows = self._panels(statement, {"at": at} | ({} if panel is None else {"panel": panel}))
        return sorted(rows, key=lambda row: row.accounts_from)

    def panels_of(self, at: int, first: date, last: date) -> Sequence[PanelRow]:
        """Give the panels with accounts of any of these days, the newest first."""
        rows = self._panels(PANELS_OF_DAYS, {"at": at, "last": last.isoformat()})
        return [row for row in rows if row.accounts_until >= first.isoformat()]

    def read(
        self, at: int, moment: datetime | None, panel: str | None = None
    ) -> tuple[Sequence[PanelRow], Sequence[LatestRestoration], Sequence[CapabilityRow]]:
        """Give panels, the restoration of each that began last, and its capabilities.

        Raises:
            NotYetVisible: if the view is being rebuilt, or was while it was read.
        """
        with consistent_read(self._store, PANEL_VIEW, at):
            panels, latest = self.panels(at, panel), self._latest(at, moment, panel)
            return panels, latest, self._capabilities(at, moment, [each.restoration for each in latest])

    def _latest(self, at: int, moment: datetime | None, panel: str | None) -> Sequence[LatestRestoration]:
        wanted: dict[str, Value] = {"at": at, "moment": LATEST if moment is None else instant(moment)}
        if panel is None:
            rows = self._read(OUTLINES, wanted)
        else:
            rows = self._read(OUTLINES_OF_PANEL, wanted | {"panel": panel})
        latest: dict[Value, tuple[Value, ...]] = {}
        for row in sorted(rows, key=lambda row: (str(row[2]), str(row[0]))):
            latest[row[1]] = row
        return [_latest_restoration(row) for row in latest.values()]

    def _capabilities(self, at: int, moment: datetime | None, restorations: Sequence[str]) -> Sequence[CapabilityRow]:
        wanted: dict[str, Value] = {"at": at} | ({} if moment is None else {"moment": instant(moment)})
        if len(restorations) > FEW:
            rows, asked = (
                self._read(OPEN_CAPABILITIES if moment is None else CAPABILITIES_AT, wanted),
                set(restorations),
            )
            return [_capability(row) for row in rows if row[0] in asked]
        statement = OF_RESTORATION_NOW if moment is None else OF_RESTORATION_THEN
        found = [self._read(statement, wanted | {"restoration": each}) for each in restorations]
        return [_capability(row) for rows in found for row in rows]

    def find_restoration(self, at: int, id: UUID) -> tuple[str, str] | None:
        """Give private and public side of one restoration; None if there was none at position ``at``."""
        with consistent_read(self._store, PANEL_VIEW, at):
            found = self._restorations.find(at, restoration=str(id))
            return None if found is None else self._sides(at, [(str(id), *found)])[0]

    def updates(
        self, at: int, id: UUID, *, public: bool, after: str | None, limit: int
    ) -> Sequence[tuple[str, str]] | None:
        """Give number and document of the updates of a restoration, the oldest first, beyond the number ``after``."""
        with consistent_read(self._store, PANEL_VIEW, at):
            found = self._restorations.find(at, restoration=str(id))
            if found is None:
                return None
            count = int(found[3 if public else 2] or 0)
            return self._timelines.page(at, str(id), count, public=public, after=after, limit=limit)

    def _sides(self, at: int, rows: Sequence[tuple[Value, ...]]) -> list[tuple[str, str]]:
        return [(private, str(public)) for private, public in self._timelines.whole(at, rows)]

    def page_of_restorations(
        self, at: int, wanted: RestorationFilter, before: str | None, limit: int
    ) -> Piece[tuple[str, str, str]]:
        """Give id, private and public side, the newest first, of those whose id is less than ``before``."""
        of_panel, values = equal({"panel": wanted.panel})
        states = tuple(map(str, RestorationState)) if wanted.state is None else (wanted.state,)
        either = tuple(f"state = '{state}'" for state in states)
        if wanted.panel is not None:
            # A panel has few of them; as an expression, the state leads no planner through those of all panels.
            any_state = ", ".join(f"'{state}'" for state in states)
            either = (f"{of_panel} AND state || '' IN ({any_state})",)
        with consistent_read(self._store, PANEL_VIEW, at):
            rows = self._restorations.page(
                at,
                "restoration",
                after=before,
                limit=limit,
                falling=True,
                either=either,
                values=values,
                place="place",
            )
            sides = self._sides(at, rows)
        return Piece([(str(row[0]), *both) for row, both in zip(rows, sides, strict=True)], rows.goes_on)

    def rules(self, at: int, panel: str, automation: str) -> AutomationRules | None:
        """Give the rules of an automation; None if there is no such panel."""
        return self._automations.rules(at, panel, automation)

    def automations(self, at: int, *, public: bool) -> Sequence[KeyNameDocument]:
        """Give every known automation in the order of the page; with ``public`` those that readers may know of."""
        return self._automations.all(at, public=public)

    def counts(self, at: int) -> Mapping[str, int]:
        """Count the restorations of each state."""
        return self._restorations.count_by(at, "state")

    def _panels(self, statement: str, values: Mapping[str, Value]) -> list[PanelRow]:
        """Read panels; while the view is rebuilt, an empty answer would be wrong, and is refused."""
        return [_panel(row) for row in read_consistently(self._store, PANEL_VIEW, statement, values)]

    def _read(self, statement: str, values: Mapping[str, Value]) -> list[tuple[Value, ...]]:
        with self._store.reading_views() as connection:
            return connection.execute(statement, values)


@lru_cache(maxsize=16_384)
def _document(text: str) -> object:
    """Read a JSON object; callers share it, and must not change it."""
    return from_json(text)


def _panel(row: tuple[Value, ...]) -> PanelRow:
    return PanelRow(
        panel=str(row[0]),
        accounts_from=str(row[1]),
        accounts_until=str(row[2]),
        registered_at=moment(row[3]),
        document=cast("PanelDocument", _document(str(row[4]))),
    )


def _latest_restoration(row: tuple[Value, ...]) -> LatestRestoration:
    return LatestRestoration(
        restoration=str(row[0]),
        panel=str(row[1]),
        began_at=moment(row[2]),
        outline=cast("RestorationOutline", _document(str(row[3]))),
    )


def _capability(row: tuple[Value, ...]) -> CapabilityRow:
    return CapabilityRow(
        restoration=str(row[0]),
        capability=str(row[1]),
        started_at=moment(row[2]),
        ended_at=moment(row[3]) if row[3] else None,
        document=cast("SpellDocument", _document(str(row[4]))),
    )
