"""Reads the views and the log."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from application.documents.incident import UPDATES
from application.projections.incidents import BOOK, INCIDENT_UPDATES, INCIDENTS
from application.projections.signals import SIGNALS
from application.views import EventFilter, IncidentFilter
from infrastructure.event_log import recorder
from infrastructure.projections.temporal_tables import HELD, of_one_building
from infrastructure.store.base import Bulk, Value, instant, moment

if TYPE_CHECKING:
    from eventsourcing.persistence import Notification

    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection, Store

Sides = tuple[Value, Value]
"""What operators and what readers see of an update; None for these if they do not."""
SECTION = 500
# Not joined: PostgreSQL, which knows nothing yet of a table that was just built anew, would read all of it.
UPDATES_OF = Bulk(
    sql=f"SELECT incident, from_position, to_position, document, public_document FROM {INCIDENT_UPDATES.name}"
    " WHERE incident {among} ORDER BY incident, number",
    columns=("key",),
)


class BookReader:
    """Reads the book of incidents."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def find(self, at: int, id: UUID) -> tuple[str, str | None] | None:
        """Give one incident; None if there was none at position ``at``."""
        found = self._read("incident = :id", {"id": str(id), "at": at, "limit": 1})
        return found[0][1:] if found else None

    def page(
        self, at: int, wanted: IncidentFilter, before: str | None, limit: int
    ) -> Sequence[tuple[str, str, str | None]]:
        """Give id, private and public side, the newest first, of those whose id is less than ``before``."""
        conditions = ["incident < :before"]
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
        return self._read(" AND ".join(conditions), values)

    def _read(self, condition: str, values: Mapping[str, Value]) -> list[tuple[str, str, str | None]]:
        statement = (
            f"SELECT incident, document, public_document FROM {INCIDENTS.name}"
            f" WHERE {condition} AND {HELD} ORDER BY incident DESC LIMIT :limit"
        )
        at = int(values["at"] or 0)
        with of_one_building(self._store, BOOK, at), self._store.reading_views() as connection:
            rows = connection.execute(statement, values)
            timelines = _timelines(connection, [str(row[0]) for row in rows], at)
        return [_incident(row, timelines[str(row[0])]) for row in rows]


def _timelines(connection: Connection, incidents: Sequence[str], at: int) -> defaultdict[str, list[Sides]]:
    """Give the updates of each incident that hold at a position, in order."""
    found: defaultdict[str, list[Sides]] = defaultdict(list)
    for incident, begins, ends, *sides in connection.run(UPDATES_OF, [(incident,) for incident in incidents]):
        if int(begins or 0) <= at and (ends is None or int(ends) > at):
            found[str(incident)].append((sides[0], sides[1]))
    return found


def _incident(row: tuple[Value, ...], updates: Sequence[Sides]) -> tuple[str, str, str | None]:
    """Put the updates of an incident into its two sides."""
    id, private, public = row
    shown = [str(update) for _, update in updates if update is not None]
    return (
        str(id),
        _with_updates(str(private), [str(update) for update, _ in updates]),
        None if public is None else _with_updates(str(public), shown),
    )


def _with_updates(document: str, updates: Sequence[str]) -> str:
    return f'{document[:-1]},"{UPDATES}":[{",".join(updates)}]}}'


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
            # As a literal, so that the index of the few that are not can be used.
            condition = f" AND routed = {int(routed)}"
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
