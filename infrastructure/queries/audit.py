"""Reads events from the log as documents, in order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha1
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING
from uuid import UUID

from application.audit.queries import EventFilter, EventTimes
from infrastructure.event_log import event_index, recorder
from infrastructure.event_log.event_index import SECTION
from infrastructure.store.base import BulkStatement, Value, identity, moment

if TYPE_CHECKING:
    from eventsourcing.persistence import Notification

    from application.audit.documents import EventDocument
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection, Store

ROWS = "SELECT position, originator_id, originator_version, topic, state FROM stored_events"
POSITIONS = f"{ROWS} WHERE position > :after AND position <= :until ORDER BY position LIMIT :limit"
VERSIONS = (
    f"{ROWS} WHERE originator_id = :aggregate AND originator_version > :after AND originator_version <= :until"
    " ORDER BY originator_version LIMIT :limit"
)
AT_POSITIONS = BulkStatement(sql=f"{ROWS} WHERE position {{among}}", columns=("number",))


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

    def position_before(self, moment: datetime) -> int:
        """Give the position of the last event recorded before ``moment``; 0 if there is none."""
        with self._store.reading_log() as connection:
            return recorder.position_before(connection, moment)

    def times(self, positions: Sequence[int]) -> Mapping[int, EventTimes]:
        """Give when the events at some positions were recorded, and when they occurred."""
        return {row.id: self._times(row) for row in self._at(positions)}

    def at(self, positions: Sequence[int]) -> Mapping[int, EventDocument]:
        """Give the events at some positions."""
        return {row.id: event_document(self._mapper, row) for row in self._at(positions)}

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
        if "" in {wanted.type, wanted.actor} or "\x00" in (wanted.actor or ""):
            # Nobody has such a name, and PostgreSQL cannot look for it.
            return []
        with self._store.reading_log() as connection:
            return [event_document(self._mapper, row) for row in _page(connection, wanted, after, limit)]

    def of_aggregate(self, id: UUID, after: int, limit: int) -> Sequence[EventDocument]:
        """Give the events of one aggregate by version, after a version."""
        values: dict[str, Value] = {"aggregate": str(id), "after": after, "until": recorder.FOREVER, "limit": limit}
        with self._store.reading_log() as connection:
            rows = connection.execute(VERSIONS, values)
        return [event_document(self._mapper, recorder.notification(row)) for row in rows]

    def all(self, after: int, until: int) -> Iterator[EventDocument]:
        """Give every event after a position and up to another."""
        while after < until:
            with self._store.reading_log() as connection:
                rows = recorder.section(connection, after=after, limit=SECTION)
            if not rows:
                return
            for row in rows:
                if row.id <= until:
                    yield event_document(self._mapper, row)
            after = rows[-1].id

    def _at(self, positions: Sequence[int]) -> list[Notification]:
        with self._store.reading_log() as connection:
            rows = connection.run(AT_POSITIONS, [(position,) for position in positions])
        return list(map(recorder.notification, rows))

    def _times(self, row: Notification) -> EventTimes:
        provenance = json.loads(row.state)["provenance"]
        recorded_at, occurred_at = (moment(provenance[name]) for name in ("recorded_at", "occurred_at"))
        return EventTimes(recorded_at=recorded_at, occurred_at=occurred_at)


def event_document(mapper: TypedMapper, row: Notification) -> EventDocument:
    """Write an event as auditors read it, its data in the present version of its type.

    Raises:
        CorruptEvent: if it cannot be read.
    """
    version, state = mapper.present_state(row)
    data = json.loads(state)
    provenance, id = data.pop("provenance"), identity(row.originator_id)
    found: EventDocument = {
        "position": row.id,
        "id": _id(id, row.originator_version),
        "type": row.topic,
        "version": version,
        "aggregate": {
            "type": row.topic.partition(".")[0],
            "id": str(id),
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
    # They are stored only where somebody said them.
    if "notify" in provenance:
        found["notify"] = provenance["notify"]
    if "notify_reason" in provenance:
        found["notify_reason"] = provenance["notify_reason"]
    if "signed_in" in provenance:
        found["signed_in"] = provenance["signed_in"]
    return found


def _id(aggregate: UUID, version: int) -> str:
    """Give the UUIDv5 of an event; ``uuid5`` makes an object first, which is a quarter of what an event costs."""
    digest = bytearray(sha1(aggregate.bytes + b"%d" % version, usedforsecurity=False).digest()[:16])
    digest[6], digest[8] = digest[6] & 0x0F | 0x50, digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _page(connection: Connection, wanted: EventFilter, after: int, limit: int) -> list[Notification]:
    """Take what is indexed from the index, and go through what is not, which is the end of the log."""
    stream = _Stream(connection, wanted.aggregate)
    indexed = stream.number_at(event_index.indexed(connection)) // SECTION * SECTION
    last, _ = recorder.last(connection)
    until = last if wanted.until is None else recorder.position_before(connection, wanted.until)
    after = after if wanted.since is None else max(after, recorder.position_before(connection, wanted.since))
    begin, end = stream.number_at(after), stream.number_at(until)
    if wanted.type is None and wanted.actor is None:
        return list(islice(stream.read(begin, end, None, limit), limit))
    places = event_index.find(
        connection,
        stream.name,
        range(begin // SECTION, indexed // SECTION),
        topic=wanted.type,
        actor=wanted.actor,
        after=after,
        until=until,
        limit=limit,
    )
    rows = connection.run(AT_POSITIONS, [(place,) for place in places])
    found = sorted(map(recorder.notification, rows), key=attrgetter("id"))
    rest = stream.read(max(begin, indexed), end, wanted.type, SECTION)
    fitting = (event for event in rest if wanted.actor in {None, event_index.actor_of(event.state)})
    return [*found, *islice(fitting, limit - len(found))]


class _Stream:
    """The whole log, whose events are numbered by position, or the events of one aggregate, by version."""

    def __init__(self, connection: Connection, aggregate: str | None) -> None:
        self.name = event_index.WHOLE_LOG if aggregate is None else aggregate
        self._connection = connection
        self._aggregate = aggregate

    def number_at(self, position: int) -> int:
        """Give the number of its last event up to a position; 0 if there is none."""
        if self._aggregate is None:
            return position
        return recorder.version_at(self._connection, self._aggregate, position)

    def read(self, after: int, until: int, topic: str | None, at_once: int) -> Iterator[Notification]:
        """Give the events after a number and up to another, those of a type alone if it is named."""
        values: dict[str, Value] = {"until": until, "limit": at_once}
        if self._aggregate is not None:
            values["aggregate"] = self._aggregate
        statement = POSITIONS if self._aggregate is None else VERSIONS
        if topic is not None:
            statement, values["topic"] = statement.replace("ORDER BY", "AND topic = :topic ORDER BY"), topic
        while True:
            rows = self._connection.execute(statement, values | {"after": after})
            events = list(map(recorder.notification, rows))
            yield from events
            if len(events) < at_once:
                return
            after = events[-1].id if self._aggregate is None else events[-1].originator_version
