"""The state of a series of maintenance windows, as its events have left it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.maintenance.civil_time import Choice
from domain.maintenance.values import MarketZone, Plan

MAX_LEFT_OUT = 20
"""How many of the occurrences that were left out the state keeps, the last ones."""


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """When the windows of a series begin and end.

    ``rule`` is an RFC 5545 recurrence rule, applied from ``start`` on; ``start`` and ``end`` are civil times
    in ``zone`` (ISO 8601 without offset), and each window lasts as they say, or for an elapsed ``duration``.
    ``exdates`` are starts that are left out, ``rdates`` are starts beside the rule; both are civil times as well.
    """

    rule: str
    zone: str
    start: str
    end: str | None
    duration: timedelta | None
    ambiguous: Choice | None
    markets: tuple[MarketZone, ...]
    exdates: tuple[str, ...] = ()
    rdates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An occurrence of which no window was made, and why."""

    occurrence: str
    because: str


class MaintenanceSeriesState:
    """The state of a series; only its events change it."""

    plan: Plan
    pattern: Pattern
    is_announced: bool
    planned_at: datetime

    def __init__(self) -> None:
        """Start empty; the events fill it."""
        self.made = 0
        self.notifies = True
        self.last: str | None = None
        self.looks_at: datetime | None = None
        self.left_out: tuple[LeftOut, ...] = ()
        self.ended_at: datetime | None = None
        self.ended_because: str | None = None

    def note_occurrence(self, occurrence: str, looks_at: datetime | None) -> None:
        """Set the last occurrence that was dealt with, and when to look for the next one."""
        self.last, self.looks_at = occurrence, looks_at
