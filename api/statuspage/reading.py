"""What the answers are made from: the documents of readers, read at one position of the log."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal, cast
from uuid import UUID

from typing_extensions import TypedDict

from api.site.kernel.steps import last_changed_at
from application.components.documents import PublicComponentDocument
from application.document import Instant, StatusName, instant
from application.incidents.documents import PublicIncidentDocument
from application.incidents.timeline_documents import PublicUpdateDocument
from application.key_names import KeyKind, KeyNameDocument
from application.maintenance.documents import PublicWindowDocument
from application.maintenance.projection import WindowStage
from application.panels.queries import RestorationFilter
from application.panels.restoration_documents import PublicRestorationDocument, without_hidden
from application.panels.restoration_updates import PublicRestorationUpdateDocument
from application.status.documents import Board
from application.status.panel_board import board_panels
from domain.panels.restoration import RestorationState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.site.kernel.reading import PageRead
    from application.panels.projection import PanelRow

MOST = 50
"""How many incidents, and how many maintenances, an answer has at most, as there."""
MOST_UPDATES = 100
"""How many updates of each it has at most, the newest."""
OPEN_RESTORATIONS = (RestorationState.ACCESS_LOST, RestorationState.ACCESS_RESTORED)

Which = Literal["open", "newest"]


class ReadIncident(TypedDict):
    """An incident with more of its updates."""

    incident: PublicIncidentDocument
    updates: list[PublicUpdateDocument]
    """The newest, the oldest of them first."""
    withdrawn_at: Instant | None


class ReadRestoration(TypedDict):
    """A restoration with more of its updates."""

    restoration: PublicRestorationDocument
    updates: list[PublicRestorationUpdateDocument]
    """The newest, the oldest of them first."""
    statuses: dict[str, StatusName]
    """What the panel showed, by the moments at which something of the restoration was told."""


class Material(TypedDict):
    """Everything that an answer is made from."""

    changed_at: Instant | None
    board: Board
    has_open_incidents: bool
    """Whether an incident goes on, whatever the components show."""
    has_active_windows: bool
    groups: list[KeyNameDocument]
    components: list[PublicComponentDocument]
    """Those that are retired, too."""
    vouched_from: dict[str, Instant]
    """By component: the start of the day from which its status is vouched for."""
    registered_at: dict[str, Instant]
    """By panel."""
    incidents: list[ReadIncident]
    restorations: list[ReadRestoration]
    windows: list[PublicWindowDocument]


async def read_material(
    read: PageRead, *, incidents: Which | None = None, stages: Iterable[WindowStage] = ()
) -> tuple[Material, datetime | None]:
    """Read the board, which incidents and which windows are wanted, and say when it changes by itself."""
    board, until = await read.board()
    rows = await read.component_rows()
    panels = await read.panels()
    goes_on = await read.open_incidents()
    active = await read.windows(WindowStage.ACTIVE, 1)
    found: Material = {
        "changed_at": instant(await last_changed_at(read)),
        "board": board,
        "has_open_incidents": bool(goes_on),
        "has_active_windows": bool(active),
        "groups": list(await read.names(KeyKind.GROUP)),
        "components": await read.components(),
        "vouched_from": {row.component: instant(row.vouched_from) for row in rows if row.vouched_from is not None},
        "registered_at": {row.panel: instant(row.registered_at) for row in panels},
        "incidents": [],
        "restorations": [],
        "windows": await _windows(read, tuple(stages)),
    }
    if incidents is not None:
        chosen = goes_on if incidents == "open" else await read.incidents(limit=MOST)
        found["incidents"] = [await _incident(read, each) for each in chosen[:MOST]]
        found["restorations"] = await _restorations(read, panels, incidents)
    return found, until


async def _incident(read: PageRead, incident: PublicIncidentDocument) -> ReadIncident:
    id, updates, count = UUID(incident["id"]), incident["updates"], incident["updates_count"]
    if count > len(updates):
        updates = await read.incident_updates(id, MOST_UPDATES, max(0, count - MOST_UPDATES))
    withdrawn_at = None
    if incident["state"] == "withdrawn":
        queries = read.facade.queries.incidents
        withdrawn_at = await read.run(lambda: queries.ended_at(read.position, id))
    return {"incident": incident, "updates": updates, "withdrawn_at": instant(withdrawn_at)}


async def _windows(read: PageRead, stages: tuple[WindowStage, ...]) -> list[PublicWindowDocument]:
    """Read windows: those that go on, half of what is left of those to come, and then of those that are over."""
    by_stage = {stage: await read.windows(stage, MOST) for stage in stages}
    active = by_stage.get(WindowStage.ACTIVE, [])
    upcoming, past = by_stage.get(WindowStage.UPCOMING, []), by_stage.get(WindowStage.PAST, [])
    left = MOST - len(active)
    first = max(left - len(past), (left + 1) // 2)
    chosen = [*active, *upcoming[:first], *past[: left - len(upcoming[:first])]]
    whole = []
    for each in chosen:
        more = each["updates_count"] > len(each["updates"])
        whole.append(await read.window(UUID(each["id"]), MOST_UPDATES) if more else each)
    return whole


async def _restorations(read: PageRead, panels: Iterable[PanelRow], which: Which) -> list[ReadRestoration]:
    states = [None] if which == "newest" else [str(state) for state in OPEN_RESTORATIONS]
    hidden = {row.panel: row.document["hidden_capabilities"] for row in panels}
    queries, found = read.facade.queries.panels, []
    for wanted in (RestorationFilter(state=state) for state in states):
        rows = await read.run(partial(queries.page_of_restorations, read.position, wanted, None, MOST))
        for _, _, public in rows:
            restoration = cast("PublicRestorationDocument", json.loads(public))
            found.append(await _restoration(read, without_hidden(restoration, hidden.get(restoration["panel"], ()))))
    return found


async def _restoration(read: PageRead, restoration: PublicRestorationDocument) -> ReadRestoration:
    id, updates, count = UUID(restoration["id"]), restoration["updates"], restoration["updates_count"]
    if count > len(updates):
        queries, after = read.facade.queries.panels, str(max(0, count - MOST_UPDATES))
        rows = await read.run(lambda: queries.updates(read.position, id, public=True, after=after, limit=MOST_UPDATES))
        updates = [json.loads(text) for _, text in rows or ()]
    moments = dict.fromkeys([*told_at(restoration), *(each["occurred_at"] for each in updates)])
    return {
        "restoration": restoration,
        "updates": updates,
        "statuses": await _statuses(read, restoration, moments),
    }


def told_at(restoration: PublicRestorationDocument) -> list[Instant]:
    """List the moments at which access was lost and came back, promises were made and passed, and all was over."""
    losses, promises = restoration["losses"], restoration["promises"]
    moments = [moment for loss in losses for moment in (loss["from"], loss["until"])]
    moments += [moment for promise in promises for moment in (promise["made_at"], promise["overdue_since"])]
    return [moment for moment in (*moments, restoration["completed_at"]) if moment is not None]


async def _statuses(
    read: PageRead, restoration: PublicRestorationDocument, moments: Iterable[Instant]
) -> dict[str, StatusName]:
    began_at, queries = datetime.fromisoformat(restoration["lost_at"]), read.facade.queries.board
    records = await read.run(lambda: queries.panels(read.position, began_at))
    record = [each for each in records if each.panel.panel == restoration["panel"]]

    def status_at(moment: datetime) -> StatusName:
        return next((each["status"] for each in board_panels(record, at=moment, now=read.now)), "unknown")

    return {moment: status_at(datetime.fromisoformat(moment)) for moment in moments}
