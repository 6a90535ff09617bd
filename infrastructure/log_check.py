"""Checks that a log is whole and can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.errors import CorruptEvent, SchemaMismatch
from infrastructure.event_log import recorder
from infrastructure.event_log.schema import log_identity, require_log
from infrastructure.store.base import StoreDown, StoreNotRestored
from infrastructure.transparency.entries import to_entry
from infrastructure.transparency.merkle import Frontier, leaf_hash
from infrastructure.transparency.tree_reader import TreeReader
from infrastructure.transparency.tree_tables import to_bytes, tree_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection, Value
    from infrastructure.transparency.entries import LogRow

SECTION = 1_000
"""How many events are read at once."""
EVENT = (
    "SELECT originator_id, originator_version, topic, state, recorded_at FROM stored_events WHERE position = :position"
)
COUNTS = "SELECT count(*), coalesce(min(position), 0), coalesce(max(position), 0) FROM stored_events"
LEAVES = "SELECT salt, hash FROM event_leaves WHERE position > :after AND position <= :until ORDER BY position"
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
    position, tree = 0, _Tree(connection)
    while section := recorder.rows(connection, after=position, limit=SECTION):
        for row in section:
            try:
                mapper.to_domain_event(recorder.notification(row))
            except CorruptEvent as error:
                raise CorruptEvent(f"position {row.position}: {error}") from error
        tree.require_fit(section)
        position = section[-1].position
        advanced(len(section))
    tree.require_root()


class _Tree:
    """The tree of a log, as far as it reaches: events of an older program may not be in it yet."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._size = tree_size(connection) if connection.has_table("event_leaves") else 0
        self._frontier = Frontier()

    def require_fit(self, rows: Sequence[LogRow]) -> None:
        rows = [row for row in rows if row.position <= self._size]
        if not rows:
            return
        span = {"after": rows[0].position - 1, "until": rows[-1].position}
        leaves = [(to_bytes(salt), to_bytes(leaf)) for salt, leaf in self._connection.execute(LEAVES, span)]
        if len(leaves) != len(rows):
            raise CorruptEvent(f"the tree lacks events between the positions {rows[0].position} and {span['until']}")
        for row, (salt, leaf) in zip(rows, leaves, strict=True):
            if leaf_hash(to_entry(row, salt)) != leaf:
                raise CorruptEvent(f"position {row.position}: the event is not the one that was recorded")
            self._frontier.append(leaf)

    def require_root(self) -> None:
        if self._frontier.size != self._size:
            raise CorruptEvent(f"the last events are missing: the tree has {self._size}, the log {self._frontier.size}")
        if self._size and TreeReader(self._connection).root(self._size) != self._frontier.root:
            raise CorruptEvent("the nodes of the tree do not fit its leaves")


def _text(value: Value) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)
