"""The tables of the views in SQL, and who follows the log how far.

Reading the past must not become slower as it grows. The plain condition on ``from_position`` and ``to_position`` does:
it is true of half the rows for one of the two. So each closed row is sorted into a class by how long it held, in
powers of four; within a class, only rows that ended at most one width after the wanted position can hold there.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from application.errors import NoLongerKept, NotYetVisible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from application.projections.tables import Table, View
    from infrastructure.store.base import Connection, Store, Value

CLASSES = 16
"""The classes of how long a row held; the last has no bound."""

HELD = "from_position <= :at AND (to_position IS NULL OR to_position > :at)"
"""The condition that a row holds at position ``:at``; for few rows, where no class is needed."""

RECENT = 1_000
"""How many positions back a read is of now: no more rows have ended since than that many events end."""

TRACKING = """CREATE TABLE IF NOT EXISTS views (
    name {key} PRIMARY KEY, version {number} NOT NULL, log {text} NOT NULL, position {number} NOT NULL,
    built {key} NOT NULL, last_event {text} NOT NULL, complete_at {number} NOT NULL)"""


BUILT = """
    SELECT this.built, this.position, this.version, past.position FROM views AS this
    LEFT JOIN views AS past ON past.name = :past AND past.built = this.built WHERE this.name = :name
"""

PAST = "SELECT position, complete_at FROM views WHERE name = :name AND built = :built"
"""The earliest position at which a building of a view can be read, and up to where rows that ended are dropped."""


def past_of(view: str) -> str:
    """Name the row beside that of a view which tells what is gone of it."""
    return f"{view} past"


def built(connection: Connection, view: View, at: int) -> str:
    """Tell one building of a view from the next, which begins with empty tables.

    Raises:
        NotYetVisible: if it does not reflect the position ``at``, or another version of the program keeps it.
        NoLongerKept: if rows that held at that position are dropped, or may be.
    """
    rows = connection.execute(BUILT, {"name": view.name, "past": past_of(view.name)})
    if not rows or int(rows[0][1] or 0) < at:
        raise NotYetVisible(f"the view {view.name} is being built anew")
    if rows[0][2] != view.version:
        raise NotYetVisible(f"another program keeps the view {view.name} in its version {rows[0][2]!r}")
    earliest = int(rows[0][3] or 0)
    if at < earliest:
        raise NoLongerKept(
            f"what is known as of then is no longer kept; the earliest is position {earliest}", earliest=earliest
        )
    return str(rows[0][0])


def is_recent(connection: Connection, view: str, at: int) -> bool:
    """Tell whether next to nothing has changed in a view since the position ``at``."""
    rows = connection.execute("SELECT position FROM views WHERE name = :name", {"name": view})
    return not rows or int(rows[0][0] or 0) - at <= RECENT


@contextmanager
def consistent_read(store: Store, view: View, at: int) -> Iterator[None]:
    """Let several reads inside be of one and the same building of a view.

    Raises:
        NotYetVisible: if it does not reflect the position ``at``, or was built anew meanwhile.
    """
    with store.reading_views() as connection:
        before = built(connection, view, at)
    yield
    with store.reading_views() as connection:
        if built(connection, view, at) != before:
            raise NotYetVisible(f"the view {view.name} was built anew")


def read_consistently(store: Store, view: View, statement: str, values: Mapping[str, Value]) -> list[tuple[Value, ...]]:
    """Run one statement on the tables of a view, at its value ``at``: tables that are filled anew are no answer.

    Raises:
        NotYetVisible: if the view does not reflect the position, or was built anew meanwhile.
    """
    with store.reading_views() as connection:
        before = built(connection, view, int(values["at"] or 0))
        rows = connection.execute(statement, values)
        if built(connection, view, int(values["at"] or 0)) != before:
            raise NotYetVisible(f"the view {view.name} was built anew")
    return rows


def reset(
    store: Store,
    connection: Connection,
    view: View,
    log: str,
    *,
    until: int | None = None,
    seen: tuple[int, str] | None = None,
    suffix: str = "",
) -> None:
    """Empty a view; its follower starts again at the first event.

    It is not to be read before it has come to ``until``, by default to where it was. With ``seen``, a position and the
    last event that it saw there, it is left alone if it stands elsewhere by now. ``suffix`` is for the tables of a view
    that is built beside the one that is read.
    """
    name, generation = view.name + suffix, uuid4()
    connection.begin()
    try:
        rows = connection.execute(
            f"SELECT position, last_event, complete_at FROM views WHERE name = :name {store.for_update}", {"name": name}
        )
        stands = [(int(row[0] or 0), str(row[1])) for row in rows]
        if seen is not None and seen not in stands:
            return
        if until is None:
            until = max((int(cell or 0) for row in rows for cell in (row[0], row[2])), default=0)
        for table in tables_of(view):
            connection.execute(f"DROP TABLE IF EXISTS {table.name}{suffix}")
            for statement in _ddl(replace(table, name=table.name + suffix), f"_{generation.hex[:8]}"):
                connection.execute(statement.format(**store.types))
        connection.execute(
            "INSERT INTO views (name, version, log, position, built, last_event, complete_at)"
            " VALUES (:name, :version, :log, 0, :built, '', :until)"
            " ON CONFLICT (name) DO UPDATE SET version = excluded.version, log = excluded.log, position = 0,"
            " built = excluded.built, last_event = '', complete_at = excluded.complete_at",
            {"name": name, "version": view.version, "log": log, "built": str(generation), "until": until},
        )
        connection.commit()
    finally:
        connection.rollback()


def swap(connection: Connection, view: View, suffix: str) -> None:
    """Let the tables with a suffix take the place of those that are read, inside a transaction."""
    for table in tables_of(view):
        connection.execute(f"DROP TABLE IF EXISTS {table.name}")
        connection.execute(f"ALTER TABLE {table.name}{suffix} RENAME TO {table.name}")
    connection.execute("DELETE FROM views WHERE name = :name", {"name": view.name})
    connection.execute(
        "UPDATE views SET name = :name, complete_at = position WHERE name = :beside",
        {"name": view.name, "beside": view.name + suffix},
    )


def drop(connection: Connection, view: View, suffix: str) -> None:
    """Drop the tables with a suffix, if there are any."""
    for table in tables_of(view):
        connection.execute(f"DROP TABLE IF EXISTS {table.name}{suffix}")
    connection.execute("DELETE FROM views WHERE name = :name", {"name": view.name + suffix})


def tables_of(view: View) -> Sequence[Table]:
    """List the tables of a view, those of its tallies included."""
    return (*view.tables, *(tally.table for tally in view.tallies))


def _ddl(table: Table, generation: str) -> list[str]:
    # An index keeps its name when its table gets another one, so that the next generation needs other names.
    key = ", ".join(table.key)
    columns = [f"{name} {{{kind}}}{' NOT NULL' if name in table.key else ''}" for name, kind in table.columns.items()]
    classes = " ".join(
        f"WHEN to_position - from_position < {4 ** (number + 1)} THEN {number}" for number in range(CLASSES - 1)
    )
    held = f"CASE WHEN to_position IS NULL THEN NULL {classes} ELSE {CLASSES - 1} END"
    columns += [
        "from_position {number} NOT NULL",
        "to_position {number}",
        f"held {{flag}} GENERATED ALWAYS AS ({held}) STORED",
        f"PRIMARY KEY ({key}, from_position)",
    ]
    ended = f"ON {table.name} (held, to_position, from_position) WHERE to_position IS NOT NULL"
    return [
        f"CREATE TABLE {table.name} ({', '.join(columns)})",
        f"CREATE UNIQUE INDEX {table.name}_now{generation} ON {table.name} ({key}) WHERE to_position IS NULL",
        f"CREATE INDEX {table.name}_then{generation} {ended}",
        *(
            f"CREATE INDEX {table.name}_open{generation} ON {table.name} ({key})"
            f" WHERE to_position IS NULL AND {condition}"
            for condition in table.open_rows
        ),
        *(
            f"CREATE INDEX {table.name}_{number}{generation} ON {table.name} ({', '.join(index.columns)})"
            + (f" WHERE {index.where}" if index.where else "")
            for number, index in enumerate(table.indexes)
        ),
    ]


def holding(table: Table, columns: str, where: str = "1 = 1") -> str:
    """Write the statement that gives the rows that hold at position ``:at``; ``where`` narrows each branch."""
    return " UNION ALL ".join(branches(table, columns, where))


def overlapping(table: Table, columns: str, where: str) -> str:
    """Write the statement that gives the rows that held at any position from ``:first`` to ``:last``.

    ``where`` narrows each branch; it must not name a column by which an index finds more than the period has.
    """
    select = f"SELECT {columns} FROM {table.name} WHERE {where} AND from_position <= :last"
    written = [f"{select} AND to_position IS NULL"]
    for number in range(CLASSES):
        # What held less long than a width, and had begun by the last position, has ended within a width of it.
        bound = f" AND to_position < :last + {4 ** (number + 1)}" if number < CLASSES - 1 else ""
        written.append(f"{select} AND held = {number} AND to_position > :first{bound}")
    return " UNION ALL ".join(written)


def latest(table: Table, columns: str, where: str) -> str:
    """Write the statement that gives the row that held at ``:at``; ``where`` names its whole key.

    One step back in the index of the key, where the plain condition would look at every earlier row.
    """
    return (
        f"SELECT {columns} FROM (SELECT * FROM {table.name} WHERE {where} AND from_position <= :at"
        " ORDER BY from_position DESC LIMIT 1) AS latest WHERE to_position IS NULL OR to_position > :at"
    )


def begun(table: Table, matches: str) -> str:
    """Write the expression that gives where the row began that held at ``:at``, or the last one before it.

    ``matches`` names its whole key, of the table as ``version``.
    """
    return (
        f"(SELECT max(version.from_position) FROM {table.name} AS version"
        f" WHERE {matches} AND version.from_position <= :at)"
    )


def branches(table: Table, columns: str, where: str) -> list[str]:
    """Write the branches of ``holding``: of what still holds, and of what has ended since, class by class."""
    select = f"SELECT {columns} FROM {table.name} WHERE {where}"
    written = [f"{select} AND from_position <= :at AND to_position IS NULL"]
    # Where there is an index of it alone, PostgreSQL takes that one for a width that it does not know, and reads all.
    began = "+from_position" if any(index.columns == ("from_position",) for index in table.indexes) else "from_position"
    for number in range(CLASSES):
        width = 4 ** (number + 1)
        bounds = f"AND to_position < :at + {width} AND {began} > :at - {width}" if number < CLASSES - 1 else ""
        written.append(f"{select} AND {began} <= :at AND held = {number} AND to_position > :at {bounds}")
    return written
