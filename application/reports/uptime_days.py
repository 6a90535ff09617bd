"""The last civil days of every component, for pages: how it was each day, and how much of the time it was up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from application.reports.documents import ComponentDays, UptimeDay, seconds
from application.reports.periods import Basis, ComponentPeriod, Period
from application.reports.uptime import USUAL_DAYS, first_moment, ordered, read_periods
from domain.impact import Status, worst
from domain.instants import day_span
from domain.reports.uptime import STANDARD, durations_of, percentage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from application.reports.uptime import UptimeReads
    from application.status.projection import ComponentRow
    from domain.impact import Spans
    from domain.reports.uptime import UptimePolicy

NOTHING = timedelta()
NAMES = [str(status) for status in Status]
"""The names of the statuses by their ranks."""


@dataclass(frozen=True, kw_only=True)
class CivilDay:
    """A day (ISO 8601), what has passed of it, and how long that is."""

    text: str
    period: Period
    seconds: float


def read_uptime_days(
    reads: UptimeReads,
    at: int,
    *,
    now: datetime,
    zone: tzinfo,
    days: int = USUAL_DAYS,
    policy: UptimePolicy = STANDARD,
    component: str | None = None,
    known: Sequence[ComponentRow] | None = None,
) -> list[ComponentDays]:
    """Read the last ``days`` civil days of a zone until ``now``, of all components on the public board or of one.

    ``known`` are the rows of the components, if they were read before.
    In the order of the page, and in a number of statements that does not depend on how many there are.

    Raises:
        NotYetVisible: if the view does not reflect the position ``at``.
    """
    period = Period(start=first_moment(now, days, zone), end=now)
    rows = [
        row
        for row in ordered(reads.board.components(at) if known is None else known)
        if not row.retired and component in {None, row.component}
    ]
    shown, restated = (read_periods(reads.uptime, at, rows, period, basis, component=component) for basis in Basis)
    calendar = list(_calendar(period, zone))
    folds = DayFolds(calendar=calendar, policy=policy)
    return [_component_days(one, folds, one.spans, other.spans) for one, other in zip(shown, restated, strict=True)]


@dataclass(frozen=True, kw_only=True)
class FoldedDays:
    """The days that statuses make up, and their percentage."""

    days: list[UptimeDay]
    percentage: str | None


@dataclass(frozen=True, kw_only=True)
class DayFolds:
    """Folds statuses into days; those that several components have are folded once, as most are always well."""

    calendar: Sequence[CivilDay]
    policy: UptimePolicy
    _known: dict[Spans, FoldedDays] = field(default_factory=dict)
    _differences: dict[tuple[Spans, Spans], list[UptimeDay]] = field(default_factory=dict)

    def of(self, spans: Spans) -> FoldedDays:
        """Fold the statuses of a period."""
        found = self._known.get(spans)
        if found is None:
            figure = percentage(self.policy.uptime(durations_of(spans)))
            found = self._known[spans] = FoldedDays(days=_days(spans, self.calendar), percentage=figure)
        return found

    def restated(self, shown: Spans, known: Spans) -> list[UptimeDay]:
        """Give the days as known of those that were shown otherwise."""
        found = self._differences.get((shown, known))
        if found is None:
            pairs = () if shown == known else zip(self.of(shown).days, self.of(known).days, strict=True)
            found = self._differences[shown, known] = [now for then, now in pairs if now != then]
        return found


def _component_days(found: ComponentPeriod, folds: DayFolds, published: Spans, restated: Spans) -> ComponentDays:
    shown, known = folds.of(published), folds.of(restated)
    return {
        "component": found.row.component,
        "since": found.row.document["since"],
        "days": shown.days,
        "restated_days": folds.restated(published, restated),
        "percentage": shown.percentage,
        "restated_percentage": known.percentage,
    }


def _calendar(period: Period, zone: tzinfo) -> Iterator[CivilDay]:
    """Give the civil days of a period that begins with one; the last one ends with the period."""
    day, start = period.start.astimezone(zone).date(), period.start
    while start < period.end:
        end = min(day_span(day, zone)[1], period.end)
        yield CivilDay(text=day.isoformat(), period=Period(start=start, end=end), seconds=seconds(end - start))
        day, start = day + timedelta(days=1), end


def _days(found: Spans, calendar: Sequence[CivilDay]) -> list[UptimeDay]:
    spans = iter(found)
    span = next(spans, None)
    days: list[UptimeDay] = []
    for day in calendar:
        first, last = day.period.start, day.period.end
        if span is not None and span.end is not None and span.start <= first and span.end > last:
            # Most days are like this one, and the name of a status is slow to find.
            name = NAMES[span.status.rank]
            days.append({"day": day.text, "status": name, "is_vouched": True, "seconds": {name: day.seconds}})
            continue
        held: dict[Status, timedelta] = {}
        while span is not None and span.start < last:
            end = span.end or span.start
            held[span.status] = held.get(span.status, NOTHING) + min(end, last) - max(span.start, first)
            if end > last:
                break
            span = next(spans, None)
        days.append(
            {
                "day": day.text,
                "status": str(worst(held) if held else Status.UNKNOWN),
                "is_vouched": bool(held),
                "seconds": {str(status): seconds(length) for status, length in held.items()},
            }
        )
    return days
