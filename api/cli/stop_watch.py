"""Ends a process that was told to stop and cannot: something it waits for does not answer."""

from __future__ import annotations

import os
import threading

import structlog

LONGEST_SECONDS = 25.0
"""How long a stop takes at most: longer than messages that are on the wire are waited for, and no longer than most
systems wait before they kill."""

log = structlog.get_logger()


def watch_stop(seconds: float = LONGEST_SECONDS) -> None:
    """End this process in so many seconds, if it has not ended by then.

    What was answered is durable, and what was not is as after a crash: a statement that waits for a lock, or a server
    that is silent, would keep the process for as long as it likes, its threads being joined one after the other.
    """
    timer = threading.Timer(seconds, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    log.error("stop_took_too_long")
    os._exit(1)
