"""The durations by which incidents are published, dismissed, resolved and reopened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

TICK = timedelta(microseconds=1)
"""The least step of time: «more than» a limit begins one tick after it."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The durations in force when a command decides; events store the due times, never these."""

    publish_after: timedelta = timedelta(minutes=30)
    clear_grace: timedelta = timedelta(minutes=2)
    stable_for: timedelta = timedelta(minutes=10)
    reopen_within: timedelta = timedelta(hours=24)
