"""Find, page and count the documents of one table of a view, as of a position of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.projections.temporal_tables import HELD, holding, read_consistently

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.projections.tables import Table, View
    from infrastructure.store.base import Store, Value

NO_VALUES: Mapping[str, Value] = {}
PAST_THE_END = "~"
"""Sorts after every id and every place."""


class DocumentTable:
    """Reads some columns of a table of documents; every read is of the rows that hold at one position."""

    def __init__(
        self, store: Store, table: Table, columns: Sequence[str] = ("document",), *, view: View | None = None
    ) -> None:
        """Read ``columns`` of ``table`` from ``store``; each read by itself is checked to be of one ``view``.

        Who reads several tables, and sees to it that they are of one building, names no view.
        """
        self._store = store
        self._view = view
        self._table = table
        self._columns = ", ".join(columns)

    def find(self, at: int, **key: Value) -> tuple[Value, ...] | None:
        """Give the columns of the row with this key; None if there was none at position ``at``."""
        conditions, values = equal(key)
        rows = self._read(
            f"SELECT {self._columns} FROM {self._table.name} WHERE {conditions} AND {HELD}", values | {"at": at}
        )
        return rows[0] if rows else None

    def page(
        self,
        at: int,
        order: str,
        *,
        after: str | None,
        limit: int,
        falling: bool = False,
        where: str = "1 = 1",
        values: Mapping[str, Value] = NO_VALUES,
    ) -> list[tuple[Value, ...]]:
        """Give the column ``order`` and the columns of ``limit`` rows at most, beyond ``after`` in its order.

        ``where`` narrows the rows by ``values``.
        """
        beyond, direction = ("<", "DESC") if falling else (">", "ASC")
        return self._read(
            f"SELECT {order}, {self._columns} FROM {self._table.name}"
            f" WHERE {where} AND {order} {beyond} :after AND {HELD} ORDER BY {order} {direction} LIMIT :limit",
            {**values, "at": at, "after": after or (PAST_THE_END if falling else ""), "limit": limit},
        )

    def count_by(self, at: int, column: str, **key: Value) -> dict[str, int]:
        """Count the rows by a column, those where the columns of ``key`` have these values."""
        conditions, values = equal(key)
        held = holding(self._table, column, conditions)
        rows = self._read(f"SELECT {column}, count(*) FROM ({held}) AS held GROUP BY {column}", values | {"at": at})
        return {str(row[0]): int(row[1] or 0) for row in rows}

    def _read(self, statement: str, values: dict[str, Value]) -> list[tuple[Value, ...]]:
        if self._view is not None:
            return read_consistently(self._store, self._view, statement, values)
        with self._store.reading_views() as connection:
            return connection.execute(statement, values)


def equal(columns: dict[str, Value]) -> tuple[str, dict[str, Value]]:
    """Write the condition that columns have these values; None is any value."""
    values: dict[str, Value] = {name: value for name, value in columns.items() if value is not None}
    return " AND ".join([f"{name} = :{name}" for name in values]) or "1 = 1", values
