"""The lock beside a file: who uses the store shares it, and who replaces the store has it alone.

The system gives up the lock of a process that ends, however it ends, so that a crashed service holds nobody up. It has
a file of its own: that of the log is replaced, and SQLite loses its own locks on a file that is closed elsewhere.
"""

from __future__ import annotations

import errno
import fcntl
import os
import weakref
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING

from infrastructure.store.base import IN_USE, StoreBusy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRIVATE = 0o600
"""The mode of files that are created: they are for nobody but their owner."""
NOT_OURS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT})
"""The errors of a place in which this process can write nothing."""


class FileLock:
    """A lock that processes share, or that one has alone."""

    def __init__(self, path: Path, *, beside: Path) -> None:
        """Name its file, which stays when nobody has the lock; it belongs to whom the file ``beside`` belongs to."""
        self._path = path
        self._beside = beside
        self._gate = Lock()
        self._held: weakref.finalize[[int], FileLock] | None = None

    def share(self) -> None:
        """Share it until ``release``; where nothing can be written there is nothing to keep away.

        Raises:
            StoreBusy: if another process has it alone.
        """
        with self._gate:
            if self._held is not None:
                return
            try:
                self._acquire(fcntl.LOCK_SH)
            except BlockingIOError:
                raise StoreBusy(f"the store is being restored; {self._path} is locked") from None
            except OSError as error:
                if error.errno not in NOT_OURS:
                    raise

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have it alone; inside, ``share`` does nothing.

        Raises:
            StoreBusy: if another one shares it, in this process or elsewhere.
        """
        with self._gate:
            try:
                self._acquire(fcntl.LOCK_EX)
            except BlockingIOError:
                raise StoreBusy(IN_USE) from None
        try:
            yield
        finally:
            self.release()

    def release(self) -> None:
        """Give it up."""
        with self._gate:
            if self._held is not None:
                self._held()
                self._held = None

    def _acquire(self, kind: int) -> None:
        try:
            # A file that another user has made can be locked, too.
            file = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            file = os.open(self._path, os.O_RDONLY | os.O_CREAT, PRIVATE)
            with suppress(OSError):
                # Whoever serves could not lock a file of root, and would not notice.
                os.fchown(file, self._beside.stat().st_uid, self._beside.stat().st_gid)
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            raise
        self._held = weakref.finalize(self, os.close, file)
