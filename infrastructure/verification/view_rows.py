"""Compares the rows of two tables of one view, in the order of their keys."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from infrastructure.verification.mismatch import LogMismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from application.projections.tables import Table
    from infrastructure.store.base import Connection, Store, Value

PAGE = 500
"""How many rows are read at once; a document has tens of kilobytes at most."""
SHOWN = 40
"""How many characters of a value are shown around the first that differs."""

Row = tuple["Value", ...]


def compare(store: Store, building: Connection, view: str, table: Table, suffix: str, until: int, gone: int) -> int:  # noqa: PLR0917 - the two tables
    """Compare a table that is kept with the one that was built up to a position, and give the number of its rows.

    What ended up to the position ``gone`` may be missing.

    Raises:
        LogMismatch: naming the first row that differs.
    """
    count = 0
    ours = _pages(lambda statement, values: _read(store, statement, values), table, "", until, gone)
    theirs = _pages(building.execute, table, suffix, until, gone)
    for kept, built in zip_longest(ours, theirs):
        if kept != built:
            raise _difference(view, table, kept, built)
        count += 1
    return count


def _read(store: Store, statement: str, values: dict[str, Value]) -> list[Row]:
    with store.reading_views() as connection:
        return connection.execute(statement, values)


def _pages(execute, table: Table, suffix: str, until: int, gone: int) -> Iterator[Row]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Read the rows as they were when the view had come to a position: what ended later had not ended then."""
    key = (*table.key, "from_position")
    ended = "CASE WHEN to_position > :until THEN NULL ELSE to_position END"
    statement = f"SELECT {', '.join(table.columns)}, from_position, {ended} FROM {table.name}{suffix}"
    order = f"ORDER BY {', '.join(key)} LIMIT {PAGE}"
    behind = f"({', '.join(key)}) > ({', '.join(f':{name}' for name in key)})"
    names = (*table.columns, "from_position", "to_position")
    there = "from_position <= :until AND (to_position IS NULL OR to_position > :gone)"
    where, values = there, {"until": until, "gone": gone}
    while True:
        rows = execute(f"{statement} WHERE {where} {order}", values)
        yield from rows
        if len(rows) < PAGE:
            return
        last = dict(zip(names, rows[-1], strict=True))
        where, values = f"{there} AND {behind}", {**values, **{name: last[name] for name in key}}


def _difference(view: str, table: Table, kept: Row | None, built: Row | None) -> LogMismatch:
    names = (*table.columns, "from_position", "to_position")
    keys = [None if row is None else _key(table, names, row) for row in (kept, built)]
    if kept is not None and built is not None and keys[0] == keys[1]:
        column, ours, theirs = next(
            (name, one, other) for name, one, other in zip(names, kept, built, strict=True) if one != other
        )
        what = f"{column} is {_excerpt(ours, theirs)}, and the events make it {_excerpt(theirs, ours)}"
        row: Row | None = kept
        key = keys[0]
    else:
        is_missing = kept is None or (built is not None and _order(keys[1]) < _order(keys[0]))
        row, key = (built, keys[1]) if is_missing else (kept, keys[0])
        what = "the row is missing" if is_missing else "the events make no such row"
    assert row is not None  # noqa: S101 - one of the two differs from the other, so that it is there
    place = row[names.index("from_position")]
    shown = ", ".join(f"{name} {value!s}" for name, value in (key or {}).items())
    return LogMismatch(f"the view {view}, table {table.name}, {shown}: {what}", position=int(place or 0))


def _key(table: Table, names: Sequence[str], row: Row) -> dict[str, Value]:
    return {name: value for name, value in zip(names, row, strict=True) if name in {*table.key, "from_position"}}


def _order(key: dict[str, Value] | None) -> tuple[str, ...]:
    # Numbers as texts of one length, so that any two keys can be held against each other.
    return tuple(f"{value:020}" if isinstance(value, int) else str(value) for value in (key or {}).values())


def _excerpt(value: Value, other: Value) -> str:
    """Give a value, or what is around the first character in which a long one differs."""
    text, against = str(value), str(other)
    if len(text) <= SHOWN:
        return repr(value)
    first = next((place for place, (a, b) in enumerate(zip(text, against, strict=False)) if a != b), len(against))
    begin = max(0, first - SHOWN // 2)
    return f"{'…' if begin else ''}{text[begin : begin + SHOWN]!r}…"
