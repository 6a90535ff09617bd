"""What pages read: the documents of the routes, as readers see them, at one position of the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast

from api.incidents.queries import public_incident
from api.maintenance.queries import public_window
from api.status.cached_pages import read_board
from application.changes.projection import CHANGE_VIEW
from application.components.documents import public_component
from application.incidents.projection import INCIDENT_VIEW
from application.incidents.queries import IncidentFilter
from application.incidents.timeline_documents import PublicUpdateDocument
from application.key_names import KeyKind
from application.maintenance.projection import WINDOW_VIEW, WindowStage
from application.maintenance.queries import WindowFilter
from application.maintenance.reader_view import ReaderView
from application.maintenance.timeline_documents import PublicWindowUpdateDocument
from application.panels.availability import read_availability
from application.panels.projection import PANEL_VIEW
from application.panels.queries import RestorationFilter
from application.panels.restoration_documents import PublicRestorationDocument, without_hidden
from application.register_view import REGISTER_VIEW
from application.reports.uptime import ordered
from application.shapes import redact
from application.status.board import PUBLIC
from application.status.projection import BOARD_VIEW
from application.timelines import NEWEST
from domain.errors import NotFound
from domain.incidents import Progress

if TYPE_CHECKING:
    from uuid import UUID

    from application.components.documents import PublicComponentDocument
    from application.facade import Facade
    from application.incidents.documents import PublicIncidentDocument
    from application.key_names import KeyNameDocument
    from application.maintenance.documents import PublicWindowDocument
    from application.panels.documents import PanelAvailability
    from application.panels.projection import PanelRow
    from application.status.documents import Board
    from application.status.projection import ComponentRow

T = TypeVar("T")

SITE_VIEWS = (BOARD_VIEW, INCIDENT_VIEW, WINDOW_VIEW, PANEL_VIEW, REGISTER_VIEW, CHANGE_VIEW)
"""The views that pages are made from."""
OPEN_STATES = (Progress.INVESTIGATING, Progress.IDENTIFIED, Progress.MONITORING)
MOST_OPEN = 50
"""How many open incidents of one state a page shows at most."""


@dataclass(frozen=True, kw_only=True)
class PageRead:
    """Reads the public side at a ``position``; ``now`` is the moment that the page is of.

    ``is_past`` says that the reader asked for an earlier moment.
    """

    facade: Facade
    position: int
    now: datetime
    is_past: bool = False
    _read: dict[str, object] = field(default_factory=dict)
    """What was read already, of what several parts of a page need."""

    async def run(self, read: Callable[[], T]) -> T:
        """Run a blocking read."""
        return await self.facade.reads.run(read)

    async def _once(self, name: str, read: Callable[[], T]) -> T:
        if name not in self._read:
            self._read[name] = await self.run(read)
        return cast("T", self._read[name])

    async def board(self) -> tuple[Board, datetime | None]:
        """Read the board, and when it changes by itself."""
        return await read_board(self.facade, self.position, None, self.now, PUBLIC)

    async def all_components(self) -> Sequence[ComponentRow]:
        """List all components, also those that readers do not see: nothing of them may come on a page."""
        return await self._once("components", lambda: self.facade.queries.board.components(self.position))

    async def hidden(self) -> frozenset[str]:
        """List the keys of the components that readers do not see."""
        return frozenset(row.component for row in await self.all_components() if not row.public)

    async def components(self) -> list[PublicComponentDocument]:
        """List the components that readers know, in the order of the page; those that are retired, too."""
        return [public_component(row.document) for row in await self.component_rows()]

    async def component_rows(self) -> Sequence[ComponentRow]:
        """List the same with what is not in the documents of readers."""
        return ordered(await self.all_components())

    async def names(self, kind: KeyKind) -> Sequence[KeyNameDocument]:
        """List the groups or the audiences that readers know of, in their order."""
        queries = self.facade.queries.key_names
        return await self.run(lambda: queries.all(self.position, kind, public=True))

    async def audiences(self) -> list[str]:
        """List the keys of the audiences that readers know of."""
        return [each["key"] for each in await self.names(KeyKind.AUDIENCE)]

    async def open_incidents(self, most: int = MOST_OPEN) -> list[PublicIncidentDocument]:
        """List the incidents that go on, so many of each state at most, the newest first."""
        hidden = await self.hidden()
        found = [each for state in OPEN_STATES for each in await self._incidents(str(state), None, most, hidden)]
        return sorted(found, key=lambda each: (each["started_at"], each["id"]), reverse=True)

    async def incidents(
        self, *, state: str | None = None, component: str | None = None, before: str | None = None, limit: int
    ) -> list[PublicIncidentDocument]:
        """List incidents, the newest first, of those whose id is less than ``before``."""
        return await self._incidents(state, component, limit, await self.hidden(), before)

    async def _incidents(
        self, state: str | None, component: str | None, limit: int, hidden: frozenset[str], before: str | None = None
    ) -> list[PublicIncidentDocument]:
        wanted = IncidentFilter(state=state, component=component, public=True)
        rows = await self.run(lambda: self.facade.queries.incidents.page(self.position, wanted, before, limit))
        return [public_incident(public or "{}", hidden, self.now) for _, _, public in rows]

    async def incident(self, id: UUID) -> PublicIncidentDocument:
        """Read one incident.

        Raises:
            NotFound: if there is none that readers see.
        """
        found = await self.run(lambda: self.facade.queries.incidents.find(self.position, id))
        if found is None or found[1] is None:
            raise NotFound("there is no such incident")
        return public_incident(found[1], await self.hidden(), self.now)

    async def incident_updates(self, id: UUID, limit: int, after: int = 0) -> list[PublicUpdateDocument]:
        """List the updates of an incident that readers see, the oldest first, beyond the number ``after``."""
        queries = self.facade.queries.incidents
        found = await self.run(lambda: queries.updates(self.position, id, public=True, after=str(after), limit=limit))
        hidden = await self.hidden()
        shown = (redact(json.loads(text), PublicUpdateDocument, hidden) for _, text in found or ())
        return [cast("PublicUpdateDocument", each) for each in shown]

    async def windows(
        self, stage: WindowStage, limit: int, *, component: str | None = None, after: str | None = None
    ) -> list[PublicWindowDocument]:
        """List announced windows: upcoming and active ones from the first start on, past ones from the last back."""
        wanted = WindowFilter(stage=stage, public=True, component=component)
        rows = await self.run(lambda: self.facade.queries.windows.page(self.position, wanted, after, limit))
        hidden = await self.hidden() if rows else frozenset[str]()
        return [public_window(private, public or "{}", hidden, self._view) for _, private, public in rows]

    async def window(self, id: UUID, updates: int = NEWEST) -> PublicWindowDocument:
        """Read one window, with this many of its updates at most, the newest.

        Raises:
            NotFound: if there is none that readers see.
        """
        queries = self.facade.queries.windows
        found = await self.run(lambda: queries.find(self.position, id))
        if found is None or found[1] is None:
            raise NotFound("there is no such maintenance window")
        hidden = await self.hidden()
        window = public_window(found[0], found[1], hidden, self._view)
        if window["updates_count"] > len(window["updates"]) and updates > NEWEST:
            after = str(max(0, window["updates_count"] - updates))
            rows = await self.run(lambda: queries.updates(self.position, id, public=True, after=after, limit=updates))
            window["updates"] = [redact(json.loads(text), PublicWindowUpdateDocument, hidden) for _, text in rows or ()]
        return window

    @property
    def _view(self) -> ReaderView:
        return ReaderView(now=self.now)

    async def availability(self, panel: str | None = None) -> list[PanelAvailability]:
        """Read what works on each panel, or on the one of this key."""
        return await self.run(
            lambda: read_availability(self.facade.queries.panels, self.position, None, panel, public=True)
        )

    async def has_panels(self) -> bool:
        """Tell whether there are panels."""
        return bool(await self.panels())

    async def panels(self) -> Sequence[PanelRow]:
        """List the panels, by the days of their accounts."""
        return await self._once("panels", lambda: self.facade.queries.panels.panels(self.position))

    async def restoration(self, id: UUID, hidden: Collection[str]) -> PublicRestorationDocument:
        """Read one restoration, without ``hidden`` capabilities.

        Raises:
            NotFound: if there is none.
        """
        found = await self.run(lambda: self.facade.queries.panels.find_restoration(self.position, id))
        if found is None:
            raise NotFound("there is no such restoration")
        return without_hidden(json.loads(found[1]), hidden)

    async def restorations(self, panel: str, hidden: Collection[str], limit: int) -> list[PublicRestorationDocument]:
        """List the restorations of a panel, the newest first, without ``hidden`` capabilities."""
        wanted, queries = RestorationFilter(panel=panel), self.facade.queries.panels
        rows = await self.run(lambda: queries.page_of_restorations(self.position, wanted, None, limit))
        return [without_hidden(json.loads(public), hidden) for _, _, public in rows]

    async def automations(self) -> list[KeyNameDocument]:
        """List the automations that readers may know of."""
        queries = self.facade.queries.panels
        return list(await self.run(lambda: queries.automations(self.position, public=True)))


def names_of(components: Iterable[PublicComponentDocument]) -> dict[str, dict[str, str]]:
    """Give the names of components by their keys."""
    return {component["key"]: component["name"] for component in components}
