"""The uptime of components and of groups in a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from application.document import instant
from application.nearest import did_you_mean
from application.reports.documents import (
    AskedUptime,
    GroupUptimeDocument,
    UptimeDocument,
    UptimeFigures,
    UptimeIncident,
    policy_document,
    seconds,
    seconds_per_status,
)
from application.reports.periods import Basis, ComponentPeriod, Period, published, restated
from domain.errors import Invalid, NotFound
from domain.instants import FIRST_DAY, FIRST_MOMENT, day_span
from domain.policy import TICK
from domain.reports.errors import UnknownUptimePolicy
from domain.reports.uptime import UPTIME_POLICIES, GroupRule, counted, durations_of, mean, percentage, worst_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from application.incidents.queries import IncidentQueries
    from application.reports.queries import UptimeQueries
    from application.status.projection import ComponentRow
    from application.status.queries import BoardQueries
    from domain.reports.uptime import UptimePolicy

USUAL_DAYS = 90
"""How many civil days a period has if nobody says, the present one included."""
MOST_DAYS = 400
"""How long a period may be."""
MOST_INCIDENTS = 100
"""How many incidents an answer lists."""
INCIDENT = "incident"


@dataclass(frozen=True, kw_only=True)
class UptimeReads:
    """The queries that uptime needs."""

    board: BoardQueries
    uptime: UptimeQueries
    incidents: IncidentQueries


@dataclass(frozen=True, kw_only=True)
class UptimeQuestion:
    """What is asked: which period, by which policy, on which basis."""

    period: Period
    policy: UptimePolicy
    basis: Basis = Basis.PUBLISHED


def policy_named(name: str) -> UptimePolicy:
    """Give the policy of this name.

    Raises:
        UnknownUptimePolicy: naming the nearest.
    """
    policy = UPTIME_POLICIES.get(name)
    if policy is None:
        hint = did_you_mean(name, UPTIME_POLICIES)
        raise UnknownUptimePolicy(f"there is no uptime policy {name[:100]}{hint}", pointer="/policy")
    return policy


def period_asked(start: datetime | None, until: datetime | None, *, now: datetime, zone: tzinfo) -> Period:
    """Give the period from ``start`` to ``until``: by default the last 90 civil days of a zone until now.

    Raises:
        Invalid: if it has no length, ends in the future or before there are days, or is longer than 400 days.
    """
    end = now if until is None else until
    if end > now:
        raise Invalid("until lies in the future", pointer="/until")
    if end < FIRST_MOMENT:
        raise Invalid("until lies before the first day that every zone has", pointer="/until")
    begin = first_moment(end, USUAL_DAYS, zone) if start is None else start
    if begin >= end:
        raise Invalid("from has to lie before until, and not in the future", pointer="/from")
    if end - begin > timedelta(days=MOST_DAYS):
        raise Invalid(f"from until until are more than {MOST_DAYS} days", pointer="/from")
    return Period(start=begin, end=end)


def first_moment(end: datetime, days: int, zone: tzinfo) -> datetime:
    """Give the first moment of so many civil days of a zone, of which the last one has the moment before ``end``.

    Where time has not so many, they are fewer.
    """
    last = (end - TICK).astimezone(zone).date()
    first = max(FIRST_DAY.toordinal(), last.toordinal() - days + 1)
    return day_span(date.fromordinal(first), zone)[0]


def read_component_uptime(reads: UptimeReads, at: int, key: str, asked: UptimeQuestion) -> UptimeDocument:
    """Read the uptime of a public component, as known at position ``at``.

    Raises:
        NotFound: if readers know of no such component.
        NotYetVisible: if the views do not reflect that position.
    """
    row = next((row for row in ordered(reads.board.components(at)) if row.component == key), None)
    if row is None:
        raise NotFound(f"there is no public component {key}")
    [found] = read_periods(reads.uptime, at, [row], asked.period, asked.basis, component=key)
    touched = _touched(found)
    newest = sorted(touched, key=lambda id: (touched[id].begun, id), reverse=True)[:MOST_INCIDENTS]
    titles = reads.incidents.public_titles(at, newest)
    incidents: list[UptimeIncident] = [
        {"id": id, "title": titles[id], "seconds": seconds(touched[id].length)} for id in newest
    ]
    return {
        "component": key,
        **_asked(asked),
        "since": row.document["since"],
        **figures(found, asked),
        "incidents": incidents,
        "incidents_count": len(touched),
    }


def read_group_uptime(
    reads: UptimeReads, at: int, group: str, asked: UptimeQuestion, rule: GroupRule
) -> GroupUptimeDocument:
    """Read the uptime of the public components of a group, as known at position ``at``; there may be none.

    Raises:
        NotYetVisible: if the views do not reflect that position.
    """
    rows = [row for row in ordered(reads.board.components(at)) if row.document["group"] == group]
    found = [
        each
        for each in read_periods(reads.uptime, at, rows, asked.period, asked.basis)
        if not each.row.retired or each.spans
    ]
    durations = None
    if rule is GroupRule.ANY:
        period = asked.period
        durations = durations_of(worst_known((each.spans for each in found), period.start, period.end))
        uptime = asked.policy.uptime(durations)
    else:
        each_uptime = (asked.policy.uptime(durations_of(each.spans)) for each in found)
        uptime = mean([uptime for uptime in each_uptime if uptime is not None])
    return {
        "group": group,
        **_asked(asked),
        "rule": str(rule),
        "seconds": None if durations is None else seconds_per_status(durations),
        "percentage": percentage(uptime),
        "components": [{"component": each.row.component, **figures(each, asked)} for each in found],
    }


def read_periods(
    uptime: UptimeQueries,
    at: int,
    rows: Sequence[ComponentRow],
    period: Period,
    basis: Basis,
    *,
    component: str | None = None,
) -> list[ComponentPeriod]:
    """Read the statuses of components in a period; ``component`` is the key of the only one, if there is only one."""
    if basis is Basis.PUBLISHED:
        return published(rows, uptime.shown(at, period.start, period.end, component), period)
    return restated(rows, uptime.known(at, period.start, period.end, component), period)


def ordered(rows: Iterable[ComponentRow]) -> list[ComponentRow]:
    """Give the components that readers know of, in the order of the page."""
    return sorted((row for row in rows if row.public), key=lambda row: (row.place, row.component))


def figures(found: ComponentPeriod, asked: UptimeQuestion) -> UptimeFigures:
    """Write the figures of a component in a period."""
    durations = durations_of(found.spans)
    vouched = found.vouched.end - found.vouched.start
    return {
        "seconds": seconds_per_status(durations),
        "seconds_not_vouched": seconds(asked.period.end - asked.period.start - vouched),
        "seconds_counted": seconds(counted(durations)),
        "percentage": percentage(asked.policy.uptime(durations)),
    }


def _asked(asked: UptimeQuestion) -> AskedUptime:
    return {
        "from": instant(asked.period.start),
        "until": instant(asked.period.end),
        "as": str(asked.basis),
        "policy": policy_document(asked.policy),
    }


@dataclass(frozen=True, kw_only=True)
class _Touched:
    begun: datetime
    length: timedelta


def _touched(found: ComponentPeriod) -> Mapping[str, _Touched]:
    """Give for each incident when it first gave the component a status, and how long it did so."""
    touched: dict[str, _Touched] = {}
    for each in found.statements:
        if each.kind == INCIDENT:
            start, end = each.span.start, each.span.end or each.span.start
            known = touched.get(each.cause, _Touched(begun=start, length=timedelta()))
            touched[each.cause] = _Touched(begun=min(known.begun, start), length=known.length + (end - start))
    return touched
