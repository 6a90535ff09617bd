"""A view that is built from the events alone, in a temporary place, whatever has become of the one that is kept."""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from application.errors import CorruptEvent
from infrastructure.event_log.schema import log_identity
from infrastructure.projections.projector import CannotProject, Diverged, Projector
from infrastructure.projections.temporal_tables import TRACKING, reset
from infrastructure.projections.tracker import Tracker
from infrastructure.store.factory import SQLITE, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from application.projections.tables import View
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Store


class ReplayedView:
    """A view in a store of its own, which follows the log of another one as far as it is asked to."""

    def __init__(self, log: Store, mapper: TypedMapper, view: View, *, store: Store) -> None:
        """Begin before the first event of ``log``; the rows are written into ``store``, where nothing is yet."""
        self.store = store
        self.position = 0
        self._last_event = ""
        self._name = view.name
        self._projector = Projector(log, mapper, {view.name: view})
        self._tracker = Tracker(store, {view.name: view}, "")
        with log.reading_log() as reading:
            identity = log_identity(reading)
        connection = self._tracker.connected()
        connection.execute(TRACKING.format(**store.types))
        reset(store, connection, view, identity)

    def follow(self, until: int) -> Iterator[Sequence[int]]:
        """Take the events up to the position ``until``, in batches.

        After each batch, it gives the positions at which the view has changed, rising; it can be read at each.

        Raises:
            CorruptEvent: naming the first event that cannot be read.
            StoreDown: if the log cannot be read.
        """
        names = (self._name,)
        while self.position < until:
            try:
                prepared = self._projector.prepare(names, self.position, self._last_event, until)
            except (CannotProject, Diverged) as error:
                raise CorruptEvent(f"the log cannot be replayed: {error}") from error
            if not prepared.count:
                return
            connection, _ = self._tracker.begin()
            with connection.committing():
                prepared.write(connection)
                self._tracker.move(names, prepared)
            self.position, self._last_event = prepared.end, prepared.last_event
            yield prepared.touched.get(self._name, ())

    def close(self) -> None:
        """Close what was opened to write the rows."""
        self._tracker.disconnect()


@contextmanager
def replayed(log: Store, mapper: TypedMapper, view: View) -> Iterator[ReplayedView]:
    """Replay a view in a temporary folder, which goes at the end; nothing is written into the store of the log.

    Raises:
        StoreDown: if the log cannot be read, or the folder cannot be written.
    """
    with TemporaryDirectory(prefix="bitacora-") as folder:
        store = open_store(f"{SQLITE}{Path(folder, 'replay')}")
        try:
            with closing(ReplayedView(log, mapper, view, store=store)) as found:
                yield found
        finally:
            store.close()
