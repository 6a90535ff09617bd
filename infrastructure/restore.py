"""Puts a backup in the place of the store, or adopts a store that was restored by other means."""

from __future__ import annotations

import os
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from application.errors import SchemaMismatch
from application.registry import VIEWS
from infrastructure.backup import make_durable, require_intact, require_same
from infrastructure.checkpoints.known_checkpoints import KnownCheckpoints, ReplacedLog
from infrastructure.checkpoints.restored_log import Comparison
from infrastructure.delivery.after_restore import hold_deliveries_back
from infrastructure.event_log.schema import log_identity
from infrastructure.log_check import contains, read_end, require_sound
from infrastructure.projections.preparation import begin_anew
from infrastructure.roles import create_tables
from infrastructure.store.base import StoreDown, StoreNotRestored, instant
from infrastructure.store.sqlite import SQLiteStore
from infrastructure.store.sqlite_connection import SQLiteConnection
from infrastructure.stored_sessions import end_all_sessions

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from infrastructure.backup import CopyProgress
    from infrastructure.checkpoints.restored_log import Continuation
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.log_check import LogEnd
    from infrastructure.settings import Settings
    from infrastructure.store.base import Connection, Store


def begin_views_anew(_owner: Store, store: Store) -> None:
    """Let the next program that follows the log build every view from the first event."""
    begin_anew(store, VIEWS)


AFTER_RESTORE: tuple[Callable[[Store, Store], None], ...] = (
    create_tables,
    begin_views_anew,
    hold_deliveries_back,
    end_all_sessions,
)
"""What is done with a log that is sound and in its place, in this order; each step can be done again."""


@dataclass(frozen=True, kw_only=True)
class RestoreOptions:
    """With ``force`` a log takes the place of a newer one, or of one of another history; see ``KnownCheckpoints``."""

    settings: Settings
    checkpoint: Path | None = None
    """A file with the newest checkpoint of the log."""
    force: bool = False


@dataclass(frozen=True, kw_only=True)
class RestoredStore:
    """The position of the last event, the file of the log that was there, and how the log goes on."""

    position: int
    aside: Path | None
    continuation: Continuation


def restore(
    store: SQLiteStore,
    file: Path,
    mapper: TypedMapper,
    now: datetime,
    progress: CopyProgress,
    *,
    options: RestoreOptions,
) -> RestoredStore:
    """Let a copy of ``file`` take the place of the store, whose log is put aside.

    Raises:
        StoreBusy: if a program has the store open.
        StoreNotRestored: if the file is no sound log of this program, the store there may have events that the file
            does not have, or a checkpoint tells of another history; nothing has changed then.
        StoreDown: if the store cannot be written.
    """
    if store.path.exists() and file.samefile(store.path):
        raise StoreNotRestored(f"{file} is the store itself")
    place = store.path.resolve()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with store.alone():
            replaced = _look_at(place, file, force=options.force)
            copy = place.with_name(f"{place.name}-restoring")
            copy.unlink(missing_ok=True)
            try:
                end = _copy(file, copy, progress)
                require_same(copy, end)
                with closing(SQLiteConnection(copy, mode="ro")) as connection:
                    _require_sound(connection, mapper, progress)
                    continuation = _compare(connection, replaced, options)
                _note(copy, continuation)
                aside = _swap(store, place, copy, now)
            finally:
                copy.unlink(missing_ok=True)
            _finish(store, store)
    except OSError as error:
        raise StoreDown(f"cannot restore into {place}: {error}") from error
    return RestoredStore(position=end.position, aside=aside, continuation=continuation)


def adopt(
    owner: Store, store: Store, mapper: TypedMapper, progress: CopyProgress, *, options: RestoreOptions
) -> RestoredStore:
    """Check a log that was put in its place by other means, and do what belongs to a restore.

    ``owner`` is the store as the role sees it that owns the tables, ``store`` as the service does.

    Raises:
        StoreBusy: if a program has the store open.
        StoreNotRestored: if it is no sound log of this program, or a checkpoint tells of another history.
        StoreDown: if the store cannot be reached.
    """
    with owner.alone():
        with owner.reading_log() as reading:
            if isinstance(reading, SQLiteConnection):
                require_intact(reading)
            position = _require_sound(reading, mapper, progress)
            continuation = _compare(reading, None, options)
        with closing(owner.connect_log()) as connection:
            continuation.note(connection)
        _finish(owner, store)
    return RestoredStore(position=position, aside=None, continuation=continuation)


def _finish(owner: Store, store: Store) -> None:
    for step in AFTER_RESTORE:
        step(owner, store)


def _look_at(place: Path, file: Path, *, force: bool) -> ReplacedLog | None:
    """Read what the log that is there says of itself; None if there is none, or none that can be read."""
    if not place.exists():
        return None
    try:
        with closing(SQLiteConnection(place, mode="ro")) as there:
            end = read_end(there)
            replaced = ReplacedLog.read(there, end)
    except SchemaMismatch as error:
        if force:
            return None
        raise StoreNotRestored(f"{place} is there: {error}; with --force it is put aside all the same") from error
    except StoreDown as error:
        if force:
            return None
        raise StoreNotRestored(
            f"the store there cannot be read, so it may have events that {file} does not have ({error}); "
            "with --force it is put aside all the same"
        ) from error
    with closing(_open(file)) as connection:
        if not force and not contains(connection, end):
            position = read_end(connection).position
            raise StoreNotRestored(
                f"the store there is newer: it ends at position {end.position} with an event that {file} does not "
                f"have, which ends at {position}; with --force it is put aside all the same"
            )
        return replaced if end.log == log_identity(connection) else None


def _compare(log: Connection, replaced: ReplacedLog | None, options: RestoreOptions) -> Continuation:
    known = KnownCheckpoints(options.settings, options.checkpoint, replaced)
    comparison = Comparison(log, options.settings.origin, known, replaced)
    return comparison.decide(has_all=replaced is not None and contains(log, replaced.end), force=options.force)


def _note(copy: Path, continuation: Continuation) -> None:
    """Note in a file how its log goes on, and leave it the one file that it is."""
    with closing(SQLiteConnection(copy)) as connection:
        continuation.note(connection)
        connection.put_together()


def _open(file: Path) -> SQLiteConnection:
    try:
        connection = SQLiteConnection(file, mode="ro")
    except StoreDown as error:
        raise StoreNotRestored(f"{file} is no log of Bitácora, or is damaged: {error}") from error
    try:
        read_end(connection)
    except (SchemaMismatch, StoreDown) as error:
        connection.close()
        raise StoreNotRestored(f"{file} is no log that can be restored: {error}") from error
    return connection


def _copy(file: Path, copy: Path, progress: CopyProgress) -> LogEnd:
    with closing(_open(file)) as source:
        try:
            source.execute("BEGIN")
            end = read_end(source)
            source.copy_to(copy, copied=progress.copied)
        except StoreDown as error:
            raise StoreNotRestored(f"{file} cannot be copied: {error}") from error
    return end


def _require_sound(connection: Connection, mapper: TypedMapper, progress: CopyProgress) -> int:
    progress.began_to_read(read_end(connection).position)
    return require_sound(connection, mapper, advanced=progress.advanced)


def _swap(store: SQLiteStore, place: Path, copy: Path, now: datetime) -> Path | None:
    """Let the copy take the name of the log in one step; whenever this ends, there is a whole log of that name."""
    # Before the log: views without a log are built anew, while a log with the views of another one would be a lie.
    store.forget_views()
    aside = None
    if place.exists():
        aside = place.with_name(f"{place.name}-replaced-{instant(now).replace(':', '')}")
        shutil.copymode(place, copy)
        with suppress(OSError):
            # Who restores may be another user than the one who serves.
            os.chown(copy, place.stat().st_uid, place.stat().st_gid)
        try:
            os.link(place, aside)
        except OSError:
            # Some file systems have no links.
            place.rename(aside)
        for end in ("-wal", "-shm"):
            # Only a damaged log still has them.
            with suppress(FileNotFoundError):
                Path(f"{place}{end}").rename(f"{aside}{end}")
    make_durable(copy)
    copy.replace(place)
    make_durable(place.parent)
    return aside
