"""Counts rows as they change, and reads how many there were at any position.

Counts are written once for a batch of events, so that they are right where a batch ended. What a position inside of a
batch differs by is found in the rows themselves: few have begun or ended since.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from infrastructure.projections.temporal_tables import CLASSES, holding
from infrastructure.store.base import BulkStatement, setting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.projections.fold import Change
    from application.projections.tables import Tally
    from infrastructure.store.base import Connection, Value

Group = tuple[str, ...]


class TallyBatch:
    """What one tally has changed by since the last flush."""

    def __init__(self, tally: Tally, suffix: str = "") -> None:
        """Begin without changes; ``suffix`` is what the table of the counts has at its name."""
        self._tally = tally
        self._all: Group = ("",) * len(tally.by)
        self._end, self._begin = _writing(tally, suffix)
        self._changes: Counter[Group] = Counter()
        self._has_any = False

    def take(self, change: Change) -> None:
        """Count a row of the table that ended, one that began, or both."""
        self._has_any = True
        for row, by in ((change.old, -1), (change.row, 1)):
            if row is not None:
                self._changes[self._tally.group_of(row)] += by
                self._changes[self._all] += by

    def flush(self, connection: Connection, position: int) -> None:
        """Write the counts at a position, of each group that has changed and of all."""
        if not self._has_any:
            return
        changes = {group: by for group, by in self._changes.items() if by} | {self._all: self._changes[self._all]}
        connection.run(self._end, [(*group, position) for group in changes])
        connection.run(self._begin, [(*group, by, position) for group, by in changes.items()])
        self._changes.clear()
        self._has_any = False


class TallyReader:
    """Reads a tally, by some of its columns."""

    def __init__(self, tally: Tally, by: Sequence[str], where: str = "1 = 1") -> None:
        """Count by the columns ``by``, of the groups that fulfill ``where``."""
        columns = ", ".join(by)
        self._tally = tally
        counted = _counted(tally, columns, where)
        self._counts = f"SELECT {columns}, sum(count) FROM ({counted}) AS counted GROUP BY {columns}"

    def read(self, connection: Connection, at: int, values: Mapping[str, Value]) -> list[tuple[Group, int]]:
        """Give each group that is not empty at a position, and how many there are of it."""
        begun = counted_until(connection, self._tally, at)
        rows = connection.execute(self._counts, {"at": at, "since": begun, **values})
        counted = [(tuple(map(str, row[:-1])), int(row[-1] or 0)) for row in rows]
        return [(group, count) for group, count in counted if count]


def counted_until(connection: Connection, tally: Tally, at: int) -> int:
    """Give the last position up to another at which the counts were written; 0 if they were not."""
    rows = connection.execute(_since(tally), {"at": at})
    return int(rows[0][0] or 0) if rows else 0


def counted_at(connection: Connection, tally: Tally, after: int) -> int | None:
    """Give the first position after another at which the counts were written; None if they were not since."""
    statement = f"SELECT min(from_position) FROM {tally.table.name} WHERE {_total(tally)} AND from_position > :after"
    found = connection.execute(statement, {"after": after})[0][0]
    return None if found is None else int(found)


def has_any(tally: Tally, where: str) -> str:
    """Write the condition that some row fulfills ``where`` at ``:at``; this may name columns of the query around it."""
    # What is a column of the counts is one of the rows as well, so that both are narrowed by the same words.
    counted = _counted(tally, "", where, since=f"coalesce(({_since(tally)}), 0)")
    return f"(SELECT sum(count) FROM ({counted}) AS counted) > 0"


def _since(tally: Tally) -> str:
    """Write the statement that finds where the counts were written last: that of all has a row for every batch."""
    return (
        f"SELECT from_position FROM {tally.table.name} WHERE {_total(tally)} AND from_position <= :at"
        " ORDER BY from_position DESC LIMIT 1"
    )


def _counted(tally: Tally, columns: str, where: str, since: str = ":since") -> str:
    """Write the counts as they were written last, and by how much each row has changed them since."""
    rows, named = tally.of.name, f"{columns}, " if columns else ""
    groups = holding(tally.table, f"{named}count", f"NOT ({_total(tally)}) AND {where}")
    ended = f"held IN ({', '.join(map(str, range(CLASSES)))}) AND to_position > {since} AND to_position <= :at"
    return f"""
        SELECT {named}count FROM ({groups}) AS written
        UNION ALL
        SELECT {named}1 FROM {rows} WHERE from_position > {since} AND from_position <= :at AND {where}
        UNION ALL
        SELECT {named}-1 FROM {rows} WHERE {ended} AND {where}
    """


def _total(tally: Tally) -> str:
    return " AND ".join(f"{name} = ''" for name in tally.by)


@cache
def _writing(tally: Tally, suffix: str) -> tuple[BulkStatement, BulkStatement]:
    """Work out the statements that end counts, and begin others, once; see the batch of rows."""
    named = replace(tally, name=tally.name + suffix)
    table = named.table
    keys = {name: table.columns[name] for name in table.key}
    end = setting(table.name, "to_position", "number", keys, where=f"{table.name}.to_position IS NULL")
    return end, _beginning(named)


def _beginning(tally: Tally) -> BulkStatement:
    """Insert each count as the one that has just ended at the same position, if any, and the change."""
    table, width = tally.table, len(tally.by)
    found = " AND ".join(f"{table.name}.{name} = given.column{place}" for place, name in enumerate(tally.by, 1))
    names = ", ".join((*tally.by, "count", "from_position"))
    values = ", ".join(f"given.column{place}" for place in range(1, width + 1))
    count = f"coalesce({table.name}.count, 0) + given.column{width + 1}"
    total = " AND ".join(f"given.column{place} = ''" for place in range(1, width + 1))
    return BulkStatement(
        sql=(
            f"INSERT INTO {table.name} ({names})"
            f" SELECT {values}, {count}, given.column{width + 2} FROM {{given}}"
            f" LEFT JOIN {table.name} ON {found} AND {table.name}.to_position = given.column{width + 2}"
            f" WHERE {count} <> 0 OR ({total})"
        ),
        columns=(*("key" for _ in tally.by), "number", "number"),
    )
