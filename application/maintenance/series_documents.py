"""A series of maintenance windows as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from application.document import Instant, Page, duration, instant, request_policies
from application.maintenance.documents import PlannedTimes, planned_times
from application.maintenance.plan_documents import (
    MarketZoneDocument,
    NewAudiences,
    PrivatePlanParts,
    PublicPlanParts,
    market_document,
    plan_document,
)
from application.schema import documented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.maintenance.series_commands import ComingWindow
    from domain.maintenance.series import MaintenanceSeries
    from domain.maintenance.series_state import Pattern


@documented
class LeftOutDocument(TypedDict):
    """An occurrence of which no window was made."""

    occurrence: str
    because: str


@documented
class SeriesDocument(PublicPlanParts, PrivatePlanParts):
    """Windows that recur by a rule."""

    rule: str
    exdates: list[str]
    """Starts of the rule at which there is no window: civil times of `zone`."""
    rdates: list[str]
    """Starts of windows beside the rule: civil times of `zone`."""
    markets: list[MarketZoneDocument]
    windows_made: int
    last_occurrence: str | None
    looks_at: Instant | None
    """When the next window comes within the horizon; null if there is no next."""
    left_out: list[LeftOutDocument]
    """The last twenty."""
    ended_at: Instant | None
    ended_because: str | None


@documented
class PlannedSeries(SeriesDocument, NewAudiences):
    """A series that was just planned."""


@documented
class SeriesPage(Page):
    """Series, the newest first."""

    data: list[SeriesDocument]


@documented
class ComingWindowDocument(TypedDict):
    """A window that a series would make."""

    occurrence: str
    """Its start by the rule: a civil time of the zone."""
    times: PlannedTimes | None
    """Null if there would be no window."""
    because: str | None
    """Of what there would be none."""


@documented
class ComingWindows(TypedDict):
    """The first windows of a series that are still to come."""

    rule: str
    """As it is stored."""
    coming: list[ComingWindowDocument]


def coming_windows(pattern: Pattern, coming: Sequence[ComingWindow]) -> ComingWindows:
    """Write the first windows that a checked pattern would make."""
    return {
        "rule": pattern.rule,
        "coming": [
            {
                "occurrence": each.occurrence,
                "times": None if each.timetable is None else planned_times(each.timetable),
                "because": each.because,
            }
            for each in coming
        ],
    }


def series_document(series: MaintenanceSeries) -> SeriesDocument:
    """Write a series; there is no public side."""
    pattern = series.pattern
    return {
        "id": str(series.id),
        "version": series.version,
        "announced": series.is_announced,
        "rule": pattern.rule,
        "exdates": list(pattern.exdates),
        "rdates": list(pattern.rdates),
        "zone": pattern.zone,
        "start": pattern.start,
        "end": pattern.end,
        "duration": duration(pattern.duration),
        "ambiguous": pattern.ambiguous,
        **plan_document(series.plan),
        "markets": [market_document(market) for market in pattern.markets],
        "covers": list(series.plan.covers),
        "request_policies": request_policies(series.plan.request_policies),
        "remind_before": [duration(before) for before in series.plan.remind_before],
        "windows_made": series.made,
        "last_occurrence": series.last,
        "looks_at": instant(series.looks_at),
        "left_out": [{"occurrence": each.occurrence, "because": each.because} for each in series.left_out],
        "ended_at": instant(series.ended_at),
        "ended_because": series.ended_because,
    }
