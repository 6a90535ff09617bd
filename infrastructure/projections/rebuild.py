"""Rebuilds views beside the ones that are read, for the operator of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.errors import AnotherRebuild, ViewsNotBuilt
from infrastructure.event_log.schema import log_identity
from infrastructure.process_tuning import short_switch_interval
from infrastructure.projections.follower import Follower
from infrastructure.projections.projector import Projector
from infrastructure.projections.temporal_tables import drop, reset, swap
from infrastructure.projections.tracker import Tracker
from infrastructure.store.base import StoreDown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from application.projections.tables import View
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection, Store

BESIDE = "_beside"
"""What the names of the tables have at their end that are not read yet."""
ATTEMPTS = 3
"""How often it is tried to take the place of tables that others read, or that they dump, for as long as that takes."""


class Rebuild:
    """Rebuilds views from the events alone."""

    def __init__(self, store: Store, mapper: TypedMapper, views: Sequence[View]) -> None:
        """Rebuild ``views``."""
        self._store = store
        self._mapper = mapper
        self._views = {view.name: view for view in views}

    def run(self, *, advanced: Callable[[int], None]) -> None:
        """Build the views anew, and let each that is done take the place of the one that is read.

        ``advanced`` gets the number of events of each batch.

        Raises:
            ViewsNotBuilt: naming the views that the events could not be folded for, and the first such event.
            StoreDown: if the store cannot be reached.
        """
        connection = self._store.connect_views()
        follower = Follower(self._store, self._mapper, tuple(self._views.values()), suffix=BESIDE)
        try:
            with self._store.reading_log() as reading:
                identity = log_identity(reading)
            for view in self._views.values():
                reset(self._store, connection, view, identity, suffix=BESIDE)
            with short_switch_interval():
                follower.catch_up(advanced=advanced)
            for name, view in self._views.items():
                if name not in follower.failed:
                    self._swap(view, follower.states[name].generation)
        finally:
            follower.stop()
            self._clean(connection, {name: state.generation for name, state in follower.states.items()})
        if follower.failed:
            raise ViewsNotBuilt({name: failure.sentence for name, failure in follower.failed.items()})

    def _swap(self, view: View, generation: str) -> None:
        for left in reversed(range(ATTEMPTS)):
            try:
                self._swap_once(view, generation)
            except StoreDown:
                if not left:
                    raise
            else:
                return

    def _swap_once(self, view: View, generation: str) -> None:
        """Take what came meanwhile, and swap the tables, while nobody else moves the view."""
        live, beside = (Tracker(self._store, {view.name: view}, suffix) for suffix in ("", BESIDE))
        projector = Projector(self._store, self._mapper, {view.name: view}, suffix=BESIDE)
        try:
            connection, rows = beside.begin()
            row = rows.get(view.name)
            if row is None or row.generation != generation:
                raise AnotherRebuild(f"another rebuild of the view {view.name} has begun; this one stops")
            end = live.read_in(connection)[view.name].position
            position, last_event = row.position, row.last_event
            # As far as the one that is read, so that nothing that was shown vanishes, if only for a moment.
            while position < end:
                prepared = projector.prepare((view.name,), position, last_event)
                if not prepared.count:
                    break
                prepared.write(connection)
                beside.move((view.name,), prepared)
                position, last_event = prepared.end, prepared.last_event
            swap(connection, view, BESIDE)
            connection.commit()
        finally:
            beside.disconnect()

    def _clean(self, connection: Connection, generations: Mapping[str, str]) -> None:
        """Drop what has not taken its place, unless it is another's."""
        try:
            for name, row in Tracker(self._store, self._views, BESIDE).read_in(connection).items():
                if row.generation == generations[name]:
                    drop(connection, self._views[name], BESIDE)
        finally:
            connection.close()
