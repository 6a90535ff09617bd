"""An index by which commands find aggregates by something else than their id.

Two entries of a held request were 45 % of the log as texts in a table with two indexes. So a handle is kept as a hash
of its name, ids and ranks as numbers, and all of it once: as the key of the table, in which a handle has its entries in
the order of their ranks.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter
from struct import Struct
from typing import TYPE_CHECKING
from uuid import UUID

from application.log import FEW
from infrastructure.store.base import deleting, inserting
from infrastructure.store.instants import moment_of, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infrastructure.store.base import Connection, Value

Entry = tuple[str, UUID, datetime | None, datetime | None]
"""A handle, an aggregate, and the moments that ranked it and rank it; None if it had not, or has not, the handle."""

KEPT = 10_000
"""How many handles stay in memory."""
ALL = 2**31 - 1
"""A limit above the number of aggregates of any handle."""
HALVES = Struct(">qq")
"""Sixteen bytes as two numbers, which both stores keep in eight bytes each."""

COLUMNS = dict.fromkeys(("handle_high", "handle_low", "ranked_at", "aggregate_high", "aggregate_low"), "number")
TABLE = f"""CREATE TABLE IF NOT EXISTS handle_entries (
    {", ".join(f"{name} {{number}} NOT NULL" for name in COLUMNS)},
    PRIMARY KEY ({", ".join(COLUMNS)})) {{clustered}}"""
FIND = (
    "SELECT aggregate_high, aggregate_low, ranked_at FROM handle_entries"
    " WHERE handle_high = :high AND handle_low = :low ORDER BY ranked_at DESC LIMIT :limit"
)
FIND_LAST = FIND.replace("DESC ", "")
ENTER = inserting("handle_entries", COLUMNS, keys=tuple(COLUMNS))
LEAVE = deleting("handle_entries", COLUMNS)


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
        handle, id, _, ranked_at = entry
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


def find(connection: Connection, handle: str, *, limit: int = ALL, statement: str = FIND) -> dict[UUID, datetime]:
    """Read the ids that have a handle in the table, each with its rank, the highest ranked first."""
    high, low = handle_numbers(handle)
    rows = connection.execute(statement, {"high": high, "low": low, "limit": limit})
    return {_id_of(int(row[0] or 0), int(row[1] or 0)): moment_of(int(row[2] or 0)) for row in rows}


def _found(
    connection: Connection, waiting: Sequence[Entry], handle: str, limit: int, *, statement: str = FIND
) -> dict[UUID, datetime]:
    """Read the first entries of a handle, and as many more as waiting entries can replace."""
    own = [(id, ranked_at) for name, id, _, ranked_at in waiting if name == handle]
    entries = find(connection, handle, limit=min(limit + len(own), ALL), statement=statement)
    for id, ranked_at in own:
        entries.pop(id, None)
        if ranked_at is not None:
            entries[id] = ranked_at
    return entries


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write what has become of each handle and aggregate in the end."""
    before: dict[tuple[str, UUID], datetime | None] = {}
    after: dict[tuple[str, UUID], datetime | None] = {}
    for handle, id, was_ranked_at, ranked_at in entries:
        before.setdefault((handle, id), was_ranked_at)
        after[handle, id] = ranked_at
    changed = [key for key, ranked_at in after.items() if before[key] != ranked_at]
    gone = [to_row(*key, rank) for key in changed if (rank := before[key]) is not None]
    there = [to_row(*key, rank) for key in changed if (rank := after[key]) is not None]
    connection.run_together([(work, rows) for work, rows in ((LEAVE, gone), (ENTER, there)) if rows])


def to_row(handle: str, id: UUID, ranked_at: datetime) -> tuple[Value, ...]:
    """Write an entry as a row of the table."""
    return (*handle_numbers(handle), number_of(ranked_at), *HALVES.unpack(id.bytes))


@lru_cache(maxsize=16_384)
def handle_numbers(handle: str) -> tuple[int, int]:
    """Give the hash of a handle; that of another one is the same as seldom as two random ids are."""
    high, low = HALVES.unpack(blake2b(handle.encode(), digest_size=HALVES.size).digest())
    return high, low


@lru_cache(maxsize=16_384)
def _id_of(high: int, low: int) -> UUID:
    return UUID(bytes=HALVES.pack(high, low))
