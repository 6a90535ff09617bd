"""Waits for what other threads do."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import TypeVar

Found = TypeVar("Found")
PATIENCE_SECONDS, PAUSE_SECONDS = 20.0, 0.01


def until(look: Callable[[], Found]) -> Found:
    """Look again and again until there is something, and give it."""
    deadline, pause = monotonic() + PATIENCE_SECONDS, Event()
    while not (found := look()):
        assert monotonic() < deadline, "it did not come"
        pause.wait(PAUSE_SECONDS)
    return found
