"""An index by which commands find aggregates by something else than their id."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING
from uuid import UUID

from application.ids import written
from application.log import FEW
from infrastructure.store.base import deleting, identity, inserting, instant, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infrastructure.store.base import Connection

Entry = tuple[str, UUID, datetime | None]
"""A handle, an aggregate, and the moment that ranks it; None removes the handle from it."""

KEPT = 10_000
"""How many handles stay in memory."""
ALL = 2**31 - 1
"""A limit above the number of aggregates of any handle."""

FIND = "SELECT aggregate, ranked_at FROM directory WHERE handle = :handle ORDER BY ranked_at DESC LIMIT :limit"
FIND_LAST = "SELECT aggregate, ranked_at FROM directory WHERE handle = :handle ORDER BY ranked_at LIMIT :limit"
ENTER = inserting(
    "directory", {"handle": "key", "aggregate": "id", "ranked_at": "instant"}, keys=("handle", "aggregate")
)
LEAVE = deleting("directory", {"handle": "key", "aggregate": "id"})


class HandleIndex:
    """Caches the entries of handles that were looked up."""

    def __init__(self) -> None:
        """Begin with nothing in memory."""
        self._kept: OrderedDict[str, dict[UUID, datetime]] = OrderedDict()

    def forget(self) -> None:
        """Drop what is in memory."""
        self._kept.clear()

    def drop(self, entries: Iterable[Entry]) -> None:
        """Drop the handles of these entries, which were not recorded."""
        for handle, *_ in entries:
            self._kept.pop(handle, None)

    def enter(self, entry: Entry) -> None:
        """Add an entry that waits for the commit."""
        handle, id, ranked_at = entry
        kept = self._kept.get(handle)
        if kept is None:
            return
        if ranked_at is None or kept.get(id, ranked_at) > ranked_at:
            # Where one goes, or falls, one that was beyond the limit comes into sight.
            del self._kept[handle]
        else:
            kept[id] = ranked_at

    def find_ids(
        self, connection: Connection, waiting: Sequence[Entry], handle: str, *, limit: int | None = FEW
    ) -> Sequence[UUID]:
        """Give the ids that have a handle, the highest ranked first; ``waiting`` entries count as well.

        The usual few are kept in memory; more are read each time, all without a ``limit``.
        """
        if limit == FEW:
            entries = self._kept.get(handle)
            if entries is None:
                entries = self._kept[handle] = _found(connection, waiting, handle, FEW)
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        else:
            entries = _found(connection, waiting, handle, ALL if limit is None else limit)
        return sorted(entries, key=lambda id: entries[id], reverse=True)[:limit]

    def find_ranked(
        self, connection: Connection, waiting: Sequence[Entry], handle: str, *, limit: int
    ) -> Sequence[tuple[UUID, datetime]]:
        """List ids that have a handle, each with its rank, the lowest ranked first."""
        entries = _found(connection, waiting, handle, limit, statement=FIND_LAST)
        return sorted(entries.items(), key=itemgetter(1))[:limit]


def _found(
    connection: Connection, waiting: Sequence[Entry], handle: str, limit: int, *, statement: str = FIND
) -> dict[UUID, datetime]:
    """Read the first entries of a handle, and as many more as waiting entries can replace."""
    own = [(id, ranked_at) for name, id, ranked_at in waiting if name == handle]
    rows = connection.execute(statement, {"handle": handle, "limit": min(limit + len(own), ALL)})
    entries = {identity(row[0]): moment(row[1]) for row in rows}
    for id, ranked_at in own:
        entries.pop(id, None)
        if ranked_at is not None:
            entries[id] = ranked_at
    return entries


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write the last that was entered for each handle and aggregate."""
    final = {(handle, id): ranked_at for handle, id, ranked_at in entries}
    gone = [(handle, written(id)) for (handle, id), at in final.items() if at is None]
    there = [(handle, written(id), instant(at)) for (handle, id), at in final.items() if at]
    if gone:
        connection.run(LEAVE, gone)
    if there:
        connection.run(ENTER, there)
