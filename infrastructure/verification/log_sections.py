"""Reads sections of the log: the rows, with the leaves that they have in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

from infrastructure.store.base import StoreDown
from infrastructure.transparency.entries import LogRow
from infrastructure.verification.mismatch import LogMismatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infrastructure.store.base import Connection, Value

SECTION = 2_048
"""How many events are read at once: whole tiles, and not more than a few MiB."""
BETWEEN = "position > :after AND position <= :until ORDER BY position"
EVENTS = (
    f"SELECT position, originator_id, originator_version, topic, state, recorded_at FROM stored_events WHERE {BETWEEN}"
)
LEAVES = f"SELECT position, salt, hash FROM event_leaves WHERE {BETWEEN}"
# Without the span of the leaves, PostgreSQL looks for each leaf by itself, which takes twice as long.
PAIRS = """
    SELECT e.position, originator_id, originator_version, topic, state, recorded_at, salt, hash
    FROM stored_events AS e
    LEFT JOIN event_leaves AS l ON l.position = e.position AND l.position > :after AND l.position <= :until
    WHERE e.position > :after AND e.position <= :until ORDER BY e.position
"""
ENDS = "SELECT coalesce(min(position), 1), coalesce(max(position), 0) FROM {table}"
EVENT_KINDS = [int, str, int, str, bytes, str]
LEAF_KINDS = [int, bytes, bytes]


class Leaf(NamedTuple):
    """A row of the table of leaves."""

    position: int
    salt: bytes
    hash: bytes


LeafedRow = tuple[int, str, int, str, bytes, str, bytes, bytes]
"""The columns of a ``LogRow``, and salt and hash of its leaf."""


class Section(NamedTuple):
    """The rows and the leaves after one position and up to another, as far as they are there."""

    rows: Sequence[LogRow]
    leaves: Sequence[Leaf]


class LogEnds(NamedTuple):
    """The first and the last position of the events, and of the leaves; 1 and 0 where there are none."""

    first_event: int
    last_event: int
    first_leaf: int
    last_leaf: int

    @property
    def size(self) -> int:
        """How many events there are, if none is missing."""
        return max(self.last_event, self.last_leaf)


def read_ends(connection: Connection) -> LogEnds:
    """Read where rows and leaves begin and end."""
    events, leaves = (connection.execute(ENDS.format(table=table))[0] for table in ("stored_events", "event_leaves"))
    return LogEnds(*(int(value or 0) for value in (*events, *leaves)))


def read_pairs(connection: Connection, after: int, until: int) -> Sequence[LeafedRow]:
    """Read rows with their leaves, for whoever looks closer if anything does not fit: nothing is converted.

    To read both at once, as they are, takes a tenth less than all that a check does. None are given if one cannot be
    read.
    """
    try:
        return cast("Sequence[LeafedRow]", connection.execute(PAIRS, {"after": after, "until": until}))
    except StoreDown:
        return []


def read_section(connection: Connection, after: int, until: int) -> Section:
    """Read a section.

    Raises:
        LogMismatch: naming the first row that cannot be read, or that has a value of another kind than was stored.
        StoreDown: if nothing can be read.
    """
    span: dict[str, Value] = {"after": after, "until": until}
    rows = [_event(row) for row in _rows(connection, EVENTS, "the row", span)]
    leaves = [Leaf(*row) for row in _rows(connection, LEAVES, "the leaf", span)]  # type: ignore[arg-type]
    _require_kinds(rows, EVENT_KINDS, "row")
    _require_kinds(leaves, LEAF_KINDS, "leaf")
    return Section(rows, leaves)


def _event(row: Sequence[Any]) -> LogRow:
    # PostgreSQL gives ids as such.
    return LogRow(row[0], str(row[1]) if isinstance(row[1], UUID) else row[1], *row[2:])


def _require_kinds(found: Sequence[LogRow] | Sequence[Leaf], kinds: Sequence[type], what: str) -> None:
    for row in found:
        if [*map(type, row)] != kinds:
            raise LogMismatch(
                f"position {row.position}: the {what} has a value of another kind than the store writes",
                position=row.position,
            )


def _rows(connection: Connection, statement: str, what: str, span: dict[str, Value]) -> Sequence[Sequence[Value]]:
    try:
        return connection.execute(statement, span)
    except StoreDown as error:
        position = _first_unreadable(connection, statement, int(span["after"] or 0), int(span["until"] or 0))
        if position is None:
            raise
        raise LogMismatch(f"position {position}: {what} cannot be read: {error}", position=position) from error


def _first_unreadable(connection: Connection, statement: str, after: int, until: int) -> int | None:
    """Find the first row that cannot be read; None if nothing at all can be, as after an error of PostgreSQL."""
    try:
        connection.execute("SELECT 1")
    except StoreDown:
        return None
    while until - after > 1:
        middle = (after + until) // 2
        try:
            connection.execute(statement, {"after": after, "until": middle})
        except StoreDown:
            until = middle
        else:
            after = middle
    return until
