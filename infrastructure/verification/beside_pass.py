"""Checks that one statement of the database can make, on another thread beside the pass through the rows.

While a database works on a statement, Python works on; on SQLite these two take as long as half a pass.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infrastructure.backup import require_intact
from infrastructure.store.base import LogDamaged, StoreNotRestored
from infrastructure.store.sqlite_connection import SQLiteConnection
from infrastructure.verification.mismatch import LogMismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infrastructure.store.base import Connection, Store

# The index of the streams has both columns, so that no row is read and nothing is sorted on SQLite.
BROKEN_CHAIN = """
    SELECT position, originator_id, originator_version, earlier, before FROM (
        SELECT position, originator_id, originator_version,
            lag(originator_version) OVER stream AS earlier, lag(position) OVER stream AS before
        FROM stored_events WINDOW stream AS (PARTITION BY originator_id ORDER BY originator_version)) AS streams
    WHERE originator_version <> coalesce(earlier, 0) + 1 OR before > position ORDER BY position LIMIT 1
"""

Found = list[LogMismatch]


@contextmanager
def checked_beside(store: Store) -> Iterator[Callable[[], Found]]:
    """Begin to check the versions of each aggregate, and the file of the database; what is given waits for the end.

    It is of another moment than what is read meanwhile, which makes no difference: a log only grows.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="verify") as beside:
        yield beside.submit(_check, store).result


def _check(store: Store) -> Found:
    with store.reading_log() as connection, connection.snapshot():
        try:
            return [*_broken_chain(connection), *_damage(connection)]
        except LogDamaged as error:
            return [LogMismatch(f"the database is damaged: {error}")]


def _broken_chain(connection: Connection) -> Iterator[LogMismatch]:
    for position, id, version, earlier, before in connection.execute(BROKEN_CHAIN):
        wrong = f"version {earlier!r} of it stands at position {before!r}" if earlier else "no earlier one is there"
        yield LogMismatch(
            f"position {position!r}: it is version {version!r} of {id!s}, and {wrong}", position=int(position or 0)
        )


def _damage(connection: Connection) -> Iterator[LogMismatch]:
    if isinstance(connection, SQLiteConnection):
        try:
            require_intact(connection)
        except StoreNotRestored as error:
            yield LogMismatch(f"the database is damaged: {error}")
