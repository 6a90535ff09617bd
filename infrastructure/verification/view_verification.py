"""Builds views anew from the events, beside those that are kept, and compares every row that they ever had."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from infrastructure.event_log.recorder import fingerprint_at
from infrastructure.event_log.schema import log_identity
from infrastructure.projections import view_slots
from infrastructure.projections.past_rows import gone_of
from infrastructure.projections.projector import BATCH, CannotProject, Diverged, Projector
from infrastructure.projections.tallies import counted_at
from infrastructure.projections.temporal_tables import TRACKING, drop, reset, tables_of
from infrastructure.store.base import TableUnfit
from infrastructure.store.sqlite import SQLiteStore
from infrastructure.store.sqlite_connection import SQLiteConnection
from infrastructure.verification.mismatch import CannotVerify, LogMismatch
from infrastructure.verification.view_rows import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from application.projections.tables import View
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection, Store

SUFFIX = "_verified"
"""What the names of the tables have at their end that are compared with the ones that are kept."""
KEPT = "SELECT name, version, log, position, built, last_event FROM views"


class KeptView(NamedTuple):
    """A view, how far it had come when the check began, and which building of it that was."""

    view: View
    position: int
    generation: str


def verify_views(
    store: Store, mapper: TypedMapper, views: Sequence[View], *, advanced: Callable[[int, int], None]
) -> int:
    """Compare views with what the events make of them; the service may go on meanwhile.

    ``advanced`` is told how many events of how many were taken, of all views that are built one after the other.

    Returns:
        How many rows there are.

    Raises:
        LogMismatch: naming the first row that differs: its table, its key, and how.
        CannotVerify: if there are no views, or they are built anew meanwhile.
        StoreDown: if the store cannot be reached.
    """
    view_slots.find(store, views)
    kept = _kept(store, views)
    groups = _groups(kept)
    total = sum(group[0].position for group in groups)
    with _place(store, views) as building:
        projector = Projector(store, mapper, {view.name: view for view in views}, suffix=SUFFIX)
        for group in groups:
            _build(store, projector, building, group, lambda count: advanced(count, total))
        count = sum(_compare(store, building, each) for each in kept)
        if [each.generation for each in _kept(store, views)] != [each.generation for each in kept]:
            raise CannotVerify("a view was built anew meanwhile; try again")
    return count


def _compare(store: Store, building: Connection, kept: KeptView) -> int:
    """Compare the tables of a view, but for what the settings let go of, and give the number of rows."""
    gone = _gone(store, kept)
    try:
        return sum(
            compare(
                store, building, kept.view.name, table, SUFFIX, kept.position, gone if table in kept.view.tables else 0
            )
            for table in tables_of(kept.view)
        )
    except LogMismatch:
        if _gone(store, kept) != gone:
            raise CannotVerify("rows that are no longer kept were dropped meanwhile; try again") from None
        raise


def _gone(store: Store, kept: KeptView) -> int:
    with store.reading_views() as connection:
        return gone_of(connection, kept.view, kept.generation).ended


def _kept(store: Store, views: Sequence[View]) -> list[KeptView]:
    with store.reading_log() as connection:
        identity = log_identity(connection)
        try:
            with store.reading_views() as reading:
                rows = {str(row[0]): row[1:] for row in reading.execute(KEPT)}
        except TableUnfit:
            rows = {}
        found: list[KeptView] = []
        for view in views:
            if view.name not in rows:
                raise CannotVerify(f"there is no view {view.name}: it is built when the server starts")
            version, log, position, generation, last_event = rows[view.name]
            if version != view.version:
                raise CannotVerify(
                    f"the view {view.name} has version {version!r}, and this program's is {view.version}"
                )
            place = int(position or 0)
            if log != identity or (place and fingerprint_at(connection, place) != last_event):
                raise LogMismatch(f"the view {view.name} is of another log than this one", position=place or None)
            found.append(KeptView(view, place, str(generation)))
    return found


def _groups(kept: Sequence[KeptView]) -> list[list[KeptView]]:
    """Let views that have come equally far be built together; one with tallies alone, for the sake of its batches."""
    together: dict[tuple[int, str], list[KeptView]] = {}
    for each in kept:
        together.setdefault((each.position, each.view.name if each.view.tallies else ""), []).append(each)
    return list(together.values())


@contextmanager
def _place(store: Store, views: Sequence[View]) -> Iterator[Connection]:
    """Give a connection to a place with empty tables, whose names have a suffix; nothing is left of them."""
    with store.reading_log() as connection:
        identity = log_identity(connection)
    with TemporaryDirectory(prefix="bitacora-") as folder:
        is_apart = isinstance(store, SQLiteStore)
        connection = (
            SQLiteConnection(Path(folder, "views"), synchronous="OFF", mode="rwc")
            if is_apart
            else store.connect_views()
        )
        try:
            connection.execute(TRACKING.format(**store.types))
            for view in views:
                reset(store, connection, view, identity, suffix=SUFFIX)
            yield connection
        finally:
            connection.rollback()
            if not is_apart:
                for view in views:
                    drop(connection, view, SUFFIX)
            connection.close()


def _build(
    store: Store,
    projector: Projector,
    building: Connection,
    group: Sequence[KeptView],
    advanced: Callable[[int], None],
) -> None:
    """Build some views up to where they had come, in the batches in which their tallies were counted."""
    end, names = group[0].position, tuple(each.view.name for each in group)
    tallies = [tally for each in group for tally in each.view.tallies]
    position, last_event = 0, ""
    while position < end:
        with store.reading_views() as reading:
            counted = min((counted_at(reading, tally, position) or end for tally in tallies), default=end)
        try:
            prepared = projector.prepare(names, position, last_event, _next_cut(position, min(counted, end)))
        except (CannotProject, Diverged) as error:
            raise LogMismatch(
                f"the views {', '.join(names)} cannot be built: {error}", position=position + 1
            ) from error
        if not prepared.count:
            raise LogMismatch(f"the views {', '.join(names)} are at position {end}, and the log ends at {position}")
        building.begin()
        with building.committing():
            prepared.write(building)
        position, last_event = prepared.end, prepared.last_event
        advanced(prepared.count)


def _next_cut(position: int, counted: int) -> int:
    """Cut where the counts were written next; before the batch that ended there, no count has changed."""
    return counted if counted - position <= BATCH else min(position + BATCH, counted - BATCH)
