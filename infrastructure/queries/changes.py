"""Reads what readers saw of things, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pydantic_core import from_json

from application.changes.projection import CHANGE_VIEW, PUBLIC_THINGS, SHOWN_AT
from application.changes.telling import SnapshotChange
from infrastructure.projections.temporal_tables import consistent_read, holding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.changes.snapshots import Snapshot
    from infrastructure.store.base import Store, Value

SPEAKING = holding(PUBLIC_THINGS, "thing, document", "speaks = 1")
# A row that was replaced is found one step back in the index of the key.
BEFORE = """
    SELECT before.document FROM public_things AS before
    WHERE before.thing = page.thing AND before.from_position < page.from_position
    ORDER BY before.from_position DESC LIMIT 1
"""
SECTION = f"""
    SELECT page.from_position, page.thing, page.document, ({BEFORE}) FROM (
        SELECT from_position, thing, document FROM public_things
        WHERE {SHOWN_AT} > :after AND {SHOWN_AT} <= :until ORDER BY {SHOWN_AT} {{direction}} LIMIT :limit
    ) AS page
"""
POSITIONS = """
    SELECT from_position FROM public_things
    WHERE thing = :thing AND from_position >= :first AND from_position <= :last ORDER BY from_position LIMIT :limit
"""


class SqlChangeQueries:
    """Implements ``ChangeQueries`` on a store; see there for what each method gives."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def section(
        self, after: int, until: int, limit: int, *, falling: bool
    ) -> tuple[Sequence[tuple[str, Snapshot]], Sequence[SnapshotChange]]:
        """Give what changed by position, and the snapshots of all things that spoke just before the first of it."""
        wanted: dict[str, Value] = {"after": after, "until": until, "limit": limit}
        statement = SECTION.format(direction="DESC" if falling else "ASC")
        with consistent_read(self._store, CHANGE_VIEW, until), self._store.reading_views() as connection:
            changes = sorted(
                map(snapshot_change, connection.execute(statement, wanted)), key=lambda each: each.position
            )
            speaking = connection.execute(SPEAKING, {"at": changes[0].position - 1}) if changes else []
        return [(str(row[0]), _snapshot(row[1])) for row in speaking], changes

    def positions(self, thing: str, first: int, last: int, limit: int) -> Sequence[int]:
        """Give the positions at which a thing changed."""
        wanted: dict[str, Value] = {"thing": thing, "first": first, "last": last, "limit": limit}
        with self._store.reading_views() as connection:
            return [int(row[0] or 0) for row in connection.execute(POSITIONS, wanted)]


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
