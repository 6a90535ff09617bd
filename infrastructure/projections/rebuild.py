"""Rebuilds views, for the operator of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.event_log.schema import log_identity
from infrastructure.process_tuning import short_switch_interval
from infrastructure.projections.follower import Follower
from infrastructure.projections.temporal_tables import reset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from application.projections.tables import View
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Store


class Rebuild:
    """Rebuilds views from the events alone."""

    def __init__(self, store: Store, mapper: TypedMapper, views: Sequence[View]) -> None:
        """Rebuild ``views``."""
        self._store = store
        self._mapper = mapper
        self._views = views

    def run(self, *, advanced: Callable[[int], None]) -> None:
        """Empty the views and follow the log to its end; ``advanced`` gets the number of events of each batch."""
        with self._store.reading_log() as connection:
            log = log_identity(connection)
        connection = self._store.connect_views()
        try:
            for view in self._views:
                reset(self._store, connection, view, log)
        finally:
            connection.close()
        follower = Follower(self._store, self._mapper, self._views)
        try:
            with short_switch_interval():
                follower.catch_up(advanced=advanced)
        finally:
            follower.stop()
