"""The maintenance window, and the series that makes windows by a rule."""

from domain.maintenance.aggregate import MaintenanceWindow
from domain.maintenance.facts import (
    UNDER_WAY,
    Audience,
    Contact,
    Entry,
    Freeze,
    Guidance,
    LocalTime,
    MarketZone,
    Origin,
    Outcome,
    Plan,
    Timetable,
    What,
    WindowState,
)

__all__ = [
    "UNDER_WAY",
    "Audience",
    "Contact",
    "Entry",
    "Freeze",
    "Guidance",
    "LocalTime",
    "MaintenanceWindow",
    "MarketZone",
    "Origin",
    "Outcome",
    "Plan",
    "Timetable",
    "What",
    "WindowState",
]
