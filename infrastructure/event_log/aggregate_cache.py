"""The aggregates that the writer keeps in memory between transactions."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from domain.aggregate import Aggregate
    from infrastructure.event_log.handle_index import Entry

KEPT = 10_000
"""How many aggregates stay in memory."""


@dataclass
class Kept:
    """A cached aggregate, with the handles and the timer that the tables have of it."""

    aggregate: Aggregate
    due: datetime | None
    handles: Mapping[str, datetime]

    def renewed_handles(self) -> list[Entry]:
        """Give the entries by which the table gets the handles that the aggregate has now, and take these over."""
        id, before, handles = self.aggregate.id, self.handles, self.aggregate.handles
        gone: list[Entry] = [(handle, id, before[handle], None) for handle in before.keys() - handles.keys()]
        there: list[Entry] = [
            (name, id, before.get(name), rank) for name, rank in handles.items() if before.get(name) != rank
        ]
        self.handles = handles
        return gone + there


class AggregateCache:
    """Caches the aggregates that were used last, and ids that do not exist."""

    def __init__(self) -> None:
        """Begin without any."""
        self._kept: OrderedDict[UUID, Kept] = OrderedDict()
        self._absent: set[UUID] = set()

    def __contains__(self, id: UUID) -> bool:
        return id in self._kept

    def find(self, id: UUID) -> Kept | None:
        """Give what is in memory."""
        kept = self._kept.get(id)
        if kept is not None:
            self._kept.move_to_end(id)
        return kept

    def keep(self, id: UUID, kept: Kept) -> Kept:
        """Cache an aggregate as the one that was used last."""
        self._kept[id] = kept
        self._kept.move_to_end(id)
        self._absent.discard(id)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept

    def drop(self, id: UUID) -> None:
        """Drop an aggregate."""
        self._kept.pop(id, None)

    def note_absent(self, id: UUID) -> None:
        """Remember, for this transaction, that no aggregate has this id."""
        self._absent.add(id)

    def is_absent(self, id: UUID) -> bool:
        """Tell whether no aggregate is known to have this id."""
        return id in self._absent

    def begin(self) -> None:
        """Start a transaction: ids that did not exist may exist now."""
        self._absent.clear()

    def clear(self) -> None:
        """Drop everything."""
        self._kept.clear()
        self._absent.clear()
