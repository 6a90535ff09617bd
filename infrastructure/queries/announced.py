"""Reads what subscribers are to be notified of, from what readers saw change event by event."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from pydantic_core import from_json

from application.changes.affected import components_of, snapshot_of_panel
from application.changes.announcements import (
    CORRECTION,
    announcements_of,
    correction_announcement,
    reminder_announcement,
)
from application.changes.differences import Visible
from application.changes.projection import CHANGE_VIEW, PUBLIC_THINGS, SHOWN_AT, PublicThingRow, rows_of
from application.changes.telling import SnapshotChange
from application.notifications.reach import NOTIFIED, AnnouncedEvent, AnnouncedSection, Reach
from domain.impact import EVERYWHERE, Level
from domain.incidents import Incident
from domain.maintenance import MaintenanceWindow
from infrastructure.projections.temporal_tables import consistent_read, latest, read_consistently
from infrastructure.queries.changes import BEFORE, snapshot_change
from infrastructure.queries.incidents import SqlIncidentQueries
from infrastructure.queries.maintenance import SqlWindowQueries
from infrastructure.queries.panels import SqlPanelQueries
from infrastructure.queries.status import SqlBoardQueries
from infrastructure.store.base import BulkStatement, identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from application.changes.announcements import Announcement
    from application.changes.snapshots import WindowSnapshot
    from domain.aggregate import Aggregate
    from infrastructure.store.base import Connection, Store, Value

SECTION = 200
"""How many changes are looked at in one piece."""
FOLLOWING = f"""
    SELECT page.from_position, page.thing, page.document, ({BEFORE}) FROM (
        SELECT from_position, thing, document FROM public_things
        WHERE {SHOWN_AT} > :after AND {SHOWN_AT} <= :until ORDER BY {SHOWN_AT} LIMIT :limit
    ) AS page
"""
AT = f"""
    SELECT page.from_position, page.thing, page.document, ({BEFORE}) FROM (
        SELECT from_position, thing, document FROM public_things WHERE thing = :thing AND from_position = :position
    ) AS page
"""
REMINDERS = """
    SELECT reminded.position, reminded.originator_id, (
        SELECT count(*) FROM stored_events AS earlier
        WHERE earlier.originator_id = reminded.originator_id AND earlier.topic = reminded.topic
        AND earlier.position <= reminded.position
    ) FROM stored_events AS reminded
    WHERE reminded.position > :after AND reminded.position <= :until AND reminded.topic = :topic
    ORDER BY reminded.position
"""
SNAPSHOT = latest(PUBLIC_THINGS, "document", "thing = :thing")
STATES = BulkStatement(
    sql="SELECT position, state, topic FROM stored_events WHERE position {among}", columns=("number",)
)
REMINDER = "reminder/"
"""How the entry of a reminder begins."""
KINDS = ("incident", "maintenance_window", "restoration")


class SqlAnnouncedQueries:
    """Implements ``AnnouncedQueries`` on a store; see there for what each method gives."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store
        self._board = SqlBoardQueries(store)
        self._panels = SqlPanelQueries(store)
        self._incidents = SqlIncidentQueries(store)
        self._windows = SqlWindowQueries(store)

    def following(self, after: int, until: int) -> AnnouncedSection:
        """Give what follows a position."""
        wanted: dict[str, Value] = {"after": after, "until": until, "limit": SECTION}
        with consistent_read(self._store, CHANGE_VIEW, until), self._store.reading_views() as connection:
            rows = connection.execute(FOLLOWING, wanted)
        until = until if len(rows) < SECTION else int(rows[-1][0] or 0)
        news = [*self._changes(rows), *self._reminders(after, until)]
        return AnnouncedSection(until=until, news=sorted(news, key=lambda each: each.position))

    def _changes(self, rows: Iterable[tuple[Value, ...]]) -> list[AnnouncedEvent]:
        changes = [snapshot_change(row) for row in rows if str(row[1]).partition("/")[0] in KINDS]
        with self._store.reading_log() as connection:
            topics = _topics_of(connection, {change.position for change in changes})
        news = [self._news(change, topics[change.position]) for change in changes if change.position in topics]
        return [each for each in news if each.announcements]

    def _reminders(self, after: int, until: int) -> list[AnnouncedEvent]:
        wanted: dict[str, Value] = {"after": after, "until": until, "topic": MaintenanceWindow.Reminded.TOPIC}
        with self._store.reading_log() as connection:
            rows = connection.execute(REMINDERS, wanted)
        found: list[AnnouncedEvent] = []
        for position, id, number in rows:
            at, thing = int(position or 0), f"{MaintenanceWindow.TOPIC}/{identity(id)}"
            window = self._window(thing, at)
            if window is not None:
                change = SnapshotChange(position=at, thing=thing, before=None, after=window)
                reminder = reminder_announcement(window, number=int(number or 0), position=at)
                reach = self._reach(change, self._visible(at))
                found.append(AnnouncedEvent(position=at, reach=reach, announcements=[reminder]))
        return found

    def _window(self, thing: str, at: int) -> WindowSnapshot | None:
        """Give what readers saw of a window; None while it was not announced."""
        rows = read_consistently(self._store, CHANGE_VIEW, SNAPSHOT, {"at": at, "thing": thing})
        return cast("WindowSnapshot", from_json(str(rows[0][0]))) if rows else None

    def would_follow(self, before: Aggregate | None, after: Aggregate, at: int) -> AnnouncedEvent | None:
        """Give what a command would announce."""
        row, old = _public_row(after), None if before is None else _public_row(before)
        if row is None:
            return None
        change = SnapshotChange(
            position=at, thing=row.thing, before=None if old is None else old.document, after=row.document
        )
        is_correction = isinstance(before, Incident) and isinstance(after, Incident) and _is_corrected(before, after)
        shown, announced = self._announced(change, is_correction=is_correction)
        if not announced:
            return None
        reach = self._about(change, shown)
        match after:
            case Incident():
                reach = replace(reach, level=after.level)
            case MaintenanceWindow():
                reach = replace(reach, audiences=frozenset(after.plan.audiences))
        return AnnouncedEvent(position=at, reach=reach, announcements=announced)

    def find(self, thing: str, entry: str, position: int) -> Announcement | None:
        """Give an announcement again."""
        if entry.startswith(REMINDER):
            window = self._window(thing, position)
            number = int(entry.removeprefix(REMINDER))
            return reminder_announcement(window, number=number, position=position) if window else None
        wanted: dict[str, Value] = {"thing": thing, "position": position}
        with consistent_read(self._store, CHANGE_VIEW, position), self._store.reading_views() as connection:
            rows = connection.execute(AT, wanted)
        is_correction = entry.startswith(CORRECTION)
        changes = map(snapshot_change, rows)
        found = (each for change in changes for each in self._announced(change, is_correction=is_correction)[1])
        return next((each for each in found if each.entry == entry), None)

    def _news(self, change: SnapshotChange, topic: str) -> AnnouncedEvent:
        shown, announced = self._announced(change, is_correction=topic == Incident.Corrected.TOPIC)
        if not announced:
            return AnnouncedEvent(position=change.position, reach=Reach())
        return AnnouncedEvent(position=change.position, reach=self._reach(change, shown), announcements=announced)

    def _announced(self, change: SnapshotChange, *, is_correction: bool) -> tuple[Visible, list[Announcement]]:
        shown = self._visible(change.position)
        if is_correction:
            corrected = correction_announcement(change, shown)
            return shown, [] if corrected is None else [corrected]
        return shown, [each for each in announcements_of(change, shown) if each.change.kind in NOTIFIED]

    def _visible(self, at: int) -> Visible:
        components = {row.component for row in self._board.components(at) if row.public and not row.retired}
        panels = {row.panel: snapshot_of_panel(row) for row in self._panels.panels(at)}
        return Visible(components=lambda key: key == EVERYWHERE or key in components, panel=panels.get)

    def _reach(self, change: SnapshotChange, shown: Visible) -> Reach:
        at, (kind, _, id) = change.position, change.thing.partition("/")
        about = self._about(change, shown)
        return replace(about, audiences=self._audiences(at, kind, id), level=self._level(at, kind, id))

    def _about(self, change: SnapshotChange, shown: Visible) -> Reach:
        at, kind = change.position, change.thing.partition("/")[0]
        snapshots = [cast("Mapping[str, Any]", each) for each in (change.before, change.after) if each]
        components = {key for snapshot in snapshots for key in components_of(snapshot) if shown.components(key)}
        groups = {row.component: row.document["group"] for row in self._board.components(at)}
        return Reach(
            components=frozenset(components),
            groups=frozenset(groups[key] for key in components if key in groups),
            panels=frozenset(str(each["panel"]) for each in snapshots if kind == "restoration"),
        )

    def _audiences(self, at: int, kind: str, id: str) -> frozenset[str]:
        found = self._windows.find(at, UUID(id)) if kind == "maintenance_window" else None
        public = found[1] if found else None
        return frozenset(json.loads(public)["audiences"]) if public else frozenset()

    def _level(self, at: int, kind: str, id: str) -> Level | None:
        found = self._incidents.find(at, UUID(id)) if kind == "incident" else None
        public = found[1] if found else None
        return Level(json.loads(public)["impact"]) if public else None


def _public_row(aggregate: Aggregate) -> PublicThingRow | None:
    return next((row for row in rows_of(aggregate) if isinstance(row, PublicThingRow)), None)


def _is_corrected(before: Incident, after: Incident) -> bool:
    return len(after.corrections) > len(before.corrections)


def _topics_of(connection: Connection, positions: Iterable[int]) -> dict[int, str]:
    """Give those of some positions whose event may be announced, with its topic: not where it says that nobody is."""
    rows = connection.run(STATES, [(position,) for position in sorted(positions)])
    return {int(position or 0): str(topic) for position, state, topic in rows if not _is_silent(state, str(topic))}


def _is_silent(state: Value, topic: str) -> bool:
    provenance = json.loads(bytes(state) if isinstance(state, memoryview | bytes) else str(state))["provenance"]
    notify = provenance.get("notify")
    # Corrections of before, when nobody was notified of one, say nothing of it.
    return notify is False or (topic == Incident.Corrected.TOPIC and notify is None)
