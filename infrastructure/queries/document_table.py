"""Find, page and count the documents of one table of a view, as of a position of the log."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from application.pieces import Piece
from infrastructure.projections.temporal_tables import begun, branches, holding, is_recent, latest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.projections.tables import Table, View
    from infrastructure.store.base import Store, Value

NO_VALUES: Mapping[str, Value] = {}
PAST_THE_END = "~"
"""Sorts after every id and every place."""
ANY = ("1 = 1",)
ALL = 2**62
"""A limit above every number of rows."""
LOOKED_AT = 2_000
"""How many things are looked at for one piece of a list of the past: no index leads to those that were as wanted."""


class DocumentTable:
    """Reads some columns of a table of documents; every read is of the rows that hold at one position."""

    def __init__(self, store: Store, view: View, table: Table, columns: Sequence[str] = ("document",)) -> None:
        """Read ``columns`` of ``table``, which is one of ``view``, from ``store``."""
        self._store = store
        self._view = view
        self._table = table
        self._columns = ", ".join(columns)

    def find(self, at: int, **key: Value) -> tuple[Value, ...] | None:
        """Give the columns of the row with this key; None if there was none at position ``at``."""
        conditions, values = equal(key)
        rows = self._read(latest(self._table, self._columns, conditions), values | {"at": at})
        return rows[0] if rows else None

    def page(
        self,
        at: int,
        order: str,
        *,
        after: str | None,
        limit: int,
        falling: bool = False,
        within: str = "1 = 1",
        either: tuple[str, ...] = ANY,
        values: Mapping[str, Value] = NO_VALUES,
        place: str | None = None,
    ) -> Piece[tuple[Value, ...]]:
        """Give the column ``order`` and the columns of ``limit`` rows at most, beyond ``after`` in its order.

        ``order`` is the key, or the last column of it: then ``within`` says what the others are. Each condition of
        ``either`` has an index of its own of what holds now; a row has to fulfill one of them. ``place`` is a column
        with the values of ``order``, by which these indexes are sorted: a planner that has seen many old rows of what
        is wanted would look for it in the index of the key.
        """
        wanted: dict[str, Value] = {**values, "at": at, "limit": limit}
        wanted["after"] = after or (PAST_THE_END if falling else "")
        with self._store.reading_views() as connection:
            if is_recent(connection, self._view.name, at):
                statement = _recent(self._table, self._columns, place or order, within, either, falling=falling)
                return Piece(connection.execute(statement, wanted))
            wanted["looked_at"] = LOOKED_AT
            ((count, last),) = connection.execute(_end(self._table, order, within, falling=falling), wanted)
            statement = _past(self._table, self._columns, order, within, either, falling=falling)
            rows = connection.execute(statement, wanted)
        goes_on = last is not None and count == LOOKED_AT and len(rows) < limit
        return Piece(rows, str(last) if goes_on else None)

    def count_by(self, at: int, column: str, **key: Value) -> dict[str, int]:
        """Count the rows by a column, those where the columns of ``key`` have these values."""
        conditions, values = equal(key)
        held = holding(self._table, column, conditions)
        rows = self._read(f"SELECT {column}, count(*) FROM ({held}) AS held GROUP BY {column}", values | {"at": at})
        return {str(row[0]): int(row[1] or 0) for row in rows}

    def _read(self, statement: str, values: dict[str, Value]) -> list[tuple[Value, ...]]:
        with self._store.reading_views() as connection:
            return connection.execute(statement, values)


def equal(columns: dict[str, Value]) -> tuple[str, dict[str, Value]]:
    """Write the condition that columns have these values; None is any value."""
    values: dict[str, Value] = {name: value for name, value in columns.items() if value is not None}
    return " AND ".join([f"{name} = :{name}" for name in values]) or "1 = 1", values


def directed(*, falling: bool) -> tuple[str, str]:
    """Name how what lies beyond a place compares with it, and the direction in which it is sorted."""
    return ("<", "DESC") if falling else (">", "ASC")


@lru_cache(maxsize=256)
def _recent(table: Table, columns: str, order: str, within: str, either: tuple[str, ...], *, falling: bool) -> str:
    """Take what holds now from its index in order; what has ended since is little, and sifted as a whole."""
    beyond, direction = directed(falling=falling)
    end = f"ORDER BY {order} {direction} LIMIT :limit"
    named = f"{order}, {columns}"
    now = [branches(table, named, f"{within} AND {condition} AND {order} {beyond} :after")[0] for condition in either]
    pieces = [f"SELECT * FROM ({piece} {end}) AS now_{number}" for number, piece in enumerate(now)]
    # With a limit, it is read first: else the key leads a planner through all that there is.
    ended = f"SELECT * FROM ({' UNION ALL '.join(branches(table, '*', '1 = 1')[1:])}) AS ended LIMIT {ALL}"
    sifted = f"{within} AND ({' OR '.join(either)}) AND {order} {beyond} :after"
    then = f"SELECT {named} FROM ({ended}) AS then_held WHERE {sifted}"
    return f"SELECT * FROM ({' UNION ALL '.join((*pieces, then))}) AS held {end}"


def _keys(table: Table, order: str, within: str, *, falling: bool) -> str:
    beyond, direction = directed(falling=falling)
    return (
        f"SELECT {order} AS looked_at FROM {table.name} WHERE to_position IS NULL AND {within}"
        f" AND {order} {beyond} :after ORDER BY {order} {direction} LIMIT :looked_at"
    )


@lru_cache(maxsize=256)
def _end(table: Table, order: str, within: str, *, falling: bool) -> str:
    last = "min" if falling else "max"
    return f"SELECT count(*), {last}(looked_at) FROM ({_keys(table, order, within, falling=falling)}) AS keys"


@lru_cache(maxsize=256)
def _past(table: Table, columns: str, order: str, within: str, either: tuple[str, ...], *, falling: bool) -> str:
    """Look thing by thing how it was: each one that ever was still has a row now, which tells its key."""
    _, direction = directed(falling=falling)
    began = begun(table, f"{within} AND version.{order} = keys.looked_at")
    return (
        f"SELECT {order}, {columns} FROM ({_keys(table, order, within, falling=falling)}) AS keys"
        f" JOIN {table.name} AS found ON {order} = looked_at AND {within} AND found.from_position = {began}"
        f" WHERE (to_position IS NULL OR to_position > :at) AND ({' OR '.join(either)})"
        f" ORDER BY {order} {direction} LIMIT :limit"
    )
