"""Puts a backup in the place of the store, or adopts a store that was restored by other means."""

from __future__ import annotations

import os
import shutil
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from application.errors import SchemaMismatch
from application.registry import VIEWS
from infrastructure.backup import make_durable, require_intact, require_same
from infrastructure.event_log.schema import migrate
from infrastructure.log_check import contains, read_end, require_sound
from infrastructure.projections.preparation import begin_anew
from infrastructure.store.base import StoreDown, StoreNotRestored, instant
from infrastructure.store.sqlite import SQLiteStore
from infrastructure.store.sqlite_connection import SQLiteConnection

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from infrastructure.backup import CopyProgress
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.log_check import LogEnd
    from infrastructure.store.base import Connection, Store


def begin_views_anew(store: Store) -> None:
    """Let the next program that follows the log build every view from the first event."""
    begin_anew(store, VIEWS)


AFTER_RESTORE: tuple[Callable[[Store], None], ...] = (migrate, begin_views_anew)
"""What is done with a log that is sound and in its place, in this order; each step can be done again."""


def restore(
    store: SQLiteStore, file: Path, mapper: TypedMapper, now: datetime, progress: CopyProgress, *, force: bool
) -> tuple[int, Path | None]:
    """Let a copy of ``file`` take the place of the store, whose log is put aside; with ``force`` also of a newer one.

    Returns:
        The position of the last event, and the file of the log that was there.

    Raises:
        StoreBusy: if a program has the store open.
        StoreNotRestored: if the file is no sound log of this program, or the store there may have events that the file
            does not have; nothing has changed then.
        StoreDown: if the store cannot be written.
    """
    if store.path.exists() and file.samefile(store.path):
        raise StoreNotRestored(f"{file} is the store itself")
    place = store.path.resolve()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with store.alone():
            if not force:
                _require_older(place, file)
            copy = place.with_name(f"{place.name}-restoring")
            copy.unlink(missing_ok=True)
            try:
                end = _copy(file, copy, progress)
                require_same(copy, end)
                with closing(SQLiteConnection(copy, mode="ro")) as connection:
                    _require_sound(connection, mapper, progress)
                aside = _swap(store, place, copy, now)
            finally:
                copy.unlink(missing_ok=True)
            _finish(store)
    except OSError as error:
        raise StoreDown(f"cannot restore into {place}: {error}") from error
    return end.position, aside


def adopt(store: Store, mapper: TypedMapper, progress: CopyProgress) -> int:
    """Check a log that was put in its place by other means, and do what belongs to a restore.

    Returns:
        The position of the last event.

    Raises:
        StoreBusy: if a program has the store open.
        StoreNotRestored: if it is no sound log of this program.
        StoreDown: if the store cannot be reached.
    """
    with store.alone():
        with store.reading_log() as connection:
            if isinstance(connection, SQLiteConnection):
                require_intact(connection)
            position = _require_sound(connection, mapper, progress)
        _finish(store)
    return position


def _finish(store: Store) -> None:
    for step in AFTER_RESTORE:
        step(store)


def _require_older(place: Path, file: Path) -> None:
    if not place.exists():
        return
    try:
        with closing(SQLiteConnection(place, mode="ro")) as there:
            end = read_end(there)
    except SchemaMismatch as error:
        raise StoreNotRestored(f"{place} is there: {error}; with --force it is put aside all the same") from error
    except StoreDown as error:
        raise StoreNotRestored(
            f"the store there cannot be read, so it may have events that {file} does not have ({error}); "
            "with --force it is put aside all the same"
        ) from error
    with closing(_open(file)) as connection:
        if not contains(connection, end):
            position = read_end(connection).position
            raise StoreNotRestored(
                f"the store there is newer: it ends at position {end.position} with an event that {file} does not "
                f"have, which ends at {position}; with --force it is put aside all the same"
            )


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
