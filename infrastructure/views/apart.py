"""A follower in a process of its own.

Python runs one thread of a process at a time, so that in one process the views are written in the time that commands
lack. The child is told of commits over its standard input, and tells how far it has come on its standard output; it
ends when its input does, however this process ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog

from infrastructure.views.follower import Follower

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.projections.rows import View
    from infrastructure.log.mapper import TypedMapper
    from infrastructure.log.tail import Tail
    from infrastructure.store.base import Store

MODULE = "infrastructure.following"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
"""How long to wait before the child is started anew; each time twice as long, until it works."""
STOP_SECONDS = 5.0
SOMETHING = b"."

log = structlog.get_logger()


class FollowerApart(Follower):
    """Follows in a ``process`` of its own, named by its id; until that is there, or when it has gone, in this one."""

    def __init__(self, store: Store, mapper: TypedMapper, views: Sequence[View], *, tail: Tail, database: str) -> None:
        """Follow the log of ``store``, which a child finds by the URL ``database``."""
        super().__init__(store, mapper, views, tail=tail)
        self._database = database
        self._attendant = threading.Thread(target=self._attend, name="attendant", daemon=True)
        self._ears: int | None = None
        self._is_apart = False
        self.process: int | None = None

    @property
    def is_apart(self) -> bool:
        """Whether the child follows now."""
        return self._is_apart

    def start(self) -> None:
        """Begin to follow here, and start the child that takes it over."""
        super().start()
        self._attendant.start()

    def stop(self) -> None:
        """Let the child end, and stop after the batch of now."""
        self._stopping = True
        self._close_ears()
        if self._attendant.is_alive():
            self._attendant.join()
        super().stop()

    def wake(self, position: int = 0) -> None:
        """Say that there is something new."""
        ears = self._ears
        if self._is_apart and ears is not None:
            # A pipe that is full holds more than enough to wake it.
            with suppress(BlockingIOError, OSError):
                os.write(ears, SOMETHING)
        else:
            super().wake(position)

    def _step(self, *, gives_way: bool = False) -> int:
        return 0 if gives_way and self._is_apart else super()._step(gives_way=gives_way)

    def _attend(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping:
            began = monotonic()
            try:
                self._listen_to_child()
            except (OSError, ValueError):
                log.exception("follower_process_failed")
            self._is_apart = False
            super().wake()
            if not self._stopping:
                log.warning("follower_process_ended", again_in=pause)
                self._pause(pause)
                lived = monotonic() - began > LONGEST_PAUSE_SECONDS
                pause = FIRST_PAUSE_SECONDS if lived else min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _listen_to_child(self) -> None:
        command = [sys.executable, "-m", MODULE]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:  # noqa: S603 - our own module, without a shell
            if child.stdin is None or child.stdout is None:
                return
            self.process = child.pid
            try:
                # The URL can hold a password, which everybody could read in a list of processes.
                child.stdin.write(self._database.encode() + b"\n")
                child.stdin.flush()
                os.set_blocking(child.stdin.fileno(), False)
                self._ears = os.dup(child.stdin.fileno())
                child.stdin.close()
                if self._stopping:
                    self._close_ears()
                for line in child.stdout:
                    self._take(json.loads(line))
            finally:
                self._close_ears()
                with suppress(subprocess.TimeoutExpired):
                    child.wait(STOP_SECONDS)
                child.kill()

    def _take(self, report: Mapping[str, Any]) -> None:
        """Believe what the child says of the views."""
        for name, view in report["views"].items():
            self.changed[name] = max(self.changed[name], view["changed"])
            self.positions[name] = view["position"]
            self._highest[name] = max(self._highest[name], view["position"])
            self._confirmed[name] = max(self._confirmed[name], monotonic() - view["age"])
        self.failed = dict(report["failed"])
        self._is_apart = True
        for listener in self._listeners:
            listener(self.position)

    def _close_ears(self) -> None:
        ears, self._ears = self._ears, None
        if ears is not None:
            with suppress(OSError):
                os.close(ears)


def report_of(follower: Follower) -> dict[str, Any]:
    """Write how far a follower has come; ages are in seconds."""
    return {
        "views": {
            name: {"position": position, "changed": follower.changed[name], "age": round(follower.age(name), 3)}
            for name, position in follower.positions.items()
        },
        "failed": follower.failed,
    }
