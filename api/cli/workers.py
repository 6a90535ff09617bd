"""Several processes that answer on one port: a parent that begins them, and replaces one that ends.

A worker is a fork of the parent, which has loaded the program and opened nothing but the port. The first one is begun
alone: what keeps it from serving is said once, and ends the parent. The others follow when it serves.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from infrastructure.process_tuning import freeze_gc

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = Callable[[int, Callable[[], None]], int]
    """What a worker does: it gets its number, from 0 on, and what to call when it serves, and gives its status."""

ENDING = (signal.SIGTERM, signal.SIGINT)
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
"""How long to wait before a worker is replaced that never served; the wait doubles each time."""
FAILED = 1

log = structlog.get_logger()


@dataclass
class Worker:
    """A process with its number, and the pipe that it writes to when it serves, and that is closed when it ends."""

    number: int
    pid: int
    pipe: int
    serves: bool = False


class Workers:
    """The workers of one parent."""

    def __init__(self, count: int, work: Work) -> None:
        """Let so many processes ``work``."""
        self._count = count
        self._work = work
        self._running: dict[int, Worker] = {}
        self._due: dict[int, float] = {}
        self._pauses: dict[int, float] = {}
        self._statuses: list[int] = []
        self._signals: list[int] = []
        self._ended_by: int | None = None
        self._has_served = False
        # The parent keeps one end open for as long as it lives: workers see at the other that it has ended.
        self._alive = os.pipe()
        self._wake = os.pipe()

    def run(self) -> int:
        """Serve until a signal ends it, and give the worst status of a worker.

        If the first one ends before it serves, all is ended, and its status is given.
        """
        freeze_gc()
        for each in self._wake:
            os.set_blocking(each, False)
        before = signal.set_wakeup_fd(self._wake[1])
        handlers = {each: signal.signal(each, lambda number, _: self._signals.append(number)) for each in ENDING}
        try:
            self._begin(0)
            while self._running or self._due:
                self._look()
        finally:
            signal.set_wakeup_fd(before)
            for each, handler in handlers.items():
                signal.signal(each, handler)
        return max(self._statuses, default=0)

    def end_as_signalled(self) -> None:
        """End by the signal that has ended the workers, if all of them ended well.

        As a server that is alone does, so that whoever has begun it sees which one that was.
        """
        if self._ended_by is not None and not any(self._statuses):
            signal.raise_signal(self._ended_by)

    def _look(self) -> None:
        """Wait until something happens, and act on it."""
        soonest = min(self._due.values(), default=None)
        pause = None if soonest is None else max(0.0, soonest - monotonic())
        pipes = {worker.pipe: worker for worker in self._running.values()}
        ready, _, _ = select.select([self._wake[0], *pipes], [], [], pause)
        with suppress(BlockingIOError):
            os.read(self._wake[0], 64)
        while self._signals:
            self._end(self._signals.pop(0))
        for pipe in ready:
            if pipe in pipes:
                self._hear(pipes[pipe])
        for number in [number for number, due in self._due.items() if due <= monotonic()]:
            del self._due[number]
            self._begin(number)

    def _hear(self, worker: Worker) -> None:
        if not os.read(worker.pipe, 1):
            self._ended(worker)
            return
        worker.serves = self._has_served = True
        self._pauses.pop(worker.number, None)
        if self._ended_by is None:
            for number in range(self._count):
                if number not in self._running and number not in self._due:
                    self._begin(number)

    def _ended(self, worker: Worker) -> None:
        os.close(worker.pipe)
        _, how = os.waitpid(worker.pid, 0)
        status = os.waitstatus_to_exitcode(how)
        del self._running[worker.number]
        if self._ended_by is not None:
            # One that was ended by the signal has ended well.
            self._statuses.append(0 if -status in ENDING else _as_shells_give(status))
            return
        if not self._has_served:
            self._statuses.append(_as_shells_give(status) or FAILED)
            return
        pause = 0.0
        if not worker.serves:
            pause = self._pauses.get(worker.number, FIRST_PAUSE_SECONDS)
            self._pauses[worker.number] = min(2 * pause, LONGEST_PAUSE_SECONDS)
        log.warning("worker_ended", worker=worker.number, pid=worker.pid, status=status)
        self._due[worker.number] = monotonic() + pause

    def _begin(self, number: int) -> None:
        if self._ended_by is not None:
            return
        hears, tells = os.pipe()
        # Nothing that waits to be written is written once more by the child.
        sys.stdout.flush()
        sys.stderr.flush()
        # A signal that comes meanwhile waits until parent and child each know what to do with it.
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        pid = os.fork()
        if pid == 0:
            self._become_worker(number, tells)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        os.close(tells)
        self._running[number] = Worker(number, pid, hears)

    def _become_worker(self, number: int, tells: int) -> None:
        status = FAILED
        try:
            signal.set_wakeup_fd(-1)
            for each in ENDING:
                signal.signal(each, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
            for file in (self._alive[1], *self._wake, *(worker.pipe for worker in self._running.values())):
                os.close(file)
            threading.Thread(target=self._end_with_parent, name="parent", daemon=True).start()
            status = self._work(number, lambda: _tell(tells))
        finally:
            # Nothing of the parent is cleaned up by its child.
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _end_with_parent(self) -> None:
        os.read(self._alive[0], 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _end(self, by: int) -> None:
        self._ended_by = by
        self._due.clear()
        for worker in self._running.values():
            os.kill(worker.pid, by)


def _as_shells_give(status: int) -> int:
    return 128 - status if status < 0 else status


def _tell(pipe: int) -> None:
    # A parent that was killed hears nothing.
    with suppress(BrokenPipeError):
        os.write(pipe, b".")
