"""Drops rows of held requests that ended long ago, if the settings say for how long they are kept.

The log keeps everything, so that a view that is built anew has all of them again. Other views keep all their rows:
reports, feeds and lists of versions read them. So do the counts, by whose rows a view is verified.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from application.ledger.projection import LEDGER_VIEW
from infrastructure.event_log import recorder
from infrastructure.projections.tallies import counted_until
from infrastructure.projections.temporal_tables import CLASSES, PAST, past_of

if TYPE_CHECKING:
    from datetime import timedelta

    from application.ports import Clock
    from application.projections.tables import Table, View
    from infrastructure.store.base import Connection, Store

PIECE = 500
"""How many rows are dropped in one transaction at most."""
LOOK_SECONDS = 3_600.0
"""How long to wait after everything that had ended was dropped."""

VIEW = "SELECT built, position, complete_at FROM views WHERE name = :name"
MOVE = """
    INSERT INTO views (name, version, log, position, built, last_event, complete_at)
    VALUES (:name, 0, '', :earliest, :built, '', :ended)
    ON CONFLICT (name) DO UPDATE
    SET position = excluded.position, built = excluded.built, complete_at = excluded.complete_at
"""


class Gone(NamedTuple):
    """Up to which position rows that ended are dropped, and the earliest position that can still be read."""

    ended: int
    earliest: int


class PastRows:
    """The rows of the past of a view, of which those are dropped that ended longer ago than ``kept``."""

    def __init__(self, store: Store, clock: Clock, kept: timedelta, view: View = LEDGER_VIEW) -> None:
        """Keep rows of ``view`` in ``store``."""
        self._store = store
        self._clock = clock
        self._kept = kept
        self._view = view
        self._next_look = 0.0

    def drop_some(self) -> int:
        """Drop the next rows, ``PIECE`` at most, and give how many; 0 if it is too early to look again.

        Raises:
            StoreDown: if the store cannot be reached.
        """
        if monotonic() < self._next_look:
            return 0
        count = self._drop()
        if count < PIECE:
            self._next_look = monotonic() + LOOK_SECONDS
        return count

    def _drop(self) -> int:
        with self._store.reading_log() as reading:
            wanted = recorder.position_before(reading, self._clock.now() - self._kept)
        connection = self._store.connect_views()
        try:
            connection.begin()
            rows = connection.execute(f"{VIEW} {self._store.for_update}", {"name": self._view.name})
            if not rows or int(rows[0][1] or 0) < max(wanted, int(rows[0][2] or 0)):
                # It is being built anew, and behind the rows that would go.
                return 0
            gone = self._move(connection, str(rows[0][0]), wanted)
            left = PIECE
            for table in self._view.tables:
                left -= _drop_ended(connection, table, gone.ended, left)
            connection.commit()
        finally:
            connection.rollback()
            connection.close()
        return PIECE - left

    def _move(self, connection: Connection, building: str, wanted: int) -> Gone:
        """Note what will be gone, inside the transaction in which the first of it goes: who reads it is told so."""
        before = gone_of(connection, self._view, building)
        if wanted <= before.earliest:
            return before
        # Counts at a position follow from the last ones that were written, and from what ended since.
        ended = min([wanted, *(counted_until(connection, tally, wanted) for tally in self._view.tallies)])
        connection.execute(
            MOVE, {"name": past_of(self._view.name), "built": building, "earliest": wanted, "ended": ended}
        )
        return Gone(ended, wanted)


def kept_past(store: Store, clock: Clock, kept: timedelta | None) -> PastRows | None:
    """Give what drops the past that is older than ``kept``; None if all of it is kept."""
    return None if kept is None else PastRows(store, clock, kept)


def gone_of(connection: Connection, view: View, building: str) -> Gone:
    """Tell what is gone of a building of a view."""
    rows = connection.execute(PAST, {"name": past_of(view.name), "built": building})
    return Gone(int(rows[0][1] or 0), int(rows[0][0] or 0)) if rows else Gone(0, 0)


def _drop_ended(connection: Connection, table: Table, until: int, limit: int) -> int:
    """Drop rows that ended up to a position, and give how many; an index finds them by how long they held."""
    key, count = ", ".join((*table.key, "from_position")), 0
    for number in range(CLASSES):
        if count == limit:
            break
        ended = f"SELECT {key} FROM {table.name} WHERE held = {number} AND to_position <= :until LIMIT :limit"
        statement = f"DELETE FROM {table.name} WHERE ({key}) IN ({ended}) RETURNING 1"
        count += len(connection.execute(statement, {"until": until, "limit": limit - count}))
    return count
