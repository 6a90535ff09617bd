"""Replays aggregates side by side and tells how the rows of the views change with each event."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple
from uuid import UUID

from application.ids import written
from application.projections.tables import Cell, Row, Table, Timeline, View
from domain.aggregate import Aggregate

KEPT = 5_000
"""How many aggregates stay in memory."""

RowsByKey = dict[tuple[str, tuple[Cell, ...]], Row]
Entries = tuple[Any, ...]


class Shown(NamedTuple):
    """What one view shows of an aggregate: the rows of the aggregate itself, and the entries of its timeline."""

    rows: RowsByKey
    entries: Entries


NOTHING = Shown(rows={}, entries=())


class Change(NamedTuple):
    """What changes in ``table``: the row of this key that held until now, ``old``, ends, and ``row`` begins, if any."""

    table: Table
    key: tuple[Cell, ...]
    row: Row | None
    old: Row | None


class Fold:
    """The aggregates as they were at ``position``, for a set of views.

    ``earlier`` rebuilds an aggregate as it was just before a version, for those that are not in memory.
    """

    def __init__(self, views: Sequence[View], earlier: Callable[[UUID, int], Aggregate]) -> None:
        """Begin before the first event."""
        self.position = 0
        self._views = tuple(views)
        self._views_of: dict[type[Aggregate], tuple[View, ...]] = {}
        self._earlier = earlier
        self._kept: OrderedDict[UUID, tuple[Aggregate, dict[str, Shown]]] = OrderedDict()

    def move_to(self, position: int) -> None:
        """Go to another position; nothing in memory is true there."""
        if position != self.position:
            self._kept.clear()
            self.position = position

    def pass_over(self, position: int) -> None:
        """Take an event of which no view has rows: what is in memory stays true."""
        self.position = position

    def apply(self, event: Any, position: int) -> Iterator[tuple[View, list[Change]]]:  # noqa: ANN401 - the library's event
        """Take one event and give, for each view, the rows that change with it."""
        before = self._before(event.originator_id, event.originator_version)
        aggregate = event.mutate(before[0] if before else None)
        old = before[1] if before else {}
        new = self._shown(aggregate)
        self._kept[event.originator_id] = (aggregate, new)
        self._kept.move_to_end(event.originator_id)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.position = position
        for view in self.following(type(aggregate)):
            was, now = old.get(view.name, NOTHING), new[view.name]
            changes = _changes(was.rows, now.rows)
            if view.timeline is not None and was.entries is not now.entries:
                changes += _changed_entries(view.timeline, written(aggregate.id), was.entries, now.entries)
            if changes:
                yield view, changes

    def _before(self, id: UUID, version: int) -> tuple[Aggregate, dict[str, Shown]] | None:
        kept = self._kept.get(id)
        if kept is not None and kept[0].version == version - 1:
            return kept
        if version == 1:
            return None
        aggregate = self._earlier(id, version)
        return aggregate, self._shown(aggregate)

    def _shown(self, aggregate: Aggregate) -> dict[str, Shown]:
        return {view.name: _shown(view, aggregate) for view in self.following(type(aggregate))}

    def following(self, kind: type[Aggregate]) -> tuple[View, ...]:
        """Give the views that have rows of aggregates of this kind: most have none."""
        if kind not in self._views_of:
            self._views_of[kind] = tuple(view for view in self._views if issubclass(kind, view.of))
        return self._views_of[kind]


def _shown(view: View, aggregate: Aggregate) -> Shown:
    entries = () if view.timeline is None else view.timeline.entries_of(aggregate)
    return Shown(rows=_by_key(view.rows_of(aggregate)), entries=entries)


def _by_key(rows: Iterable[Row]) -> RowsByKey:
    return {(row.TABLE.name, row.key): row for row in rows}


def _changed_entries(timeline: Timeline, owner: str, old: Entries, new: Entries) -> list[Change]:
    """Compare the entries that are not the same; that those before the end are, is found out without a look at them."""
    common = len(old)
    if new[:common] == old:
        was, now = (), new[common:]
    else:
        pairs = [(was, now) for was, now in zip_longest(old, new) if was is not now]
        was, now = tuple(one for one, _ in pairs if one is not None), tuple(one for _, one in pairs if one is not None)
    rows = [_by_key(row for entry in entries for row in timeline.rows_of(owner, entry)) for entries in (was, now)]
    return _changes(*rows)


def _changes(old: RowsByKey, new: RowsByKey) -> list[Change]:
    gone = [Change(table=row.TABLE, key=key[1], row=None, old=row) for key, row in old.items() if key not in new]
    return gone + [
        Change(table=row.TABLE, key=key[1], row=row, old=known)
        for key, row in new.items()
        if (known := old.get(key)) is not row and known != row
    ]
