"""What reads are answered from: the database that is written, or a hot standby of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.registry import VIEWS
from infrastructure.event_log import recorder
from infrastructure.projections.positions import StandbyPositions, ViewPositions
from infrastructure.projections.standby_watch import StandbyWatch
from infrastructure.store.postgres import PostgresStore
from infrastructure.store.postgres_standby import PostgresStandby

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.health import ReadinessDetail, ReadLag
    from infrastructure.projections.follower import Follower
    from infrastructure.projections.known_views import KnownViews
    from infrastructure.settings import Settings
    from infrastructure.store.base import Store


class ReadSide:
    """The store that is read, the ``views`` in it, and their ``positions``.

    What decides something is not read here but where it is written: tokens, sessions, links of owners, receipts.
    """

    def __init__(self, settings: Settings, store: Store, follower: Follower, progress: ViewPositions) -> None:
        """Read ``store``, which ``follower`` keeps and ``progress`` knows, unless the settings name a standby of it."""
        self._standby = PostgresStandby(settings.read_database) if settings.read_database else None
        self._watch: StandbyWatch | None = None
        self._written = store
        self.store: Store = store
        self.views: KnownViews = follower
        self.positions = progress
        if self._standby is not None:
            if isinstance(store, PostgresStore):
                self._standby.slot = store.slot
            self._watch = StandbyWatch(store, self._standby, VIEWS, follower)
            self.store, self.views, self.positions = self._standby, self._watch, StandbyPositions(self._watch)

    def start(self) -> None:
        """Look how far the standby has come, and watch it from now on."""
        if self._watch is not None:
            self._watch.start()

    def stop(self) -> None:
        """End the watch, and close the standby."""
        if self._watch is not None and self._standby is not None:
            self._watch.stop()
            self._standby.close()

    def end_of_log(self) -> int:
        """Give the position of the last event where the log is written, which a standby may not have yet."""
        with self._written.reading_log() as connection:
            return recorder.last(connection)[0]

    def lag(self) -> ReadLag | None:
        """Give how far the standby is behind; None if there is none."""
        return None if self._watch is None else self._watch.lag

    def findings(self) -> Sequence[ReadinessDetail]:
        """List what is the matter with the standby."""
        return () if self._watch is None else self._watch.findings()
