"""The child process that keeps the views; it is told the URL of the store and the slot of the views on its input."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from application.registry import VIEWS, event_types
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.logging import log_plainly
from infrastructure.process_tuning import freeze_gc, raise_gc_thresholds, short_switch_interval
from infrastructure.projections import view_slots
from infrastructure.projections.follower import Follower
from infrastructure.projections.follower_process import report_of
from infrastructure.store.base import StoreDown
from infrastructure.store.factory import open_store

if TYPE_CHECKING:
    from infrastructure.store.base import Store

PULSE_SECONDS = 0.1
"""How often to report at least, so that the server knows that the child works."""
WAKE_BYTES = 65_536


class Reporter:
    """Reports to the server which positions the views have reached, as soon as that changes."""

    def __init__(self, follower: Follower, store: Store, pipe: int) -> None:
        """Report on ``follower`` of ``store`` to ``pipe``."""
        self._follower = follower
        self._store = store
        self._pipe = pipe
        self._sent: object = None
        self._sent_at = 0.0
        self._lock = threading.Lock()

    def report(self, _position: int) -> None:
        """Report, if there is anything new; one thread at a time."""
        # A server that has gone has closed its end of the pipe; the end of the input follows.
        with self._lock, suppress(BrokenPipeError):
            self._report()

    def _report(self) -> None:
        views = [(each.position, each.changed, each.generation) for each in self._follower.states.values()]
        state = (views, dict(self._follower.failed))
        if state == self._sent and monotonic() - self._sent_at < PULSE_SECONDS:
            return
        os.write(self._pipe, json.dumps(report_of(self._follower, self._store)).encode() + b"\n")
        self._sent, self._sent_at = state, monotonic()


def main() -> None:
    """Follow until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # They reach every process of a group; this one ends with the server, after its current batch.
        signal.signal(number, signal.SIG_IGN)
    pipe = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    log_plainly()
    raise_gc_thresholds()
    store, slot = open_store(_line()), int(_line())
    with suppress(StoreDown):
        # It is taken once more as soon as there is a connection.
        view_slots.take(store, slot)
    follower = Follower(store, TypedMapper(event_types()), VIEWS)
    reporter = Reporter(follower, store, pipe)
    follower.on_progress(reporter.report)
    follower.start()
    freeze_gc()
    try:
        with short_switch_interval():
            _report_until_the_end(follower, reporter)
    finally:
        follower.stop()
        store.close()


def _line() -> str:
    return sys.stdin.buffer.readline().decode().rstrip("\n")


def _report_until_the_end(follower: Follower, reporter: Reporter) -> None:
    while True:
        readable, _, _ = select.select([sys.stdin], [], [], PULSE_SECONDS)
        if readable and not os.read(sys.stdin.fileno(), WAKE_BYTES):
            return
        if readable:
            follower.wake()
        reporter.report(follower.position)


if __name__ == "__main__":
    main()
