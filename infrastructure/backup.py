"""Backs up the log of an SQLite store into one file, also while a service writes it."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from application.errors import AlreadyExists
from infrastructure.log_check import LogEnd, read_end, require_sound
from infrastructure.store.base import StoreDown, StoreNotRestored
from infrastructure.store.sqlite_connection import SQLiteConnection

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.sqlite import SQLiteStore


@dataclass(frozen=True, kw_only=True)
class CopyProgress:
    """Who is told how far a copy has come."""

    copied: Callable[[int, int], None]
    """Gets the bytes so far, and of how many."""
    began_to_read: Callable[[int], None]
    """Gets the number of events that are read back."""
    advanced: Callable[[int], None]
    """Gets the number of events of each section that was read."""


def back_up(store: SQLiteStore, file: Path, mapper: TypedMapper, progress: CopyProgress) -> LogEnd:
    """Copy the log into a new ``file``, which appears when it is whole, and read it back.

    Raises:
        AlreadyExists: if there is such a file.
        StoreDown: if the store cannot be read or the file cannot be written.
        StoreNotRestored: if the copy is not the log, or the log has an event that cannot be read; in the latter case
            the file stays.
    """
    try:
        end = _write(store, file, progress)
    except OSError as error:
        raise StoreDown(f"cannot write {file}: {error}") from error
    progress.began_to_read(end.position)
    reading = SQLiteConnection(file, mode="ro")
    try:
        require_sound(reading, mapper, advanced=progress.advanced)
    except StoreNotRestored as error:
        raise StoreNotRestored(f"{file} was written, but cannot be restored: {error}") from error
    finally:
        reading.close()
    return end


def _write(store: SQLiteStore, file: Path, progress: CopyProgress) -> LogEnd:
    # Beside it, so that it gets its name in one step; the name begins with a dot, because it is not a backup yet.
    number, name = mkstemp(dir=file.parent, prefix=f".{file.name}-")
    os.close(number)
    copy = Path(name)
    try:
        end = _copy(store, copy, progress.copied)
        require_same(copy, end)
        make_durable(copy)
        _name(copy, file)
    finally:
        copy.unlink(missing_ok=True)
    return end


def require_same(copy: Path, end: LogEnd) -> None:
    """Read a copy back.

    Raises:
        StoreNotRestored: if it is damaged, or does not end like the original.
    """
    reading = SQLiteConnection(copy, mode="ro")
    try:
        require_intact(reading)
        if read_end(reading) != end:
            raise StoreNotRestored("the copy does not end like the log, so the disk cannot be trusted")
    finally:
        reading.close()


def require_intact(connection: SQLiteConnection) -> None:
    """Read every page of a file.

    Raises:
        StoreNotRestored: if one is damaged.
    """
    found = str(connection.execute("PRAGMA integrity_check(1)")[0][0])
    if found != "ok":
        raise StoreNotRestored(f"the file is damaged: {found}")


def make_durable(path: Path) -> None:
    """Wait until a file, or the names in a folder, survive a loss of power."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _copy(store: SQLiteStore, copy: Path, copied: Callable[[int, int], None]) -> LogEnd:
    source = store.connect_log()
    try:
        # All that was acknowledged before is seen, and nothing that others commit meanwhile.
        source.execute("BEGIN")
        end = read_end(source)
        source.copy_to(copy, copied=copied)
    finally:
        source.rollback()
        source.close()
    return end


def _name(copy: Path, file: Path) -> None:
    try:
        # Unlike a renaming, it fails if there is such a file by now.
        os.link(copy, file)
    except FileExistsError:
        raise AlreadyExists(f"{file} exists; name a new file") from None
    except OSError:
        # Some file systems have no links.
        copy.replace(file)
    with suppress(OSError):
        make_durable(file.absolute().parent)
