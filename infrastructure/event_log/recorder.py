"""The rows of the log: appended by one writer, read by anybody."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent

from application.ids import written
from infrastructure.event_log.compatibility import FLOOR, require_floor
from infrastructure.event_log.schema import EVENT_COLUMNS
from infrastructure.store.base import BulkStatement, identity, inserting, instant, moment
from infrastructure.transparency.entries import LogRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from infrastructure.store.base import Connection, Value

LAST = (
    "SELECT position, recorded_at, originator_id, originator_version FROM stored_events ORDER BY position DESC LIMIT 1"
)

BEGIN = f"""
    SELECT position, recorded_at, originator_id, originator_version, noted.floor
    FROM (SELECT (SELECT value FROM meta WHERE name = '{FLOOR}') AS floor) AS noted LEFT JOIN ({LAST}) AS ended ON true
"""

STREAM = (
    "SELECT originator_version, topic, state FROM stored_events"
    " WHERE originator_id = :id AND originator_version > :after AND originator_version <= :until"
    " ORDER BY originator_version"
)

STREAMS = BulkStatement(
    sql="SELECT originator_id, originator_version, topic, state FROM stored_events"
    " WHERE originator_id {among} ORDER BY originator_id, originator_version",
    columns=("id",),
)

TIMES = BulkStatement(sql="SELECT position, recorded_at FROM stored_events WHERE position {among}", columns=("number",))

APPEND = inserting("stored_events", EVENT_COLUMNS)

SECTION = (
    "SELECT position, originator_id, originator_version, topic, state, recorded_at FROM stored_events"
    " WHERE position > :after ORDER BY position LIMIT :limit"
)

# Positions have no gaps and recorded_at never falls, so that a binary search needs no index on time.
POSITION_AT = """
WITH RECURSIVE search (low, high) AS (
    SELECT CAST(0 AS bigint), (SELECT coalesce(max(position), 0) FROM stored_events)
    UNION ALL
    SELECT
        CASE WHEN e.recorded_at <= :instant THEN e.position ELSE search.low END,
        CASE WHEN e.recorded_at <= :instant THEN search.high ELSE e.position - 1 END
    FROM search JOIN stored_events e ON e.position = (search.low + search.high + 1) / 2
    WHERE search.low < search.high
)
SELECT low FROM search WHERE low = high
"""

POSITION_BEFORE = POSITION_AT.replace("<= :instant", "< :instant")

# The same search among the events of one aggregate, whose versions have no gaps and rise with the positions.
VERSION_AT = """
WITH RECURSIVE search (low, high) AS (
    SELECT
        CAST(0 AS bigint),
        (SELECT coalesce(max(originator_version), 0) FROM stored_events WHERE originator_id = :id)
    UNION ALL
    SELECT
        CASE WHEN e.position <= :position THEN e.originator_version ELSE search.low END,
        CASE WHEN e.position <= :position THEN search.high ELSE e.originator_version - 1 END
    FROM search JOIN stored_events e
    ON e.originator_id = :id AND e.originator_version = (search.low + search.high + 1) / 2
    WHERE search.low < search.high
)
SELECT low FROM search WHERE low = high
"""

FOREVER = 2**62
"""A version beyond every other."""


class End(NamedTuple):
    """The last event of a log: its position, when it was recorded, and its aggregate with the version in it."""

    position: int
    recorded_at: datetime | None
    origin: tuple[UUID, int] | None


NOTHING = End(0, None, None)
"""The end of a log without events."""


def last(connection: Connection) -> tuple[int, datetime | None]:
    """Give position and time of the last event; 0 and None if there is none."""
    rows = connection.execute(LAST)
    return (int(rows[0][0] or 0), moment(rows[0][1])) if rows else (0, None)


def begin(connection: Connection) -> End:
    """Begin a transaction that appends, and give the end of the log.

    Raises:
        SchemaMismatch: if the store was migrated past what this program knows.
    """
    [(position, recorded_at, id, version, floor)] = connection.begin(BEGIN)
    require_floor(floor)
    return NOTHING if position is None else End(int(position), moment(recorded_at), (identity(id), int(version or 0)))


def end_of(row: LogRow) -> End:
    """Give the end of a log whose last event is this one."""
    return End(row.position, moment(row.recorded_at), (identity(row.aggregate_id), row.aggregate_version))


def streams(connection: Connection, ids: Collection[UUID]) -> dict[UUID, list[StoredEvent]]:
    """Give all events of each of these aggregates, by version; none for those that do not exist."""
    found: dict[UUID, list[StoredEvent]] = {id: [] for id in ids}
    for row in connection.run(STREAMS, [(written(id),) for id in found]):
        id = identity(row[0])
        found[id].append(StoredEvent(id, int(row[1] or 0), str(row[2]), state_of(row[3])))
    return found


def stream(connection: Connection, id: UUID, *, after: int = 0, until: int = FOREVER) -> list[StoredEvent]:
    """Give the events of one aggregate, by version, after ``after`` and up to ``until``."""
    rows = connection.execute(STREAM, {"id": str(id), "after": after, "until": until})
    return [StoredEvent(id, int(row[0] or 0), str(row[1]), state_of(row[2])) for row in rows]


def section(connection: Connection, *, after: int, limit: int) -> list[Notification]:
    """Give the events after a position, in order."""
    return [notification(row) for row in rows(connection, after=after, limit=limit)]


def rows(connection: Connection, *, after: int, limit: int) -> list[LogRow]:
    """Give the events after a position as they are stored, in order; see ``notification`` and ``fingerprint``."""
    return [to_row(row) for row in connection.execute(SECTION, {"after": after, "limit": limit})]


def to_row(values: Sequence[Value]) -> LogRow:
    """Read a row of ``SECTION``."""
    position, id, version, topic, state, recorded_at = values
    return LogRow(int(position or 0), str(id), int(version or 0), str(topic), state_of(state), str(recorded_at))


def notification(row: Sequence[Value]) -> Notification:
    """Read the first columns of a row (position, originator_id, originator_version, topic, state)."""
    return Notification(identity(row[1]), int(row[2] or 0), str(row[3]), state_of(row[4]), id=int(row[0] or 0))


def fingerprint(row: LogRow) -> str:
    """Give what tells an event from every other that can ever stand at its position.

    It says nothing of what was recorded: an event that is damaged is still the one that it was.
    """
    text = f"{row.aggregate_id}:{row.aggregate_version}:{row.recorded_at}"
    return blake2b(text.encode(), digest_size=8).hexdigest()


def fingerprint_at(connection: Connection, position: int) -> str:
    """Give the fingerprint of the event at a position; empty if there is none."""
    found = rows(connection, after=position - 1, limit=1)
    return fingerprint(found[0]) if found and found[0].position == position else ""


def position_at(connection: Connection, when: datetime) -> int:
    """Give the position of the last event that was recorded at ``when`` or before; 0 if there is none."""
    return int(connection.execute(POSITION_AT, {"instant": instant(when)})[0][0] or 0)


def position_before(connection: Connection, when: datetime) -> int:
    """Give the position of the last event that was recorded before ``when``; 0 if there is none."""
    return int(connection.execute(POSITION_BEFORE, {"instant": instant(when)})[0][0] or 0)


def times_of(connection: Connection, positions: Sequence[int]) -> dict[int, datetime]:
    """Give when each of these events was recorded, by position."""
    rows = connection.run(TIMES, [(position,) for position in positions])
    return {int(row[0] or 0): moment(row[1]) for row in rows}


def version_at(connection: Connection, id: str, position: int) -> int:
    """Give the version that an aggregate had at a position; 0 if it had not begun."""
    return int(connection.execute(VERSION_AT, {"id": id, "position": position})[0][0] or 0)


def append(connection: Connection, first: int, events: Sequence[tuple[StoredEvent, datetime]]) -> Sequence[LogRow]:
    """Insert events, and give their rows; see ``to_rows``."""
    rows = to_rows(first, events)
    connection.run(APPEND, rows)
    return rows


def to_rows(first: int, events: Sequence[tuple[StoredEvent, datetime]]) -> Sequence[LogRow]:
    """Write events, each with the time it is recorded at, as rows at the positions from ``first`` on."""
    return [
        LogRow(
            position,
            written(event.originator_id),
            event.originator_version,
            event.topic,
            event.state,
            instant(when),
        )
        for position, (event, when) in enumerate(events, first)
    ]


def state_of(value: Value) -> bytes:
    """Read the stored state of an event."""
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
