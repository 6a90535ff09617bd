"""A follower in a process of its own.

Python runs one thread of a process at a time, so that in one process the views are written in the time that commands
lack. The child is woken over its standard input, and reports its positions on its standard output; it ends when its
input does, however this process ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog

from infrastructure.projections import view_slots
from infrastructure.projections.follower import Follower
from infrastructure.projections.view_states import Failure
from infrastructure.projections.yielding import Yielding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.projections.tables import View
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.projections.past_rows import PastRows
    from infrastructure.projections.view_states import ViewState
    from infrastructure.store.base import Store

MODULE = "infrastructure.projections.follower_main"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
"""How long to wait before the child is started again; the wait doubles each time, until the child works."""
STOP_SECONDS = 5.0
"""How long the child may take to end, before it is killed."""
AHEAD_SECONDS = 5.0
"""How long the positions of this process count while a new child is still behind them."""
SILENCE_SECONDS = 30.0
"""After how long without a report the child is considered to hang, and killed."""
WAKE = b"."

log = structlog.get_logger()


class FollowerProcess(Follower):
    """Follows in a child ``process``, an id; until it works, or after it has ended, in this process.

    ``is_apart`` says whether the child follows now.
    """

    def __init__(
        self, store: Store, mapper: TypedMapper, views: Sequence[View], *, database: str, past: PastRows | None = None
    ) -> None:
        """Follow the log of ``store``, which a child finds by the URL ``database``; this process drops the ``past``."""
        super().__init__(store, mapper, views, past=past)
        self._database = database
        self._supervisor = threading.Thread(target=self._supervise, name="supervisor", daemon=True)
        self._lock = threading.Lock()
        self._wake_pipe: int | None = None
        self._reported_at = 0.0
        self._ahead: dict[str, int] = {}
        self._epochs: dict[str, str] = {}
        self._ahead_until = 0.0
        self.is_apart = False
        self.process: int | None = None

    def start(self) -> None:
        """Start to follow in this process, and start the child that takes over."""
        super().start()
        self._supervisor.start()

    def stop(self) -> None:
        """End the child, and stop after the current batch."""
        self._stopping.set()
        self._close_wake_pipe()
        if self._supervisor.is_alive():
            self._supervisor.join(STOP_SECONDS)
            self._kill()
            self._supervisor.join()
        super().stop()

    def wake(self, position: int = 0) -> None:
        """Wake the follower: there are new events."""
        if not self.is_apart:
            super().wake(position)
            return
        # Under the lock: once the pipe is closed, its number may be that of another file.
        with self._lock, suppress(OSError):
            if self._wake_pipe is not None:
                # A full pipe wakes the child as well.
                os.write(self._wake_pipe, WAKE)

    def _step(self, *, gives_way: bool = False) -> int:
        if gives_way and self.is_apart:
            # What readers of this process have found, the child may not come upon.
            self._mend()
            if monotonic() - self._reported_at > SILENCE_SECONDS:
                log.warning("follower_process_silent")
                self._kill()
            return 0
        return super()._step(gives_way=gives_way)

    def _supervise(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            began = monotonic()
            try:
                self._listen_to_child()
            except Exception:  # an edge: whatever is wrong with the child, this process follows the views
                log.exception("follower_process_failed")
            finally:
                self.is_apart = False
                self.process = None
                # What the child saw last may be lost, if it ended because the store was away.
                self._doubts = True
                self._epochs = {}
            super().wake()
            if not self._stopping.is_set():
                log.warning("follower_process_ended", again_in=pause)
                self._stopping.wait(pause)
                lived = monotonic() - began > LONGEST_PAUSE_SECONDS
                pause = FIRST_PAUSE_SECONDS if lived else min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _listen_to_child(self) -> None:
        with begin_child() as child:
            if child.stdin is None or child.stdout is None:
                return
            self.process, self._reported_at = child.pid, monotonic()
            try:
                # The URL can hold a password, which everybody could read in a list of processes.
                child.stdin.write(f"{self._database}\n{view_slots.number_of(self._store)}\n".encode())
                child.stdin.flush()
                os.set_blocking(child.stdin.fileno(), False)
                with self._lock:
                    self._wake_pipe = os.dup(child.stdin.fileno())
                child.stdin.close()
                if self._stopping.is_set():
                    self._close_wake_pipe()
                for line in child.stdout:
                    self._apply(json.loads(line))
            finally:
                self._close_wake_pipe()
                with suppress(subprocess.TimeoutExpired):
                    child.wait(STOP_SECONDS)
                child.kill()

    def _kill(self) -> None:
        process = self.process
        if process is not None:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def _apply(self, report: Mapping[str, Any]) -> None:
        """Apply a report of the child; where it is still behind what this process has done, that counts for a while."""
        now = monotonic()
        if not self.is_apart:
            self._ahead, self._ahead_until = dict(self.positions), now + AHEAD_SECONDS
        for name, view in report["views"].items():
            # A child that has only just begun has not read the row.
            if name in self.states and view["generation"]:
                self._apply_state(self.states[name], name, view)
        self.failed = {name: Failure(*failure) for name, failure in report["failed"].items()}
        self._store.damage.log = report["log_damage"] or self._store.damage.log
        self._reported_at = monotonic()
        # One that waits for the store has read nothing yet, and this process may find it first.
        if not self.is_apart and any(view["generation"] for view in report["views"].values()):
            # What was seen of other processes was seen while this one updated the views.
            self._turns = Yielding()
            self.is_apart = True
        for listener in self._listeners:
            listener(self.position)

    def _apply_state(self, state: ViewState, name: str, view: Mapping[str, Any]) -> None:
        now, (position, last_event) = monotonic(), view["stand"]
        if view["epoch"] != self._epochs.setdefault(name, view["epoch"]):
            self._epochs[name] = view["epoch"]
            state.begin_epoch()
        is_anew = view["generation"] != state.generation
        if is_anew or position >= self._ahead.get(name, 0) or now > self._ahead_until:
            self._ahead.pop(name, None)
        state.changed = view["changed"] if is_anew else max(state.changed, view["changed"])
        # In this order, as in ViewState.note.
        state.generation, state.complete_at = view["generation"], view["complete_at"]
        if name not in self._ahead:
            state.stand = position, last_event
        if view["age"] is not None:
            state.confirm(now - view["age"])

    def _close_wake_pipe(self) -> None:
        with self._lock:
            pipe, self._wake_pipe = self._wake_pipe, None
            if pipe is not None:
                os.close(pipe)


def begin_child() -> subprocess.Popen[bytes]:
    """Begin the child, with pipes for what it reads and what it writes."""
    # Without the working directory in its path, whose modules are not ours.
    command = [sys.executable, "-P", "-m", MODULE]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own module, without a shell


def report_of(follower: Follower, store: Store) -> dict[str, Any]:
    """Make the report on a follower; ages are in seconds."""
    return {
        "views": {name: state.report() for name, state in follower.states.items()},
        "failed": follower.failed,
        "log_damage": store.damage.log,
    }
