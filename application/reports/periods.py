"""The statuses of components in a period, as published and as restated.

As published is what the board showed at each moment, by what had been recorded then. As restated is what is known now.
Both leave out the time before a component is vouched for, and the time after it was retired; as published, that before
it was registered, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.impact import EVERYWHERE, Spans, Status, StatusSpan
from domain.reports.uptime import timeline

if TYPE_CHECKING:
    from application.reports.queries import OnBoard, ShownPeriod, Statement
    from application.status.projection import ComponentRow


class Basis(StrEnum):
    """By what the statuses of a period are known."""

    PUBLISHED = "published"
    """What was shown at each moment."""
    RESTATED = "restated"
    """What is known now of each moment."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """A half-open span of time with both ends; it may be empty."""

    start: datetime
    end: datetime

    def part(self, start: datetime | None, end: datetime | None) -> Period:
        """Give the part of it that lies between two moments; None is no bound."""
        begins = self.start if start is None else min(max(self.start, start), self.end)
        return Period(start=begins, end=self.end if end is None else max(begins, min(self.end, end)))


@dataclass(frozen=True, kw_only=True)
class ComponentPeriod:
    """One component in the part of a period that is vouched for: its statuses, and what was said of it meanwhile."""

    row: ComponentRow
    vouched: Period
    spans: Spans
    statements: Sequence[Statement]


def vouched_part(row: ComponentRow, period: Period) -> Period:
    """Give the part of a period that we vouch for; it may be empty."""
    retired_at = row.document["retired_at"]
    return period.part(row.vouched_from, None if retired_at is None else datetime.fromisoformat(retired_at))


def published(rows: Iterable[ComponentRow], shown: ShownPeriod, period: Period) -> list[ComponentPeriod]:
    """Give the statuses that the board showed of each component at each moment; unknown while it was hidden."""
    said, folds = _by_component(shown.statements), TimelineFolds()
    stays: dict[str, list[OnBoard]] = {}
    for each in shown.on_board:
        stays.setdefault(each.component, []).append(each)
    found = []
    for row in rows:
        vouched = vouched_part(row, period).part(row.registered_at, None)
        seen = list(_joined(stays.get(row.component, ())))
        statements = [
            part for stay in seen for part in _cut(_about(row.component, said), vouched.part(stay.start, stay.end))
        ]
        found.append(folds.folded(row, vouched, statements, _absences(seen, vouched)))
    return found


def restated(rows: Iterable[ComponentRow], known: Iterable[Statement], period: Period) -> list[ComponentPeriod]:
    """Give the statuses that each component had by what is known."""
    said, folds = _by_component(known), TimelineFolds()
    found = []
    for row in rows:
        vouched = vouched_part(row, period)
        # What is said of every component is true of one from its registration on.
        shared = _cut(said.get(EVERYWHERE, ()), vouched.part(row.registered_at, None))
        statements = [*_cut(said.get(row.component, ()), vouched), *shared]
        found.append(folds.folded(row, vouched, statements, ()))
    return found


class TimelineFolds:
    """Folds what is said of components; of those of which nothing is said, as of most, once for each period."""

    def __init__(self) -> None:
        """Begin with none."""
        self._silent: dict[tuple[datetime, datetime], Spans] = {}

    def folded(
        self, row: ComponentRow, vouched: Period, statements: Sequence[Statement], absences: Iterable[StatusSpan]
    ) -> ComponentPeriod:
        """Give the statuses of a component in the part of a period that is vouched for."""
        said = [*absences, *(each.span for each in statements)]
        start, end = vouched.start, vouched.end
        if said:
            spans = timeline(said, start, end)
        elif (start, end) in self._silent:
            spans = self._silent[start, end]
        else:
            spans = self._silent[start, end] = timeline((), start, end)
        return ComponentPeriod(row=row, vouched=vouched, spans=spans, statements=statements)


def _by_component(statements: Iterable[Statement]) -> Mapping[str, Sequence[Statement]]:
    found: dict[str, list[Statement]] = {}
    for each in statements:
        found.setdefault(each.component, []).append(each)
    return found


def _about(component: str, said: Mapping[str, Sequence[Statement]]) -> Sequence[Statement]:
    return [*said.get(component, ()), *said.get(EVERYWHERE, ())]


def _cut(statements: Iterable[Statement], to: Period) -> Iterator[Statement]:
    """Give what lies in a period of each statement, if anything does."""
    for each in statements:
        start, end = max(each.span.start, to.start), to.end if each.span.end is None else min(each.span.end, to.end)
        if (start, end) == (each.span.start, each.span.end):
            yield each
        elif start < end:
            yield replace(each, span=StatusSpan(status=each.span.status, start=start, end=end))


def _joined(stays: Iterable[OnBoard]) -> Iterator[OnBoard]:
    """Join stays on the board that follow one another without a gap; each change of a component begins a new one."""
    last: OnBoard | None = None
    # Of changes that were recorded at one moment, only the last one was ever seen.
    for each in sorted((each for each in stays if each.start != each.end), key=lambda each: each.start):
        if last is not None and last.end == each.start and last.vouched_from == each.vouched_from:
            last = replace(last, end=each.end)
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last


def _absences(stays: Iterable[OnBoard], vouched: Period) -> Iterator[StatusSpan]:
    """Give when the board knew nothing: while the component was not on it, or was not vouched for as was said then."""
    gone_from = vouched.start
    for stay in stays:
        if gone_from < stay.start:
            yield StatusSpan(status=Status.UNKNOWN, start=gone_from, end=stay.start)
        if stay.vouched_from is not None and stay.vouched_from > stay.start:
            until = stay.vouched_from if stay.end is None else min(stay.vouched_from, stay.end)
            yield StatusSpan(status=Status.UNKNOWN, start=stay.start, end=until)
        gone_from = vouched.end if stay.end is None else stay.end
    if gone_from < vouched.end:
        yield StatusSpan(status=Status.UNKNOWN, start=gone_from, end=vouched.end)
