"""Replays aggregates side by side and tells how the rows of the views change with each event."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from application.projections.tables import Cell, Row, Table, View
from domain.aggregate import Aggregate

KEPT = 5_000
"""How many aggregates stay in memory."""

RowsByKey = dict[tuple[str, tuple[Cell, ...]], Row]


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
        self._kept: OrderedDict[UUID, tuple[Aggregate, dict[str, RowsByKey]]] = OrderedDict()

    def move_to(self, position: int) -> None:
        """Go to another position; nothing in memory is true there."""
        if position != self.position:
            self._kept.clear()
            self.position = position

    def apply(self, event: Any, position: int) -> Iterator[tuple[View, list[Change]]]:  # noqa: ANN401 - the library's event
        """Take one event and give, for each view, the rows that change with it."""
        before = self._before(event.originator_id, event.originator_version)
        aggregate = event.mutate(before[0] if before else None)
        old = before[1] if before else {}
        new = self._rows(aggregate)
        self._kept[event.originator_id] = (aggregate, new)
        self._kept.move_to_end(event.originator_id)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.position = position
        for view in self._following(aggregate):
            changes = _changes(old.get(view.name, {}), new[view.name])
            if changes:
                yield view, changes

    def _before(self, id: UUID, version: int) -> tuple[Aggregate, dict[str, RowsByKey]] | None:
        kept = self._kept.get(id)
        if kept is not None and kept[0].version == version - 1:
            return kept
        if version == 1:
            return None
        aggregate = self._earlier(id, version)
        return aggregate, self._rows(aggregate)

    def _rows(self, aggregate: Aggregate) -> dict[str, RowsByKey]:
        return {view.name: _rows(view, aggregate) for view in self._following(aggregate)}

    def _following(self, aggregate: Aggregate) -> tuple[View, ...]:
        """Give the views that have rows of aggregates of this kind: most have none."""
        kind = type(aggregate)
        if kind not in self._views_of:
            self._views_of[kind] = tuple(view for view in self._views if issubclass(kind, view.of))
        return self._views_of[kind]


def _rows(view: View, aggregate: Aggregate) -> RowsByKey:
    return {(row.TABLE.name, row.key): row for row in view.rows_of(aggregate)}


def _changes(old: RowsByKey, new: RowsByKey) -> list[Change]:
    gone = [Change(table=row.TABLE, key=key[1], row=None, old=row) for key, row in old.items() if key not in new]
    return gone + [
        Change(table=row.TABLE, key=key[1], row=row, old=known)
        for key, row in new.items()
        if (known := old.get(key)) is not row and known != row
    ]
