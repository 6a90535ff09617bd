"""The maintenance window, and the series that makes windows by a rule."""

from domain.maintenance.values import (
    UNDER_WAY,
    Audience,
    Entry,
    Freeze,
    Guidance,
    LocalTime,
    MarketZone,
    Origin,
    Plan,
    Timetable,
    What,
    WindowOutcome,
    WindowState,
)
from domain.maintenance.window import MaintenanceWindow

__all__ = [
    "UNDER_WAY",
    "Audience",
    "Entry",
    "Freeze",
    "Guidance",
    "LocalTime",
    "MaintenanceWindow",
    "MarketZone",
    "Origin",
    "Plan",
    "Timetable",
    "What",
    "WindowOutcome",
    "WindowState",
]
