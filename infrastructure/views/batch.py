"""Writes the changes of many events at once, without losing what held in between."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic_core import to_json

from infrastructure.store.base import Value, instant

if TYPE_CHECKING:
    from application.projections.fold import Change
    from application.projections.rows import Cell, Table
    from infrastructure.store.base import Connection

Key = tuple["Cell", ...]
Open = dict[str, Value]


class Batch:
    """The changes of one table since the last flush.

    A row that is replaced inside the batch is inserted with its end; one statement ends each row that was there
    before.
    """

    def __init__(self, table: Table) -> None:
        """Begin without changes."""
        self._table = table
        self._columns = {**table.columns, "from_position": "number", "to_position": "number"}
        self._begun: dict[Key, Open] = {}
        self._over: list[Open] = []
        self._ends: dict[Key, int] = {}

    def take(self, change: Change, position: int) -> None:
        """Take a change at a position."""
        begun = self._begun.pop(change.key, None)
        if begun is not None:
            # Two events at one position do not exist, but one event may be taken for two changes of a row.
            if begun["from_position"] != position:
                self._over.append({**begun, "to_position": position})
        elif change.ends_one:
            self._ends[change.key] = position
        if change.row is not None:
            cells = {name: value_of(cell) for name, cell in change.row.cells().items()}
            self._begun[change.key] = {**cells, "from_position": position, "to_position": None}

    def flush(self, connection: Connection) -> None:
        """Write everything."""
        name = self._table.name
        if self._ends:
            condition = " AND ".join(f"{column} = :{column}" for column in self._table.key)
            connection.execute_many(
                f"UPDATE {name} SET to_position = :position WHERE {condition} AND to_position IS NULL",
                [{**self._named(key), "position": position} for key, position in self._ends.items()],
            )
        rows = [[row[column] for column in self._columns] for row in (*self._over, *self._begun.values())]
        if rows:
            connection.insert(name, self._columns, rows)
        self._begun.clear()
        self._over.clear()
        self._ends.clear()

    def _named(self, key: Key) -> Open:
        return {column: value_of(cell) for column, cell in zip(self._table.key, key, strict=True)}


def value_of(cell: Cell) -> Value:
    """Give a value as a store keeps it."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, datetime):
        return instant(cell)
    return cell if isinstance(cell, int) else to_json(cell).decode()
