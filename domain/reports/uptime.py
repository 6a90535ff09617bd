"""Uptime: how much of the time that is known counts as up, by a named policy.

A policy never changes: what weighs differently gets another name. All of it is computed with whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from domain.impact import Spans, Status, StatusSpan, worst
from domain.policy import TICK

Durations = Mapping[Status, timedelta]
"""How long each status held; one that never did may be left out."""
WHOLE = 100
"""The weight of time that counts as down entirely; weights are hundredths."""
HUNDREDTHS = 10_000
"""How many hundredths of a percent the whole has."""


class GroupRule(StrEnum):
    """How the uptime of a group follows from that of its components."""

    MEAN = "mean"
    """The mean of the uptimes of its components."""
    ANY = "any"
    """It is as bad as the worst of its components at each moment."""


@dataclass(frozen=True, kw_only=True)
class UptimePolicy:
    """How much of the time of each status counts as down, in hundredths; unknown time is left out altogether."""

    name: str
    weights: Mapping[Status, int]

    def uptime(self, durations: Durations) -> Fraction | None:
        """Give the part of the time known that counts as up, from 0 to 1; None if nothing is known."""
        known = counted(durations) // TICK
        if not known:
            return None
        down = sum(weight * (durations.get(status, timedelta()) // TICK) for status, weight in self.weights.items())
        return 1 - Fraction(down, WHOLE * known)


STANDARD = UptimePolicy(
    name="standard-1",
    weights={
        Status.OPERATIONAL: 0,
        Status.UNDER_MAINTENANCE: 0,
        Status.DEGRADED_PERFORMANCE: 0,
        Status.PARTIAL_OUTAGE: 30,
        Status.MAJOR_OUTAGE: WHOLE,
    },
)
STRICT = UptimePolicy(
    name="strict-1",
    weights={
        Status.OPERATIONAL: 0,
        Status.UNDER_MAINTENANCE: WHOLE,
        Status.DEGRADED_PERFORMANCE: 50,
        Status.PARTIAL_OUTAGE: WHOLE,
        Status.MAJOR_OUTAGE: WHOLE,
    },
)
UPTIME_POLICIES: Mapping[str, UptimePolicy] = {policy.name: policy for policy in (STANDARD, STRICT)}
"""The policies by name, the default first."""


def timeline(
    said: Iterable[StatusSpan], start: datetime, end: datetime, *, otherwise: Status = Status.OPERATIONAL
) -> Spans:
    """Give the worst status of each moment from ``start`` to ``end``, and ``otherwise`` where nothing is said.

    The spans follow one another without a gap and differ each from the next; none if there is no time between.
    """
    changes: dict[datetime, list[tuple[Status, int]]] = {start: []}
    for span in said:
        first, last = max(span.start, start), end if span.end is None else min(span.end, end)
        if first < last:
            changes.setdefault(first, []).append((span.status, 1))
            changes.setdefault(last, []).append((span.status, -1))
    held = dict.fromkeys(Status, 0)
    begun: list[tuple[Status, datetime]] = []
    for edge in sorted(edge for edge in changes if edge < end):
        for status, number in changes[edge]:
            held[status] += number
        now = [status for status, number in held.items() if number]
        current = worst(now) if now else otherwise
        if not begun or begun[-1][0] is not current:
            begun.append((current, edge))
    ends = [*(edge for _, edge in begun[1:]), end]
    return tuple(
        StatusSpan(status=status, start=edge, end=until) for (status, edge), until in zip(begun, ends, strict=False)
    )


def worst_known(timelines: Iterable[Spans], start: datetime, end: datetime) -> Spans:
    """Give the worst status that is known at each moment from ``start`` to ``end``, and unknown where none is."""
    known = (span for spans in timelines for span in spans if span.status is not Status.UNKNOWN)
    return timeline(known, start, end, otherwise=Status.UNKNOWN)


def durations_of(spans: Spans) -> dict[Status, timedelta]:
    """Give how long each status held in spans that have an end, every status named."""
    held = dict.fromkeys(Status, timedelta())
    for span in spans:
        held[span.status] += (span.end or span.start) - span.start
    return held


def counted(durations: Durations) -> timedelta:
    """Give how long something is known: the time on which an uptime rests."""
    return sum((held for status, held in durations.items() if status is not Status.UNKNOWN), timedelta())


def mean(uptimes: Sequence[Fraction]) -> Fraction | None:
    """Give the mean of several uptimes; None if there is none."""
    return sum(uptimes, Fraction()) / len(uptimes) if uptimes else None


def percentage(uptime: Fraction | None) -> str | None:
    """Write an uptime as a percentage with two decimals, cut and never rounded up (``99.95``); None stays None."""
    if uptime is None:
        return None
    whole, rest = divmod(uptime.numerator * HUNDREDTHS // uptime.denominator, WHOLE)
    return f"{whole}.{rest:02}"
