"""Reads what readers, and operators and auditors, saw of things, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pydantic_core import from_json

from application.changes.private_queries import BothSections, ChangeSection
from application.changes.private_telling import PrivateSnapshotChange
from application.changes.projection import CHANGE_VIEW, PRIVATE_THINGS, PUBLIC_THINGS, SHOWN_AT
from application.changes.telling import SnapshotChange
from infrastructure.projections.temporal_tables import consistent_read, holding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from application.changes.private_snapshots import PrivateSnapshot
    from application.changes.snapshots import Snapshot
    from application.projections.tables import Table
    from infrastructure.store.base import Connection, Store, Value

SPEAKING = {table: holding(table, "thing, document", "speaks = 1") for table in (PUBLIC_THINGS, PRIVATE_THINGS)}
# A row that was replaced is found one step back in the index of the key.
BEFORE_IN = """
    SELECT before.document FROM {things} AS before
    WHERE before.thing = page.thing AND before.from_position < page.from_position
    ORDER BY before.from_position DESC LIMIT 1
"""
BEFORE = BEFORE_IN.format(things=PUBLIC_THINGS.name)
SECTION = f"""
    SELECT page.from_position, page.thing, page.document, ({BEFORE_IN}) FROM (
        SELECT from_position, thing, document FROM {{things}}
        WHERE {SHOWN_AT} > :after AND {SHOWN_AT} <= :until ORDER BY {SHOWN_AT} {{direction}} LIMIT :limit
    ) AS page
"""
POSITIONS = """
    SELECT from_position FROM public_things
    WHERE thing = :thing AND from_position >= :first AND from_position <= :last ORDER BY from_position LIMIT :limit
"""


class SqlChangeQueries:
    """Implements ``ChangeQueries`` and ``PrivateChangeQueries`` on a store; see there for what each method gives."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def section(
        self, after: int, until: int, limit: int, *, falling: bool
    ) -> tuple[Sequence[tuple[str, Snapshot]], Sequence[SnapshotChange]]:
        """Give what changed by position, and the snapshots of all things that spoke just before the first of it."""
        with consistent_read(self._store, CHANGE_VIEW, until), self._store.reading_views() as connection:
            speaking, changes = _section(connection, PUBLIC_THINGS, (after, until, limit), falling=falling)
        return _spoke(speaking, _snapshot), [snapshot_change(row) for row in changes]

    def both_sections(self, after: int, until: int, limit: int, *, falling: bool) -> BothSections:
        """Give what changed by position on each side, with the snapshots of all things that spoke before."""
        bounds = after, until, limit
        with consistent_read(self._store, CHANGE_VIEW, until), self._store.reading_views() as connection:
            (spoke, public), (spoke_privately, private) = (
                _section(connection, table, bounds, falling=falling) for table in (PUBLIC_THINGS, PRIVATE_THINGS)
            )
        seen = _spoke(spoke_privately, lambda document: _private_snapshot(document)["seen"])
        return BothSections(
            public=ChangeSection(speaking=_spoke(spoke, _snapshot), changes=[snapshot_change(row) for row in public]),
            private=ChangeSection(speaking=seen, changes=[_private_change(row) for row in private]),
        )

    def positions(self, thing: str, first: int, last: int, limit: int) -> Sequence[int]:
        """Give the positions at which a thing changed."""
        wanted: dict[str, Value] = {"thing": thing, "first": first, "last": last, "limit": limit}
        with self._store.reading_views() as connection:
            return [int(row[0] or 0) for row in connection.execute(POSITIONS, wanted)]


def _section(
    connection: Connection, table: Table, bounds: tuple[int, int, int], *, falling: bool
) -> tuple[list[tuple[Value, ...]], list[tuple[Value, ...]]]:
    """Read rows as they are stored: those that spoke before, and those that changed, by position."""
    wanted: dict[str, Value] = dict(zip(("after", "until", "limit"), bounds, strict=True))
    statement = SECTION.format(things=table.name, direction="DESC" if falling else "ASC")
    changes = sorted(connection.execute(statement, wanted), key=lambda row: int(row[0] or 0))
    speaking = connection.execute(SPEAKING[table], {"at": int(changes[0][0] or 0) - 1}) if changes else []
    return speaking, changes


def _spoke(rows: Iterable[tuple[Value, ...]], read: Callable[[Value], Snapshot]) -> list[tuple[str, Snapshot]]:
    return [(str(thing), read(document)) for thing, document in rows]


def snapshot_change(row: tuple[Value, ...]) -> SnapshotChange:
    """Read a row: position, thing, and the snapshots after and before it."""
    position, thing, after, before = row
    return SnapshotChange(
        position=int(position or 0),
        thing=str(thing),
        before=None if before is None else _snapshot(before),
        after=_snapshot(after),
    )


def _snapshot(document: Value) -> Snapshot:
    return cast("Snapshot", from_json(str(document)))


def _private_change(row: tuple[Value, ...]) -> PrivateSnapshotChange:
    position, thing, after, before = row
    return PrivateSnapshotChange(
        position=int(position or 0),
        thing=str(thing),
        before=None if before is None else _private_snapshot(before),
        after=_private_snapshot(after),
    )


def _private_snapshot(document: Value) -> PrivateSnapshot:
    return cast("PrivateSnapshot", from_json(str(document)))
