"""Which pages of a copy may say something else, since what changed in public between two positions is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from api.http.answers import dump
from api.reports.uptime_picture import WELL
from api.site.copied_pages import (
    page_of_audience,
    page_of_component,
    page_of_history,
    page_of_incident,
    page_of_month,
    page_of_window,
    pages_of_maintenance,
    pages_of_panels,
    windows_of,
)
from api.site.history import month_of
from api.site.kernel.copied import CopiedPage
from application.components.documents import public_component
from application.key_names import KeyKind
from application.maintenance.projection import WindowStage
from application.panels.documents import public_panel
from domain.impact import EVERYWHERE

if TYPE_CHECKING:
    from datetime import date

    from api.site.kernel.reading import PageRead
    from application.changes.telling import SnapshotChange
    from application.reports.documents import ComponentDays

MOST = 200
"""Of how many changes it is looked which pages they concern; of more, all."""
NAMING = ("statuses", "spans", "planned")
"""The parts of a snapshot that name components."""
INCIDENT, WINDOW = "incident", "maintenance_window"


async def shared_by_pages(read: PageRead) -> str:
    """Give what tells that which many pages show from any other: components, groups, audiences, panels, the day."""
    parts: list[Any] = [
        [[row.place, row.retired, public_component(row.document)] for row in await read.component_rows()],
        [await read.names(kind) for kind in KeyKind],
        [public_panel(row.document) for row in await read.panels()],
        await read.automations(),
        read.now.astimezone(read.facade.settings.zone).date().isoformat(),
    ]
    return sha256(dump(parts).encode()).hexdigest()


async def changed_pages(
    read: PageRead, after: int, written: Mapping[str, CopiedPage]
) -> tuple[list[CopiedPage], frozenset[str]] | None:
    """Give the pages that the changes beyond the position ``after`` may concern, and the ids of what changed.

    Of the pages that were ``written``, by their places, those that named it are concerned, too. None if it may be any.
    """
    queries = read.facade.queries.changes
    _, rows = await read.run(lambda: queries.section(after, read.position, MOST + 1, falling=False))
    if len(rows) > MOST:
        return None
    changed = {kind: _ids(rows, kind) for kind in (INCIDENT, WINDOW, "restoration", "component", "panel")}
    found = [page_of_incident(id) for id in changed[INCIDENT]]
    found += [page_of_window(id) for id in changed[WINDOW]]
    found += [page_of_component(key) for key in await _components(read, rows, changed["component"])]
    if changed[INCIDENT] or changed[WINDOW]:
        months = await _months(read, rows)
        if any(page_of_month(month).place not in written for month in months):
            # The pages of the months beside it lead to it from now on.
            return None
        found += [page_of_history(), *map(page_of_month, months)]
        found += [page_of_audience(key) for key in await read.audiences()]
    if changed[WINDOW]:
        pages = pages_of_maintenance(await windows_of(read, WindowStage.PAST))
        before = {place: page.behind for place, page in written.items()}
        found += [page for page in pages if not page.behind or page.behind != before.get(page.place)]
    if changed["restoration"] or changed["panel"]:
        found += await pages_of_panels(read)
    return found, frozenset(id for ids in changed.values() for id in ids)


def entries_of(document: Mapping[str, Any]) -> Mapping[str, object]:
    """Give what the ``document`` of the board's page says of each component and panel, by the place of its own page.

    The figures of a component are part of it: they change after its last change, too, when the minute of that is over,
    and as time without trouble goes by.
    """
    board, days = document["board"], {each["component"]: each for each in document["days"]}
    components = {f"components/{each['key']}": (each, _figures(days.get(each["key"]))) for each in board["components"]}
    return {**components, **{f"panels/{each['key']}": each for each in board["panels"]}}


def _figures(found: ComponentDays | None) -> object:
    if found is None:
        return None
    days = [
        (day["day"], day["status"], {status: held for status, held in day["seconds"].items() if status != WELL})
        for day in (*found["days"], *found["restated_days"])
    ]
    return found["percentage"], found["restated_percentage"], days


def _ids(rows: Iterable[SnapshotChange], kind: str) -> list[str]:
    things = (row.thing.partition("/") for row in rows)
    return list(dict.fromkeys(id for found, _, id in things if found == kind))


async def _components(read: PageRead, rows: Iterable[SnapshotChange], changed: Iterable[str]) -> list[str]:
    """List the components that changed, or of which something that changed says something."""
    found = set(changed)
    for row in rows:
        for snapshot in (row.before, row.after):
            parts: Mapping[str, Any] = {**snapshot} if snapshot else {}
            named = {key for name in NAMING for key in parts.get(name, ())}
            # A plan that names none is of the whole product.
            found |= named or ({EVERYWHERE} if parts.get("type") == WINDOW else set())
    known = [row.component for row in await read.component_rows() if not row.retired]
    return known if EVERYWHERE in found else [key for key in known if key in found]


async def _months(read: PageRead, rows: Iterable[SnapshotChange]) -> list[date]:
    """List the months in which what changed began, as far as they have come."""
    moments: list[datetime] = []
    for row in rows:
        snapshot: Mapping[str, Any] = {**row.after}
        if snapshot["type"] == INCIDENT:
            incident = await read.incident(UUID(snapshot["id"]))
            moments.append(datetime.fromisoformat(incident["started_at"]))
        elif snapshot["type"] == WINDOW and snapshot["state"] != "scheduled":
            moments.append(datetime.fromisoformat(snapshot["starts_at"]))
    zone, this = read.facade.settings.zone, month_of(read.now, read.facade.settings.zone)
    months = dict.fromkeys(month_of(moment, zone) for moment in moments)
    return [month for month in months if month and this and month <= this]
