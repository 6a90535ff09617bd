"""The settings of the process: garbage collection, the switching of threads, and how many files it may open."""

from __future__ import annotations

import gc
import resource
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

THRESHOLDS = (50_000, 20, 50)
"""The thresholds of the three generations, as ``gc.set_threshold`` takes them."""
TURN_SECONDS = 0.0005
"""How long a thread runs at most while another one waits; Python's default is ten times as long."""
OTHER_FILES = 256
"""How many files are open beside the connections of clients: those of the store, and what is accepted at one moment."""


def raise_file_limit() -> int:
    """Raise the limit of open files as far as the system allows, and give how many clients can be connected."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):
        # Some systems say that there is no limit, and then do not allow none.
        hard = soft
    return sys.maxsize if hard == resource.RLIM_INFINITY else max(1, hard - OTHER_FILES)


def raise_gc_thresholds() -> None:
    """Let the collector look at young objects by the fifty thousand.

    Nearly everything of ours goes as soon as nobody refers to it; the collector finds next to nothing, and looks at
    the thousands of aggregates in memory again and again: measured while requests are taken in, a quarter of the time.
    """
    gc.set_threshold(*THRESHOLDS)


def freeze_gc() -> None:
    """Exclude from garbage collection what the assembly made; it lives as long as the process."""
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
