"""What a session keeps in memory between transactions, and how it follows what another process has appended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventsourcing.persistence import StoredEvent

from infrastructure.event_log import recorder
from infrastructure.event_log.aggregate_cache import AggregateCache, Kept
from infrastructure.event_log.effects import replayed
from infrastructure.event_log.handle_index import HandleIndex
from infrastructure.event_log.timers import Timers
from infrastructure.event_log.tree_keeper import TreeKeeper
from infrastructure.store.base import StoreDown, identity, moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.event_log.recorder import End
    from infrastructure.store.base import Connection
    from infrastructure.transparency.entries import LogRow

FOLLOWED = 256
"""How many events are followed at most; behind more of them it costs less to read anew what commands ask for."""

# The first row is the event that was the last one before: the others follow it only if it is still there. A timer can
# be set without an event, so that the earliest is read and not made from the events.
SINCE = (
    "SELECT e.position, e.originator_id, e.originator_version, e.topic, e.state, e.recorded_at, l.hash,"
    " (SELECT min(due) FROM timers)"
    " FROM stored_events e LEFT JOIN event_leaves l ON l.position = e.position"
    " WHERE e.position >= :known AND e.position <= :end ORDER BY e.position"
)


class Caches:
    """Aggregates, handles, the earliest timer and the edge of the tree."""

    def __init__(self) -> None:
        """Begin with nothing in memory."""
        self.aggregates = AggregateCache()
        self.handles = HandleIndex()
        self.timers = Timers()
        self.tree = TreeKeeper()

    def forget(self) -> None:
        """Drop everything."""
        self.aggregates.clear()
        self.handles.forget()
        self.timers.forget()
        self.tree.forget()

    def follow(self, connection: Connection, mapper: TypedMapper, *, known: End, end: End) -> bool:
        """Take over what another process has appended behind ``known``, up to ``end``, in one statement.

        Aggregates that it changed and that are not in memory take a second statement: by what they were before, it is
        known which handles they have no longer.

        Returns:
            Whether all that is in memory is true now. If not, drop everything.
        """
        count = end.position - known.position
        if not known.position or not 0 < count <= FOLLOWED:
            return False
        found = connection.execute(SINCE, {"known": known.position, "end": end.position})
        rows = [recorder.to_row(row[:6]) for row in found]
        # Another event at the known position is of another log: of one that was put back, for example.
        if len(rows) != count + 1 or recorder.end_of(rows[0]) != known or recorder.end_of(rows[-1]) != end:
            return False
        try:
            self._replay(connection, mapper, rows[1:])
        except StoreDown:
            raise
        except Exception:  # noqa: BLE001 - whoever asks for what cannot be read is told why
            return False
        self.tree.follow(known.position, [row[6] for row in found])
        due = found[0][7]
        self.timers.know(None if due is None else moment(due))
        return True

    def _replay(self, connection: Connection, mapper: TypedMapper, rows: Sequence[LogRow]) -> None:
        appended: dict[UUID, list[StoredEvent]] = {}
        for row in rows:
            id = identity(row.aggregate_id)
            event = StoredEvent(id, row.aggregate_version, row.topic, row.state)
            appended.setdefault(id, []).append(event)
        firsts = {id: events[0].originator_version for id, events in appended.items()}
        unknown = [id for id, first in firsts.items() if first > 1 and id not in self.aggregates]
        streams = recorder.streams(connection, unknown) if unknown else {}
        for id, events in appended.items():
            kept = self.aggregates.find(id)
            older = [event for event in streams.get(id, ()) if event.originator_version < firsts[id]]
            if kept is None and older:
                aggregate = replayed(older, mapper)
                kept = Kept(aggregate, None, aggregate.handles)
            aggregate = replayed(events, mapper, None if kept is None else kept.aggregate)
            kept = Kept(aggregate, aggregate.next_due, {} if kept is None else kept.handles)
            for entry in self.aggregates.keep(id, kept).renewed_handles():
                self.handles.enter(entry)
