"""Writes the changes of many events at once, without losing what held in between."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic_core import to_json

from infrastructure.store.base import Value, inserting, instant, setting

if TYPE_CHECKING:
    from application.projections.fold import Change
    from application.projections.rows import Cell, Table
    from infrastructure.store.base import Connection

Key = tuple["Cell", ...]
Begun = tuple[int, list[Value]]
"""The position at which a row began, and its values."""


class Batch:
    """The changes of one table since the last flush.

    A row that is replaced inside the batch is inserted with its end; one statement ends each row that was there
    before.
    """

    def __init__(self, table: Table) -> None:
        """Begin without changes."""
        self._names = tuple(table.columns)
        self._insert = inserting(table.name, {**table.columns, "from_position": "number", "to_position": "number"})
        keys = {name: table.columns[name] for name in table.key}
        self._end = setting(table.name, "to_position", "number", keys, where=f"{table.name}.to_position IS NULL")
        self._begun: dict[Key, Begun] = {}
        self._over: list[list[Value]] = []
        self._ends: dict[Key, int] = {}

    def take(self, change: Change, position: int) -> None:
        """Take a change at a position."""
        begun = self._begun.pop(change.key, None)
        if begun is not None:
            # Two events at one position do not exist, but one event may be taken for two changes of a row.
            if begun[0] != position:
                self._over.append([*begun[1], begun[0], position])
        elif change.old is not None:
            self._ends[change.key] = position
        if change.row is not None:
            cells = change.row.cells()
            self._begun[change.key] = (position, [value_of(cells[name]) for name in self._names])

    def flush(self, connection: Connection) -> None:
        """Write everything."""
        if self._ends:
            connection.run(self._end, [[*map(value_of, key), position] for key, position in self._ends.items()])
        rows = [*self._over, *([*values, position, None] for position, values in self._begun.values())]
        if rows:
            connection.run(self._insert, rows)
        self._begun.clear()
        self._over.clear()
        self._ends.clear()


def value_of(cell: Cell) -> Value:
    """Give a value as a store keeps it."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, datetime):
        return instant(cell)
    return cell if isinstance(cell, int) else to_json(cell).decode()
