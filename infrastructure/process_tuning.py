"""How the interpreter itself is set up: how often it collects, and how long a thread keeps it from the others."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

THRESHOLDS = (50_000, 20, 50)
"""After how many more objects the youngest are looked at; after how many looks the older ones, and all."""
TURN_SECONDS = 0.0005
"""How long a thread computes at most while another one waits; Python says ten times as long."""


def raise_gc_thresholds() -> None:
    """Let the collector look at young objects by the fifty thousand.

    Nearly everything of ours goes as soon as nobody refers to it; the collector finds next to nothing, and looks at
    the thousands of aggregates in memory again and again: measured while requests are taken in, a quarter of the time.
    """
    gc.set_threshold(*THRESHOLDS)


def freeze_gc() -> None:
    """Spare what the assembly made; it lives as long as the process."""
    gc.collect()
    gc.freeze()


@contextmanager
def short_switch_interval() -> Iterator[None]:
    """Let a thread that writes rows go on soon, though another one computes.

    It gives the interpreter away at each statement, and gets it back when the other's turn ends: by Python's own
    measure, a batch of rows was hardly written beside the next one. What only answers requests does better without.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
