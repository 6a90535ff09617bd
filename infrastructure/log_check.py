"""Checks that a log is whole and can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.errors import CorruptEvent, SchemaMismatch
from infrastructure.event_log import recorder
from infrastructure.event_log.schema import log_identity, require_log
from infrastructure.store.base import StoreDown, StoreNotRestored

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection, Value

SECTION = 1_000
"""How many events are read at once."""
EVENT = (
    "SELECT originator_id, originator_version, topic, state, recorded_at FROM stored_events WHERE position = :position"
)
COUNTS = "SELECT count(*), coalesce(min(position), 0), coalesce(max(position), 0) FROM stored_events"
STREAMS_WITH_GAPS = """
SELECT count(*) FROM (
    SELECT originator_id FROM stored_events GROUP BY originator_id
    HAVING max(originator_version) - min(originator_version) + 1 <> count(*)) AS gaps
"""


@dataclass(frozen=True)
class LogEnd:
    """Which log it is, and what its last event is."""

    log: str
    position: int
    event: tuple[str, ...]


def read_end(connection: Connection) -> LogEnd:
    """Read which log it is and where it ends.

    Raises:
        SchemaMismatch: if it is no log, or a newer program wrote it.
        StoreDown: if it cannot be read.
    """
    require_log(connection)
    position, _ = recorder.last(connection)
    return LogEnd(log_identity(connection), position, event_at(connection, position))


def event_at(connection: Connection, position: int) -> tuple[str, ...]:
    """Read all that is stored of one event, as texts; empty if there is none."""
    rows = connection.execute(EVENT, {"position": position})
    return tuple(_text(value) for value in rows[0]) if rows else ()


def contains(connection: Connection, end: LogEnd) -> bool:
    """Tell whether a log has every event of the log that has this ``end``."""
    if end.position == 0:
        return True
    return log_identity(connection) == end.log and event_at(connection, end.position) == end.event


def require_sound(connection: Connection, mapper: TypedMapper, *, advanced: Callable[[int], None]) -> int:
    """Read a whole log; ``advanced`` gets the number of events of each section.

    Returns:
        The position of the last event.

    Raises:
        StoreNotRestored: if it is no log, a newer program wrote it, or anything in it cannot be read.
    """
    try:
        end = read_end(connection)
        _require_whole(connection)
        _require_readable(connection, mapper, advanced)
    except (SchemaMismatch, CorruptEvent, StoreDown) as error:
        raise StoreNotRestored(f"the log cannot be used: {error}") from error
    return end.position


def _require_whole(connection: Connection) -> None:
    count, first, last = (int(value or 0) for value in connection.execute(COUNTS)[0])
    if (first, last) != (min(count, 1), count):
        raise CorruptEvent(f"{count} events stand at the positions from {first} to {last}, so some are missing")
    gaps = int(connection.execute(STREAMS_WITH_GAPS)[0][0] or 0)
    if gaps:
        raise CorruptEvent(f"events of {gaps} aggregates are missing")


def _require_readable(connection: Connection, mapper: TypedMapper, advanced: Callable[[int], None]) -> None:
    position = 0
    while section := recorder.section(connection, after=position, limit=SECTION):
        for notification in section:
            try:
                mapper.to_domain_event(notification)
            except CorruptEvent as error:
                raise CorruptEvent(f"position {notification.id}: {error}") from error
        position = section[-1].id
        advanced(len(section))


def _text(value: Value) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)
