"""Reads the views and the log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from application.projections.board import CAUSES, COMPONENTS, CauseRow, ComponentRow
from application.projections.incidents import INCIDENTS
from application.projections.signals import SIGNALS
from application.views import EventFilter, IncidentFilter
from infrastructure import recorder
from infrastructure.store.base import Value, instant, moment
from infrastructure.views.tables import holding

if TYPE_CHECKING:
    from eventsourcing.persistence import Notification

    from infrastructure.mapper import TypedMapper
    from infrastructure.store.base import Connection, Store

COMPONENT_COLUMNS = ", ".join(COMPONENTS.columns)
CAUSE_COLUMNS = ", ".join(CAUSES.columns)
SECTION = 500

ALL_COMPONENTS = holding(COMPONENTS, COMPONENT_COLUMNS)
OPEN_CAUSES = holding(CAUSES, CAUSE_COLUMNS, "ended_at IS NULL")
CAUSES_AT = holding(CAUSES, CAUSE_COLUMNS, "started_at <= :moment AND (ended_at IS NULL OR ended_at > :moment)")
HELD = "from_position <= :at AND (to_position IS NULL OR to_position > :at)"
# The last cause that ended, of readers' and of operators' side, tells since when a component is well.
LAST_ENDED = f"""
SELECT {CAUSE_COLUMNS} FROM causes WHERE {HELD} AND (component, ended_at) IN (
    SELECT component, (
        SELECT max(ended_at) FROM causes past
        WHERE past.component = components.component AND past.ended_at <= :moment AND past.public >= side.public
        AND past.started_at < past.ended_at
        AND past.from_position <= :at AND (past.to_position IS NULL OR past.to_position > :at)
    ) FROM components, (SELECT 0 AS public UNION ALL SELECT 1) side
    WHERE components.to_position IS NULL
)
"""
# What touches the causes of now tells since when the worst of them is the worst.
TOUCHING = (
    f"SELECT {CAUSE_COLUMNS} FROM causes WHERE component = :component AND ended_at >= :since"
    f" AND ended_at <= :moment AND {HELD}"
)
HISTORY = (
    f"SELECT {CAUSE_COLUMNS} FROM causes WHERE component = :component AND started_at < :until"
    f" AND (ended_at IS NULL OR ended_at > :start) AND {HELD}"
)


class BoardReader:
    """Reads the status board."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def components(self, at: int) -> Sequence[ComponentRow]:
        """Give every component, as known at position ``at``."""
        with self._store.reading_views() as connection:
            rows = connection.execute(ALL_COMPONENTS, {"at": at})
        return [_component(row) for row in rows]

    def causes(self, at: int, moment: datetime | None) -> Sequence[CauseRow]:
        """Give the causes that are open, or were at ``moment``, and those before that tell since when."""
        when = "9999" if moment is None else instant(moment)
        with self._store.reading_views() as connection:
            if moment is None:
                rows = connection.execute(OPEN_CAUSES, {"at": at})
            else:
                rows = connection.execute(CAUSES_AT, {"at": at, "moment": when})
            starts: dict[str, str] = {}
            for row in rows:
                starts[str(row[2])] = min(starts.get(str(row[2]), "9999"), str(row[3]))
            for component, since in starts.items():
                rows += _touching(connection, since, {"at": at, "component": component, "moment": when})
            rows += connection.execute(LAST_ENDED, {"at": at, "moment": when})
        return [_cause(row) for row in dict.fromkeys(rows)]

    def history(self, at: int, component: str, start: datetime, until: datetime) -> Sequence[CauseRow]:
        """Give the causes of one component that hold at any time from ``start`` to ``until``."""
        wanted: dict[str, Value] = {
            "at": at,
            "component": component,
            "start": instant(start),
            "until": instant(until),
        }
        with self._store.reading_views() as connection:
            return [_cause(row) for row in connection.execute(HISTORY, wanted)]


class BookReader:
    """Reads the book of incidents."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def find(self, at: int, id: UUID) -> tuple[str, str | None] | None:
        """Give one incident; None if there was none at position ``at``."""
        with self._store.reading_views() as connection:
            rows = connection.execute(
                f"SELECT document, public_document FROM {INCIDENTS.name} WHERE incident = :id AND {HELD}",
                {"id": str(id), "at": at},
            )
        return (str(rows[0][0]), _text(rows[0][1])) if rows else None

    def page(
        self, at: int, wanted: IncidentFilter, before: str | None, limit: int
    ) -> Sequence[tuple[str, str, str | None]]:
        """Give id, private and public side, the newest first, of those whose id is less than ``before``."""
        conditions = [HELD, "incident < :before"]
        values: dict[str, Value] = {"at": at, "before": before or "g", "limit": limit}
        if wanted.state is not None:
            conditions.append("state = :state")
            values["state"] = wanted.state
        if wanted.component is not None:
            conditions.append("components LIKE :component ESCAPE '!'")
            values["component"] = f"%|{wanted.component.replace('_', '!_')}|%"
        if wanted.public is not None:
            conditions.append("public = :public")
            values["public"] = int(wanted.public)
        with self._store.reading_views() as connection:
            rows = connection.execute(
                f"SELECT incident, document, public_document FROM {INCIDENTS.name}"
                f" WHERE {' AND '.join(conditions)} ORDER BY incident DESC LIMIT :limit",
                values,
            )
        return [(str(row[0]), str(row[1]), _text(row[2])) for row in rows]


class SignalReader:
    """Reads the signals."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def page(self, at: int, *, routed: bool | None, after: str | None, limit: int) -> Sequence[tuple[str, str]]:
        """Give id and document, by id, of those whose id is greater than ``after``."""
        values: dict[str, Value] = {"at": at, "after": after or "", "limit": limit}
        condition = ""
        if routed is not None:
            condition, values["routed"] = " AND routed = :routed", int(routed)
        with self._store.reading_views() as connection:
            rows = connection.execute(
                f"SELECT signal, document FROM {SIGNALS.name} WHERE {HELD}{condition} AND signal > :after"
                " ORDER BY signal LIMIT :limit",
                values,
            )
        return [(str(row[0]), str(row[1])) for row in rows]


class LogReader:
    """Reads the events."""

    def __init__(self, store: Store, mapper: TypedMapper) -> None:
        """Read from ``store``; ``mapper`` brings old events up to the present version of their types."""
        self._store = store
        self._mapper = mapper

    def last(self) -> tuple[int, datetime | None]:
        """Give position and time of the last event."""
        with self._store.reading_log() as connection:
            return recorder.last(connection)

    def position_at(self, moment: datetime) -> int:
        """Give the position of the last event recorded at ``moment`` or before; 0 if there is none."""
        with self._store.reading_log() as connection:
            return recorder.position_at(connection, moment)

    def time_of(self, position: int) -> datetime | None:
        """Give the time at which the event at a position was recorded; None if there is none."""
        with self._store.reading_log() as connection:
            rows = connection.execute(
                "SELECT recorded_at FROM stored_events WHERE position = :position", {"position": position}
            )
        return moment(rows[0][0]) if rows else None

    def page(self, wanted: EventFilter, after: int, limit: int) -> Sequence[dict[str, Any]]:
        """Give events by position, after a position."""
        conditions = ["position > :after"]
        values: dict[str, Value] = {"after": after}
        if wanted.aggregate is not None:
            conditions.append("originator_id = :aggregate")
            values["aggregate"] = wanted.aggregate
        if wanted.type is not None:
            conditions.append("topic = :type")
            values["type"] = wanted.type
        if wanted.since is not None:
            conditions.append("recorded_at >= :since")
            values["since"] = instant(wanted.since)
        if wanted.until is not None:
            conditions.append("recorded_at < :until")
            values["until"] = instant(wanted.until)
        found: list[dict[str, Any]] = []
        while len(found) < limit:
            rows = self._select(conditions, {**values, "limit": SECTION})
            documents = [self._document(row) for row in rows]
            found += [item for item in documents if wanted.actor in {None, item["actor"]}]
            if len(rows) < SECTION:
                break
            values["after"] = rows[-1].id
        return found[:limit]

    def of_aggregate(self, id: UUID, after: int, limit: int) -> Sequence[dict[str, Any]]:
        """Give the events of one aggregate by version, after a version."""
        conditions = ["originator_id = :id", "originator_version > :version"]
        rows = self._select(conditions, {"id": str(id), "version": after, "limit": limit})
        return [self._document(row) for row in rows]

    def all(self, after: int, until: int) -> Iterator[dict[str, Any]]:
        """Give every event after a position and up to another."""
        while after < until:
            with self._store.reading_log() as connection:
                rows = recorder.section(connection, after=after, limit=SECTION)
            if not rows:
                return
            for row in rows:
                if row.id <= until:
                    yield self._document(row)
            after = rows[-1].id

    def _select(self, conditions: Sequence[str], values: dict[str, Value]) -> list[Notification]:
        statement = (
            "SELECT position, originator_id, originator_version, topic, state FROM stored_events"
            f" WHERE {' AND '.join(conditions)} ORDER BY position LIMIT :limit"
        )
        with self._store.reading_log() as connection:
            return [recorder.notification(row) for row in connection.execute(statement, values)]

    def _document(self, row: Notification) -> dict[str, Any]:
        version, state = self._mapper.present_state(row)
        data = json.loads(state)
        provenance = data.pop("provenance")
        return {
            "position": row.id,
            "id": str(uuid5(UUID(str(row.originator_id)), str(row.originator_version))),
            "type": row.topic,
            "version": version,
            "aggregate": {
                "type": row.topic.partition(".")[0],
                "id": str(row.originator_id),
                "version": row.originator_version,
            },
            "occurred_at": provenance["occurred_at"],
            "recorded_at": provenance["recorded_at"],
            "actor": provenance["actor"],
            "source": provenance["source"],
            "request_id": provenance["request_id"],
            "causation": provenance["causation"],
            "data": data,
        }


def _touching(connection: Connection, since: str, wanted: dict[str, Value]) -> list[tuple[Value, ...]]:
    """Follow the causes back in time as long as one touches another."""
    while True:
        rows = connection.execute(TOUCHING, {**wanted, "since": since})
        earliest = min((str(row[3]) for row in rows), default=since)
        if earliest >= since:
            return rows
        since = earliest


def _component(row: tuple[Value, ...]) -> ComponentRow:
    return ComponentRow(
        component=str(row[0]),
        place=int(row[1] or 0),
        public=bool(row[2]),
        retired=bool(row[3]),
        vouched_from=moment(row[4]) if row[4] else None,
        document=str(row[5]),
    )


def _cause(row: tuple[Value, ...]) -> CauseRow:
    return CauseRow(
        cause=str(row[0]),
        kind=str(row[1]),
        component=str(row[2]),
        started_at=moment(row[3]),
        ended_at=moment(row[4]) if row[4] else None,
        status=str(row[5]),
        public=bool(row[6]),
        title=_text(row[7]),
    )


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
