"""Reads events from the log as documents, in order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from application.audit.queries import EventFilter
from infrastructure.event_log import recorder
from infrastructure.queries.incidents import SECTION
from infrastructure.store.base import Value, instant, moment

if TYPE_CHECKING:
    from eventsourcing.persistence import Notification

    from application.audit.documents import EventDocument
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Store


class SqlEventQueries:
    """Implements ``EventQueries`` on a store; see there for what each method gives."""

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

    def fingerprint(self, position: int) -> str:
        """Give what tells the event at a position from every other; empty if there is none."""
        with self._store.reading_log() as connection:
            return recorder.fingerprint_at(connection, position)

    def page(self, wanted: EventFilter, after: int, limit: int) -> Sequence[EventDocument]:
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
        found: list[EventDocument] = []
        while len(found) < limit:
            rows = self._select(conditions, {**values, "limit": SECTION})
            documents = [self._document(row) for row in rows]
            found += [item for item in documents if wanted.actor in {None, item["actor"]}]
            if len(rows) < SECTION:
                break
            values["after"] = rows[-1].id
        return found[:limit]

    def of_aggregate(self, id: UUID, after: int, limit: int) -> Sequence[EventDocument]:
        """Give the events of one aggregate by version, after a version."""
        conditions = ["originator_id = :id", "originator_version > :version"]
        rows = self._select(conditions, {"id": str(id), "version": after, "limit": limit})
        return [self._document(row) for row in rows]

    def all(self, after: int, until: int) -> Iterator[EventDocument]:
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

    def _document(self, row: Notification) -> EventDocument:
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
