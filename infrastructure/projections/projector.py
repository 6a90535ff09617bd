"""Computes what the next events of the log change in the views, before anything is written."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from application.projections.fold import Fold
from infrastructure.event_log import recorder
from infrastructure.projections.row_batch import RowBatch
from infrastructure.projections.tallies import TallyBatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from application.projections.fold import Change
    from application.projections.tables import View
    from domain.aggregate import Aggregate, Event
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection, Store

BATCH = 1_000
"""How many events are projected in one transaction."""


class Prepared:
    """What the events after position ``start`` change, up to position ``end``."""

    def __init__(self, views: Sequence[View], start: int, asked: float) -> None:
        """Start without events; ``asked`` is when the log was read, whose end of then a partial batch reaches."""
        self.asked = asked
        self.start = start
        self.end = start
        self.count = 0
        self.touched: dict[str, int] = {}
        self._batches = {table.name: RowBatch(table) for view in views for table in view.tables}
        self._counts = [TallyBatch(tally) for view in views for tally in view.tallies]

    @property
    def is_full(self) -> bool:
        """Whether the log may have more events."""
        return self.count == BATCH

    def take_event(self, position: int) -> None:
        """Count an event."""
        self.end = position
        self.count += 1

    def take(self, view: View, changes: Sequence[Change]) -> None:
        """Add what the last event changes in a view."""
        self.touched[view.name] = self.end
        for change in changes:
            self._batches[change.table.name].take(change, self.end)
            for count in self._counts:
                count.take(change)

    def write(self, connection: Connection) -> None:
        """Write all of it."""
        for batch in self._batches.values():
            batch.flush(connection)
        for count in self._counts:
            count.flush(connection, self.end)


class Projector:
    """Prepares batches for sets of views that stand at the same position; one batch can be prepared ahead."""

    def __init__(self, store: Store, mapper: TypedMapper, views: Mapping[str, View]) -> None:
        """Read the log of ``store`` for ``views``, by name."""
        self._store = store
        self._mapper = mapper
        self._views = views
        self._folds: dict[tuple[str, ...], Fold] = {}
        self._ahead: dict[tuple[str, ...], Prepared] = {}

    def prepare(self, names: tuple[str, ...], start: int) -> Prepared:
        """Prepare the next events after ``start`` for the views of these names.

        Raises:
            CorruptEvent: if one of them cannot be read.
            StoreDown: if the log cannot be read.
        """
        self._forget_others(names)
        ahead = self._ahead.pop(names, None)
        if ahead is not None and ahead.start == start:
            return ahead
        views = [self._views[name] for name in names]
        prepared = Prepared(views, start, asked=monotonic())
        events = self._read(start)
        fold = self._folds.setdefault(names, Fold(views, self._earlier))
        fold.move_to(start)
        try:
            for position, event in events:
                prepared.take_event(position)
                for view, changes in fold.apply(event, position):
                    prepared.take(view, changes)
        except BaseException:
            self.forget(names)
            raise
        return prepared

    def forget(self, names: tuple[str, ...]) -> None:
        """Drop the cached aggregates of these views."""
        self._folds.pop(names, None)
        self._ahead.pop(names, None)

    def prepare_ahead(self, names: tuple[str, ...], start: int) -> None:
        """Prepare the batch after ``start`` ahead of time; a failure is ignored, and tried again when it is due."""
        with suppress(Exception):
            prepared = self.prepare(names, start)
            if prepared.count:
                self._ahead[names] = prepared

    def _forget_others(self, names: tuple[str, ...]) -> None:
        """Drop what is in memory of other sets that these views belonged to: a view is in one at a time."""
        for others in [others for others in self._folds if others != names and not set(others).isdisjoint(names)]:
            self.forget(others)

    def _read(self, start: int) -> list[tuple[int, Event]]:
        with self._store.reading_log() as reading:
            stored = recorder.section(reading, after=start, limit=BATCH)
        return [(each.id, cast("Event", self._mapper.to_domain_event(each))) for each in stored]

    def _earlier(self, id: UUID, version: int) -> Aggregate:
        """Rebuild an aggregate as it was just before a version."""
        aggregate: Aggregate | None = None
        with self._store.reading_log() as reading:
            for stored in recorder.stream(reading, id, until=version - 1):
                aggregate = cast("Any", self._mapper.to_domain_event(stored)).mutate(aggregate)
        return cast("Aggregate", aggregate)
