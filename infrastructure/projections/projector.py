"""Computes what the next events of the log change in the views, before anything is written."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from application.projections.fold import Fold
from application.registry import AGGREGATES
from infrastructure.event_log import recorder
from infrastructure.projections.row_batch import RowBatch
from infrastructure.projections.tallies import TallyBatch
from infrastructure.store.base import StoreDown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eventsourcing.persistence import Notification, StoredEvent

    from application.projections.fold import Change
    from application.projections.tables import Table, View
    from domain.aggregate import Aggregate, Event
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection, Store
    from infrastructure.transparency.entries import LogRow

BATCH = 1_000
"""How many events are projected in one transaction, at most; where views are verified, it is known by their counts."""
KINDS = {kind.TOPIC: kind for kind in AGGREGATES}
"""Aggregates by the word with which the stored types of their events begin."""


class Diverged(Exception):
    """The log has another event than a view saw at its position, or none."""


class CannotProject(Exception):
    """An event cannot be projected, or that which happened before it to the same aggregate."""

    def __init__(self, position: int, event: StoredEvent, cause: Exception) -> None:
        """Name the event at ``position``."""
        super().__init__(
            f"{event.topic} of {event.originator_id} at position {position}: {type(cause).__name__}: {cause}"
        )
        self.position = position
        self.topic = event.topic


class Prepared:
    """What the events after position ``start`` change, up to position ``end``, whose fingerprint is ``last_event``.

    ``touched`` names the positions at which each view changes, rising.
    """

    def __init__(self, start: int, last_event: str, *, asked: float, suffix: str = "") -> None:
        """Start without events; ``asked`` is when the log was read, whose end of then a partial batch reaches."""
        self.asked = asked
        self.start = start
        self.end = start
        self.follows = self.last_event = last_event
        self.count = 0
        self.is_cut = False
        self.touched: dict[str, list[int]] = {}
        self._suffix = suffix
        self._batches: dict[Table, tuple[RowBatch, list[TallyBatch]]] = {}

    @property
    def is_full(self) -> bool:
        """Whether the log may have more events."""
        return self.count == BATCH or self.is_cut

    def take_event(self, position: int) -> None:
        """Count an event."""
        self.end = position
        self.count += 1

    def take(self, view: View, changes: Sequence[Change]) -> None:
        """Add what the last event changes in a view."""
        self.touched.setdefault(view.name, []).append(self.end)
        for change in changes:
            batch, counts = self._batches.get(change.table) or self._begin(view, change.table)
            batch.take(change, self.end)
            for count in counts:
                count.take(change)

    def write(self, connection: Connection) -> None:
        """Write all of it."""
        for batch, counts in self._batches.values():
            batch.flush(connection)
            for count in counts:
                count.flush(connection, self.end)

    def _begin(self, view: View, table: Table) -> tuple[RowBatch, list[TallyBatch]]:
        """Begin the batches of a table when it first changes: most events change few of the tables."""
        counts = [TallyBatch(tally, self._suffix) for tally in view.tallies if tally.of is table]
        begun = self._batches[table] = RowBatch(table, self._suffix), counts
        return begun


class Projector:
    """Prepares batches for sets of views that stand at the same position; one batch can be prepared ahead."""

    def __init__(self, store: Store, mapper: TypedMapper, views: Mapping[str, View], *, suffix: str = "") -> None:
        """Read the log of ``store`` for ``views``, by name; ``suffix`` is what their tables have at their names."""
        self._store = store
        self._mapper = mapper
        self._views = views
        self._suffix = suffix
        self._folds: dict[tuple[str, ...], Fold] = {}
        self._ahead: dict[tuple[str, ...], Prepared] = {}

    def prepare(self, names: tuple[str, ...], start: int, last_event: str, until: int | None = None) -> Prepared:
        """Prepare the next events after ``start``, where the views of these names saw ``last_event``.

        Those after ``until`` are left for later.

        Raises:
            Diverged: if the log has another event at ``start``.
            CannotProject: naming the first event that cannot be read, or whose aggregate cannot be.
            StoreDown: if the log cannot be read.
        """
        self._forget_others(names)
        ahead = self._ahead.pop(names, None)
        if ahead is not None and (ahead.start, ahead.follows, until) == (start, last_event, None):
            return ahead
        views = [self._views[name] for name in names]
        asked, events = self._read(start, last_event, until)
        prepared = Prepared(start, last_event, asked=asked, suffix=self._suffix)
        prepared.is_cut = until is not None
        fold = self._folds.setdefault(names, Fold(views, self._earlier))
        fold.move_to(start)
        try:
            for row in events:
                stored = recorder.notification(row)
                prepared.take_event(stored.id)
                self._take(prepared, fold, stored)
        except BaseException:
            self.forget(names)
            raise
        if events:
            prepared.last_event = recorder.fingerprint(events[-1])
        return prepared

    def _take(self, prepared: Prepared, fold: Fold, stored: Notification) -> None:
        try:
            if not any(map(fold.following, self._kinds_of(stored))):
                # One that cannot be read stops the views that have rows of it, and no other.
                fold.pass_over(stored.id)
                return
            event = cast("Event", self._mapper.to_domain_event(stored))
            for view, changes in fold.apply(event, stored.id):
                prepared.take(view, changes)
        except StoreDown:
            raise
        except Exception as error:
            raise CannotProject(stored.id, stored, error) from error

    def _kinds_of(self, stored: Notification) -> Sequence[type[Aggregate]]:
        """Give the kind of aggregate that an event is of; every kind, if nothing in its stream tells."""
        kind = KINDS.get(stored.topic.partition(".")[0])
        if kind is not None:
            return (kind,)
        with self._store.reading_log() as reading:
            others = recorder.stream(reading, UUID(str(stored.originator_id)))
        found = (KINDS.get(other.topic.partition(".")[0]) for other in others)
        return [kind for kind in found if kind is not None][:1] or AGGREGATES

    def forget(self, names: tuple[str, ...]) -> None:
        """Drop the cached aggregates of these views."""
        self._folds.pop(names, None)
        self._ahead.pop(names, None)

    def prepare_ahead(self, names: tuple[str, ...], start: int, last_event: str) -> None:
        """Prepare the batch after ``start`` ahead of time; a failure is ignored, and tried again when it is due."""
        with suppress(Exception):
            prepared = self.prepare(names, start, last_event)
            if prepared.count:
                self._ahead[names] = prepared

    def _forget_others(self, names: tuple[str, ...]) -> None:
        """Drop what is in memory of other sets that these views belonged to: a view is in one at a time."""
        for others in [others for others in self._folds if others != names and not set(others).isdisjoint(names)]:
            self.forget(others)

    def _read(self, start: int, last_event: str, until: int | None) -> tuple[float, list[LogRow]]:
        """Read the events after ``start``, and the one there to see that the log is the one that it was.

        They are given with the moment at which the store was asked for them.
        """
        limit = BATCH if until is None else min(BATCH, until - start)
        with self._store.reading_log() as reading:
            # Not before there is a connection, which can take seconds while a store comes back.
            asked = monotonic()
            if not start:
                return asked, recorder.rows(reading, after=0, limit=limit)
            found = recorder.rows(reading, after=start - 1, limit=limit + 1)
        if not found or found[0].position != start or recorder.fingerprint(found[0]) != last_event:
            raise Diverged(f"the log has not the event that was seen at position {start}")
        return asked, found[1:]

    def _earlier(self, id: UUID, version: int) -> Aggregate:
        """Rebuild an aggregate as it was just before a version."""
        aggregate: Aggregate | None = None
        with self._store.reading_log() as reading:
            for stored in recorder.stream(reading, id, until=version - 1):
                aggregate = cast("Any", self._mapper.to_domain_event(stored)).mutate(aggregate)
        return cast("Aggregate", aggregate)
