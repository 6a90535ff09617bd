"""A series of maintenance windows as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from application.document import Instant, Page, duration, instant, request_policies
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
    from domain.maintenance.series import MaintenanceSeries


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
