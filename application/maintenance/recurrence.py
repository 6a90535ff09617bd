"""The civil times at which the windows of a series begin: by its rule, with the dates beside it.

The days are found here, period by period, and not by ``python-dateutil``: see decision 47.
"""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from application.maintenance.rule_parts import MONTHS, POINTER, Frequency, Rule, read_rule
from domain.errors import Invalid
from domain.maintenance.civil_time import Choice, both_instants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from domain.maintenance.series_state import Pattern

MAX_WINDOWS = 1_000
"""How many windows a series makes at once."""
DAY = timedelta(days=1)
WEEK = 7
LAST_YEAR = 9_990
PATIENCE = 100
"""For how many years a rule may have no day at all before it counts as one that has ended."""
INTERVALS = 40
"""For how many of its intervals, at least, such a rule is followed: the 29th of February is the same weekday again
after 28 years, or after 40 if a century without one lies between."""
DAYS_IN = {Frequency.DAILY: 1, Frequency.WEEKLY: WEEK, Frequency.MONTHLY: 31, Frequency.YEARLY: 366}


def check_pattern(pattern: Pattern, zone: tzinfo) -> Pattern:
    """Check rule and dates of a pattern, and give it with the rule in the form that is stored.

    Raises:
        Invalid: if a part of the rule cannot be, if no day follows from it, or if nothing begins at a date left out.
    """
    rule = read_rule(pattern.rule)
    if next(rule_starts(rule, datetime.fromisoformat(pattern.start)), None) is None:
        raise Invalid(f"{pattern.rule[:100]!r} yields no day at all", pointer=POINTER)
    recurrence = Recurrence(pattern, zone)
    for place, text in enumerate(pattern.exdates):
        if not recurrence.has(datetime.fromisoformat(text)):
            raise Invalid(f"no window of the series begins at {text}", pointer=f"/exdates/{place}")
    return replace(pattern, rule=rule.text)


class Recurrence:
    """The civil starts of the windows of a series, in order."""

    def __init__(self, pattern: Pattern, zone: tzinfo) -> None:
        """Follow ``pattern`` by the clocks of ``zone``.

        Raises:
            Invalid: if its rule is none.
        """
        self._rule, self._zone, self._choice = read_rule(pattern.rule), zone, pattern.ambiguous
        self._start = datetime.fromisoformat(pattern.start)
        self._left_out = frozenset(map(datetime.fromisoformat, pattern.exdates))
        self._added = sorted(set(map(datetime.fromisoformat, pattern.rdates)))

    def starts(self, *, after: datetime | None = None) -> Iterator[datetime]:
        """Give the starts after ``after``, each once: those of the rule and those added, but for those left out.

        ``COUNT`` and ``UNTIL`` end the rule alone, and ``COUNT`` counts what is left out, too (RFC 5545, 3.8.5).
        """
        last = after
        for start in merge(self._of_rule(after), self._added):
            if start not in self._left_out and (last is None or start > last):
                last = start
                yield start

    def starts_from(self, moment: datetime) -> Iterator[datetime]:
        """Give the starts that lie after an instant; one that clocks do not show once may be either of two."""
        # A civil time is less than two days away from any instant that it can mean.
        about = moment.replace(tzinfo=None) - 2 * DAY
        return (start for start in self.starts(after=about) if self._instants(start)[1] > moment)

    def has(self, start: datetime) -> bool:
        """Tell whether the rule, or a date beside it, yields this start, which may be left out."""
        return start in self._added or next(self._of_rule(start - DAY / 2), None) == start

    def _of_rule(self, after: datetime | None) -> Iterator[datetime]:
        for start in rule_starts(self._rule, self._start, after=after):
            if not self._is_within(start):
                return
            yield start

    def _is_within(self, start: datetime) -> bool:
        until = self._rule.until
        if until is None:
            return True
        if until.civil is not None:
            return start <= until.civil
        return until.instant is None or self._instants(start)[0] <= until.instant

    def _instants(self, start: datetime) -> tuple[datetime, datetime]:
        earlier, later = both_instants(start, self._zone)
        if self._choice is None:
            return earlier, later
        return (earlier, earlier) if self._choice is Choice.EARLIER else (later, later)


def occurrences(recurrence: Iterator[datetime], *, until: datetime) -> list[datetime]:
    """Give the starts of a recurrence up to ``until``, and the next one, if any.

    At most ``MAX_WINDOWS`` of them, and one more.
    """
    found: list[datetime] = []
    for time in islice(recurrence, MAX_WINDOWS + 1):
        found.append(time)
        if time > until:
            break
    return found


def rule_starts(rule: Rule, start: datetime, *, after: datetime | None = None) -> Iterator[datetime]:
    """Give the starts of a rule after ``after``, but for its ``UNTIL``; the search for the next one is bounded."""
    rule = _completed(rule, start)
    patience = PATIENCE * 366 + INTERVALS * rule.interval * DAYS_IN[rule.frequency]
    # What COUNT counts has to be counted from the first one on.
    skipped = None if after is None or rule.count is not None else after.date()
    left = rule.count
    reached = max(start.date(), skipped or start.date())
    for first, last in _periods(rule, start.date(), skipped):
        if (first - reached).days > patience:
            return
        for day in _chosen(rule, first, last):
            moment = datetime.combine(day, start.time())
            if moment < start:
                continue
            reached = day
            if after is None or moment > after:
                yield moment
            if left is not None:
                left -= 1
                if not left:
                    return


def _completed(rule: Rule, start: datetime) -> Rule:
    """Add what a rule does not say of its days, and takes from the start (RFC 5545, 3.3.10)."""
    if rule.by_day or rule.by_month_day or rule.by_year_day or rule.frequency is Frequency.DAILY:
        return rule
    if rule.frequency is Frequency.WEEKLY or rule.by_week_number:
        return replace(rule, by_day=((0, start.weekday()),))
    if rule.frequency is Frequency.MONTHLY or rule.by_month:
        return replace(rule, by_month_day=(start.day,))
    return replace(rule, by_month=(start.month,), by_month_day=(start.day,))


def _periods(rule: Rule, start: date, skipped: date | None) -> Iterator[tuple[date, date]]:
    """Give first and last day of each period of a rule, from that of ``start`` on, or that of ``skipped`` if later."""
    low = start if skipped is None or skipped < start else skipped
    step = rule.interval
    try:
        if rule.frequency in {Frequency.DAILY, Frequency.WEEKLY}:
            days = 1 if rule.frequency is Frequency.DAILY else WEEK
            first = start - ((start.weekday() - rule.week_start) % WEEK) * DAY if days == WEEK else start
            first += (low - first).days // (days * step) * days * step * DAY
            while first.year <= LAST_YEAR:
                yield first, first + (days - 1) * DAY
                first += days * step * DAY
            return
        months = 1 if rule.frequency is Frequency.MONTHLY else MONTHS
        month = start.year * MONTHS + (start.month - 1 if months == 1 else 0)
        month += (low.year * MONTHS + low.month - 1 - month) // (months * step) * months * step
        while month // MONTHS <= LAST_YEAR:
            last = month + months - 1
            year, number = last // MONTHS, last % MONTHS + 1
            yield (
                date(month // MONTHS, month % MONTHS + 1, 1),
                date(year, number, calendar.monthrange(year, number)[1]),
            )
            month += months * step
    except OverflowError:
        return


def _chosen(rule: Rule, first: date, last: date) -> list[date]:
    """Give the days of a period that a rule chooses."""
    if rule.by_month and first.month == last.month and first.month not in rule.by_month:
        return []
    days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
    found = [day for day in days if _matches(rule, day)]
    if not rule.by_position:
        return found
    places = {place - 1 if place > 0 else len(found) + place for place in rule.by_position}
    return [day for place, day in enumerate(found) if place in places]


def _matches(rule: Rule, day: date) -> bool:
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_month_day:
        length = calendar.monthrange(day.year, day.month)[1]
        if day.day not in rule.by_month_day and day.day - length - 1 not in rule.by_month_day:
            return False
    if rule.by_year_day:
        number, length = day.timetuple().tm_yday, 365 + calendar.isleap(day.year)
        if number not in rule.by_year_day and number - length - 1 not in rule.by_year_day:
            return False
    if rule.by_week_number:
        number, length = _week_of(day, rule.week_start)
        if number not in rule.by_week_number and number - length - 1 not in rule.by_week_number:
            return False
    return not rule.by_day or _is_weekday(rule, day)


def _is_weekday(rule: Rule, day: date) -> bool:
    numbers = [number for number, weekday in rule.by_day if weekday == day.weekday()]
    if not any(numbers):
        return bool(numbers)
    if 0 in numbers:
        return True
    if rule.counts_in_months:
        place, length = day.day - 1, calendar.monthrange(day.year, day.month)[1]
    else:
        place, length = day.timetuple().tm_yday - 1, 365 + calendar.isleap(day.year)
    return place // WEEK + 1 in numbers or -((length - 1 - place) // WEEK) - 1 in numbers


def _week_of(day: date, week_start: int) -> tuple[int, int]:
    """Give the number of the week that a day lies in, and how many weeks the year of that week has."""
    begins = day - ((day.weekday() - week_start) % WEEK) * DAY
    # The week belongs to the year in which it has four days or more.
    year = (begins + 3 * DAY).year
    first, following = _first_week(year, week_start), _first_week(year + 1, week_start)
    return (begins - first).days // WEEK + 1, (following - first).days // WEEK


def _first_week(year: int, week_start: int) -> date:
    fourth = date(year, 1, 4)
    return fourth - ((fourth.weekday() - week_start) % WEEK) * DAY
