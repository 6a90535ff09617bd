"""Lets two versions of the program keep their views in one database of PostgreSQL at the same time.

There are two slots. A program whose views are in neither builds them in the one that nobody uses, while another version
reads and follows those in the other. What is in a slot that nobody uses any more is dropped by those who came later.
"""

from __future__ import annotations

from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from application.errors import SchemaMismatch
from infrastructure.event_log import store_facts
from infrastructure.store.base import StoreDown, TableUnfit
from infrastructure.store.postgres import PostgresStore
from infrastructure.store.postgres_programs import SLOTS, open_programs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.projections.tables import View
    from infrastructure.store.base import Connection, Store

NEWEST = "views_slot"
"""The fact that says which slot was chosen last; it is the one of the log where nothing is noted."""
KEPT = "SELECT name, version, position, complete_at FROM "
TABLES = """
    SELECT table_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND column_name IN ('from_position', 'to_position', 'held')
    GROUP BY table_name HAVING count(*) = 3
"""
"""The tables of views in a schema, whatever their names; those of the log have not all of these columns."""

TIDY_SECONDS = 10.0
"""How often to look whether there are views that nobody uses any more."""

log = structlog.get_logger()


def choose(store: Store, guard: Connection, views: Sequence[View]) -> None:
    """Choose where the views are kept, once for the life of a program, under the lock of the writer (``guard``).

    Raises:
        SchemaMismatch: if two other versions keep views, or this one may not make a schema for its own.
    """
    if not isinstance(store, PostgresStore) or store.slot.number is not None:
        return
    programs = open_programs(guard)
    kept = [_kept(store, number) for number in range(len(SLOTS))]
    # Where nothing is, nobody reads; a program that has ended may still be connected for a moment.
    used = {program.slot for program in programs if kept[program.slot]}
    fitting = [number for number, rows in enumerate(kept) if _fits(views, rows)]
    # Where nobody else needs them, as many as possible are kept.
    unused = sorted(set(range(len(SLOTS))) - used, key=lambda number: -_matching(views, kept[number]))
    if not fitting and not unused:
        others = "; ".join(str(program) for program in programs)
        raise SchemaMismatch(
            f"two other versions of bitacora keep views in this database; end those of one of them first: {others}"
        )
    number = (fitting or unused)[0]
    waits = not fitting or any(kept[number][view.name][1] < kept[number][view.name][2] for view in views)
    is_beside = waits and bool(used - {number})
    if SLOTS[number]:
        _make_schema(store, SLOTS[number])
    store.take_slot(number, is_beside=is_beside)
    if (store_facts.find(guard, NEWEST) or "0") != str(number):
        store_facts.write(guard, [(NEWEST, str(number))])
    if is_beside:
        log.info("views_are_built_beside", schema=SLOTS[number] or "that of the log")


def find(store: Store, views: Sequence[View]) -> None:
    """Read the views where they are, if they are anywhere; to be used where nothing is prepared."""
    if isinstance(store, PostgresStore) and store.slot.number is None:
        fitting = [number for number in range(len(SLOTS)) if _fits(views, _kept(store, number))]
        if fitting:
            store.take_slot(fitting[0])


def number_of(store: Store) -> int:
    """Give the slot of a store that was opened."""
    return store.slot.number or 0 if isinstance(store, PostgresStore) else 0


def take(store: Store, number: int) -> None:
    """Keep the views where another process of the same program does."""
    if isinstance(store, PostgresStore):
        store.take_slot(number)


def is_built_beside(store: Store) -> bool:
    """Tell whether the views were begun while another version served, so that nobody waits for them here."""
    return isinstance(store, PostgresStore) and store.slot.is_beside


def drop_unused(store: Store) -> Sequence[str]:
    """Drop the views of a version that nobody uses any more, if this program has chosen its slot after that one.

    Returns:
        The tables that are gone.
    """
    if not isinstance(store, PostgresStore) or store.slot.number is None:
        return ()
    other = 1 - store.slot.number
    with store.reading_log() as connection:
        if not connection.has_table(_tracking(other)):
            return ()
    with closing(store.connect_log()) as guard, closing(store.connect_slot(other)) as connection:
        # Whoever chooses a slot waits for this lock.
        guard.begin()
        try:
            newest = store_facts.find(guard, NEWEST) or "0"
            if newest != str(store.slot.number) or other in {program.slot for program in open_programs(guard)}:
                return ()
            tables = ["views", *(str(row[0]) for row in connection.execute(TABLES))]
            connection.execute(f"DROP TABLE IF EXISTS {', '.join(tables)}")
        finally:
            guard.rollback()
    log.info("views_of_another_version_dropped", tables=len(tables))
    return tables


class UnusedViews:
    """Drops the views of another version now and then, once nobody uses them and those of this one are read."""

    def __init__(self, store: Store, every: float = TIDY_SECONDS) -> None:
        """Look at ``store`` after so many seconds, again and again."""
        self._store = store
        self._every = every
        self._looks_at = monotonic() + every

    def tidy(self, *, is_read: bool) -> None:
        """Drop them, if it is time to look; ``is_read`` says whether the views of this version are.

        Raises:
            StoreDown: if the store cannot be reached.
        """
        if is_read and monotonic() >= self._looks_at:
            self._looks_at = monotonic() + self._every
            drop_unused(self._store)


def _tracking(number: int) -> str:
    return f"{SLOTS[number]}.views" if SLOTS[number] else "views"


def _kept(store: Store, number: int) -> dict[str, tuple[int, int, int]]:
    """Give version, position, and from which position on it may be read, of each view that is in a slot."""
    try:
        with store.reading_log() as connection:
            rows = connection.execute(KEPT + _tracking(number)) if connection.has_table(_tracking(number)) else []
    except TableUnfit:
        # An earlier shape, which whoever prepares the views drops.
        return {}
    return {str(row[0]): (int(row[1] or 0), int(row[2] or 0), int(row[3] or 0)) for row in rows}


def _fits(views: Sequence[View], kept: dict[str, tuple[int, int, int]]) -> bool:
    return _matching(views, kept) == len(views)


def _matching(views: Sequence[View], kept: dict[str, tuple[int, int, int]]) -> int:
    return sum(view.name in kept and kept[view.name][0] == view.version for view in views)


def _make_schema(store: PostgresStore, schema: str) -> None:
    with closing(store.connect_views()) as connection:
        if connection.execute("SELECT to_regnamespace(:schema) IS NOT NULL", {"schema": schema}) == [(True,)]:
            return
        try:
            connection.execute(f"CREATE SCHEMA {schema}")
        except StoreDown as error:
            raise SchemaMismatch(
                f"another version serves its views, and the schema {schema} for those of this one cannot be made "
                f"({error}); run: bitacora migrate, as the owner of the database, or end the other version first"
            ) from error
