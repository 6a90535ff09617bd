"""The rows that say how far each view has come: reads and moves them, and lets views begin anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from infrastructure.event_log import recorder
from infrastructure.event_log.schema import log_identity
from infrastructure.projections.preparation import mend, prepare
from infrastructure.projections.temporal_tables import reset
from infrastructure.projections.view_states import LOWER, MOVE, ROWS, ViewRow, rows_by_name
from infrastructure.store.base import TableUnfit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.projections.tables import View
    from infrastructure.projections.projector import Prepared
    from infrastructure.store.base import Connection, Store, Value

log = structlog.get_logger()


class Tracker:
    """The connection of one follower to the rows of its views; a ``suffix`` is at the end of their names."""

    def __init__(self, store: Store, views: Mapping[str, View], suffix: str) -> None:
        """Connect to ``store`` when it is needed."""
        self._store = store
        self._views = views
        self._suffix = suffix
        self._connection: Connection | None = None

    def read(self) -> dict[str, ViewRow]:
        """Read the rows, by name of the view."""
        try:
            return self._known(self.connected().execute(ROWS))
        except TableUnfit:
            if self._suffix:
                raise
            # The file was deleted while it was open, for example.
            self.disconnect()
            prepare(self._store, tuple(self._views.values()))
            return self._known(self.connected().execute(ROWS))

    def read_in(self, connection: Connection) -> dict[str, ViewRow]:
        """Read the rows inside a transaction of somebody else."""
        return self._known(connection.execute(ROWS))

    def begin(self) -> tuple[Connection, dict[str, ViewRow]]:
        """Begin a transaction in which nobody else moves a view; give its connection, and the rows."""
        connection = self.connected()
        return connection, self._known(connection.begin(f"{ROWS} {self._store.for_update}"))

    def move(self, names: Sequence[str], prepared: Prepared) -> None:
        """Write, inside a transaction, that views have come to where ``prepared`` ends."""
        moved = [(name + self._suffix, prepared.end, prepared.last_event) for name in names]
        self.connected().run(MOVE, moved)

    def lower(self, name: str, position: int) -> None:
        """Let a view be read that stands at the end of the log, though that was farther away when it began anew."""
        self.connected().execute(LOWER, {"name": name + self._suffix, "position": position})

    def begin_anew(self, names: Sequence[str], start: int, last_event: str) -> None:
        """Empty views that saw another log than the one there is, unless another process has done so."""
        with self._store.reading_log() as reading:
            end, identity = recorder.last(reading)[0], log_identity(reading)
        for name in names:
            log.warning("view_begins_anew", view=name, reason=f"the log has not the event that it saw at {start}")
            seen = start, last_event
            reset(self._store, self.connected(), self._views[name], identity, until=end, seen=seen)

    def mend(self) -> None:
        """Put all views aside that were found damaged."""
        self.disconnect()
        mend(self._store, tuple(self._views.values()))

    def connected(self) -> Connection:
        """Give the connection, to what is there now."""
        if self._connection is not None and not self._connection.is_current:
            self.disconnect()
        if self._connection is None:
            self._connection = self._store.connect_views()
        return self._connection

    def rollback(self) -> None:
        """Undo the transaction, if one is open."""
        if self._connection is not None:
            self._connection.rollback()

    def disconnect(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.rollback()
            self._connection.close()
            self._connection = None

    def _known(self, rows: Sequence[Sequence[Value]]) -> dict[str, ViewRow]:
        return {name: row for name, row in rows_by_name(rows, self._suffix).items() if name in self._views}
