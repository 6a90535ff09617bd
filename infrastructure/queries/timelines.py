"""Reads the entries of timelines, by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.timelines import NEWEST, UPDATES, entry_key
from infrastructure.store.base import BulkStatement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from application.projections.tables import Table
    from infrastructure.store.base import Store, Value


class TimelineTable:
    """Reads a table of entries; every read is of those that hold at one position."""

    def __init__(self, store: Store, table: Table) -> None:
        """Read ``table`` from ``store``."""
        self._store = store
        # Named one by one and not joined: PostgreSQL, which knows nothing yet of a table that was just built anew,
        # would read all of it.
        self._statement = BulkStatement(
            sql=f"SELECT entry, from_position, to_position, document FROM {table.name} WHERE entry {{among}}",
            columns=("key",),
        )

    def page(
        self, at: int, owner: str, count: int, *, public: bool, after: str | None, limit: int
    ) -> Sequence[tuple[str, str]]:
        """Give number and document of ``limit`` entries at most beyond the number ``after``, of ``count`` in all."""
        first = 1 + (int(after) if after is not None else 0)
        numbers = range(first, min(first + limit, count + 1))
        found = self._read(at, [entry_key(owner, number, public=public) for number in numbers])
        named = [(str(number), entry_key(owner, number, public=public)) for number in numbers]
        return [(number, found[name]) for number, name in named if name in found]

    def whole(self, at: int, rows: Sequence[tuple[Value, ...]]) -> list[tuple[str, str | None]]:
        """Put the newest entries into documents.

        Each row is an owner, its two sides, and how many entries each of them has.
        """
        names = [
            (_newest(str(owner), private, public=False), _newest(str(owner), shown, public=True))
            for owner, _, _, private, shown in rows
        ]
        found = self._read(at, [name for sides in names for side in sides for name in side])
        return [
            (
                _with_updates(str(row[1]), [found[name] for name in private if name in found]),
                None
                if row[2] is None
                else _with_updates(str(row[2]), [found[name] for name in public if name in found]),
            )
            for row, (private, public) in zip(rows, names, strict=True)
        ]

    def dated(self, at: int, names: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Give sides of entries by their keys: since which position each is as it is, and its document."""
        if not names:
            return {}
        with self._store.reading_views() as connection:
            rows = connection.run(self._statement, [(name,) for name in names])
        return {
            str(name): (int(begins or 0), str(document))
            for name, begins, ends, document in rows
            if int(begins or 0) <= at and (ends is None or int(ends) > at)
        }

    def _read(self, at: int, names: Sequence[str]) -> dict[str, str]:
        return {name: document for name, (_, document) in self.dated(at, names).items()}


def _newest(owner: str, count: Value, *, public: bool) -> list[str]:
    last = int(count or 0)
    return [entry_key(owner, number, public=public) for number in range(max(1, last - NEWEST + 1), last + 1)]


def _with_updates(document: str, updates: Iterable[str]) -> str:
    return f'{document[:-1]},"{UPDATES}":[{",".join(updates)}]}}'
