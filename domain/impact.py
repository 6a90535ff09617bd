"""Component statuses, and the spans of time during which one holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter


class Status(StrEnum):
    """The status of a component.

    ``unknown`` ranks just above ``operational``: any known cause shows instead of it.
    """

    rank: int
    """The place from best (0) to worst."""
    is_impact: bool
    """Whether a cause can say it of a component."""

    OPERATIONAL = "operational"
    UNKNOWN = "unknown"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"


for _place, _status in enumerate(Status):
    # Told to each once, because an enumeration hashes and compares by functions of its own.
    _status.rank = _place
    _status.is_impact = _status not in {Status.OPERATIONAL, Status.UNKNOWN}


class Level(StrEnum):
    """The impact of an incident, from the worst status it had."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


LEVELS = {
    Status.DEGRADED_PERFORMANCE: Level.MINOR,
    Status.PARTIAL_OUTAGE: Level.MAJOR,
    Status.MAJOR_OUTAGE: Level.CRITICAL,
}


@dataclass(frozen=True, kw_only=True)
class StatusSpan:
    """A half-open span during which a status holds: ``start`` is inside, ``end`` is not; open if it has no end."""

    status: Status
    start: datetime
    end: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Tell whether ``moment`` falls inside the span."""
        return self.start <= moment and (self.end is None or moment < self.end)


_RANK = attrgetter("rank")
Spans = tuple[StatusSpan, ...]
Impact = Mapping[str, Spans]
"""Component key to the spans, in order and without overlap."""
EVERYWHERE = "*"
"""Stands for every component that there is at each moment, where a key stands."""


def worst(statuses: Iterable[Status]) -> Status:
    """Give the worst of ``statuses``, or ``operational`` if there is none."""
    return max(statuses, key=_RANK, default=Status.OPERATIONAL)


def closed(spans: Spans, at: datetime) -> Spans:
    """End everything at ``at``; what would begin later never was."""
    return tuple(
        span if span.end is not None and span.end <= at else replace(span, end=at) for span in spans if span.start < at
    )


def changed(spans: Spans, status: Status, at: datetime) -> Spans:
    """Let ``status`` hold from ``at`` on, whatever held before."""
    before = closed(spans, at)
    if before and before[-1].end == at and before[-1].status is status:
        return (*before[:-1], replace(before[-1], end=None))
    return (*before, StatusSpan(status=status, start=at)) if status.is_impact else before


def inserted(spans: Spans, status: Status, at: datetime) -> Spans:
    """Let ``status`` hold from ``at`` until whatever is known to have happened next, which stays as it is."""
    following = min((edge for span in spans for edge in (span.start, span.end) if edge and edge > at), default=None)
    if following is None:
        return changed(spans, status, at)
    after = tuple(
        replace(span, start=max(span.start, following)) for span in spans if span.end is None or span.end > following
    )
    return (*closed(changed(closed(spans, at), status, at), following), *after)


def raised(spans: Spans, status: Status, at: datetime) -> Spans:
    """Let at least ``status`` hold from ``at`` on; nothing gets better by it."""
    if spans and spans[-1].end is None and spans[-1].start <= at and spans[-1].status.rank >= status.rank:
        touching = any(one.end == other.start and one.status is other.status for one, other in pairwise(spans))
        if not touching:
            return spans
    edges = sorted({at} | {edge for span in spans for edge in (span.start, span.end) if edge is not None})
    result: Spans = ()
    for start in edges:
        held = [span.status for span in spans if span.covers(start)]
        result = changed(result, worst([*held, status] if start >= at else held), start)
    return result


def is_orderly(spans: Spans) -> bool:
    """Tell whether spans have a length, follow one another, and say each what a cause can say; the last may be open."""
    follow = all(span.end is not None and span.end <= later.start for span, later in pairwise(spans))
    return follow and all(span.status.is_impact and (span.end is None or span.start < span.end) for span in spans)


def edges(impact: Impact) -> list[datetime]:
    """Give every start and every end."""
    found = [edge for spans in impact.values() for span in spans for edge in (span.start, span.end)]
    return [edge for edge in found if edge is not None]


def current(impact: Impact) -> dict[str, Status]:
    """Give the status of each component whose last span is open."""
    return {key: spans[-1].status for key, spans in impact.items() if spans and spans[-1].end is None}


def level(impact: Impact) -> Level:
    """Give the impact level: that of the worst status any component had."""
    return LEVELS.get(worst(span.status for spans in impact.values() for span in spans), Level.NONE)
