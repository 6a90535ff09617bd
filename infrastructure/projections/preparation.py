"""Prepares the tables of the views, and lets views begin anew that are not of this log, or that cannot be read.

A view keeps which event it saw last. If the log has another one at that position, or none, then the view tells of
another log than the one there is: of a newer one than the backup that was put back, for example.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from infrastructure.clock import SystemClock
from infrastructure.event_log import recorder
from infrastructure.event_log.schema import log_identity
from infrastructure.projections import view_slots
from infrastructure.projections.temporal_tables import TRACKING, reset
from infrastructure.store.base import TableUnfit, ViewsDamaged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from application.projections.tables import View
    from infrastructure.store.base import Connection, Store, Value

KNOWN = "SELECT name, version, log, position, last_event FROM views"

log = structlog.get_logger()


def prepare(store: Store, views: Sequence[View]) -> None:
    """Create the tables of the views; those that are not of this log, or of another version, are emptied.

    Those that another version uses are left alone, see ``view_slots``. Views that are damaged are put aside first.

    Raises:
        SchemaMismatch: if there is no place for the views of this version.
    """
    with _guarded(store) as guard:
        view_slots.choose(store, guard, views)
        try:
            _prepare(store, guard, views)
        except ViewsDamaged:
            _put_aside(store)
            _prepare(store, guard, views)
        guard.commit()


def begin_anew(store: Store, views: Sequence[View]) -> None:
    """Empty views, whatever is the matter with them; whoever follows the log builds them again.

    Until then they are not read: what is not known is no answer.
    """
    with _guarded(store) as guard:
        try:
            _empty(store, guard, views)
        except ViewsDamaged:
            _put_aside(store)
            _empty(store, guard, views)


def mend(store: Store, views: Sequence[View]) -> None:
    """Put views aside that were found damaged, and prepare new ones."""
    with _guarded(store) as guard:
        _put_aside(store)
        _prepare(store, guard, views)


def has_diverged(connection: Connection, position: int, last_event: str) -> bool:
    """Tell whether the log has not the event at a position that a view saw there last."""
    return position > 0 and recorder.fingerprint_at(connection, position) != last_event


@contextmanager
def _guarded(store: Store) -> Iterator[Connection]:
    """Hold the lock of the writer, which keeps two processes from creating the same table at once."""
    guard = store.connect_log()
    try:
        guard.begin()
        yield guard
    finally:
        guard.rollback()
        guard.close()


def _put_aside(store: Store) -> None:
    damage = store.damage.views
    aside = store.put_views_aside(SystemClock().now().strftime("%Y%m%dT%H%M%S.%fZ"))
    store.damage.views = None
    log.error("views_begin_anew", error=damage, put_aside=aside)


def _empty(store: Store, guard: Connection, views: Sequence[View]) -> None:
    """Empty views because somebody asked for it, which is nothing to warn of."""
    identity, (end, _) = log_identity(guard), recorder.last(guard)
    connection = store.connect_views()
    try:
        _track(store, connection)
        for view in views:
            reset(store, connection, view, identity, until=end)
    finally:
        connection.close()


def _prepare(store: Store, guard: Connection, views: Sequence[View]) -> None:
    identity, (end, _) = log_identity(guard), recorder.last(guard)
    connection = store.connect_views()
    try:
        _track(store, connection)
        known = {row[0]: row[1:] for row in connection.execute(KNOWN)}
        for view in views:
            reason = _reason(guard, view, identity, known.get(view.name))
            if reason is None:
                continue
            if end:
                log.warning("view_begins_anew", view=view.name, reason=reason)
            reset(store, connection, view, identity, until=end)
    finally:
        connection.close()


def _reason(guard: Connection, view: View, identity: str, row: tuple[Value, ...] | None) -> str | None:
    """Say why a view has to begin anew; None if it has not."""
    if row is None:
        return "it is new"
    version, its_log, position, last_event = row
    if version != view.version:
        return f"it has version {version!r}, not {view.version}"
    if its_log != identity:
        return "it is of another log"
    if has_diverged(guard, int(position or 0), str(last_event)):
        return f"the log has not the event that it saw last, at position {position!r}"
    return None


def _track(store: Store, connection: Connection) -> None:
    """Create the table of positions; one of an earlier shape is dropped, and every view starts again."""
    if connection.has_table("views"):
        try:
            connection.execute("SELECT built, last_event, complete_at FROM views LIMIT 1")
        except TableUnfit:
            connection.execute("DROP TABLE views")
        else:
            return
    connection.execute(TRACKING.format(**store.types))
