"""The clocks of a calendar: times as civil times of zones, and what these zones did meanwhile (RFC 5545, 3.6.5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from icalendar import Event, Timezone
    from icalendar.cal.timezone import TimezoneDaylight, TimezoneStandard

    from application.ports import Zones

YEARS = range(1970, 2101)
"""In which years civil times are written; others are given in UTC."""
LOOK_EVERY = timedelta(days=7)
NO_TIME = timedelta(0)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
UNIVERSAL = frozenset({"UTC", "Etc/UTC"})


class CalendarZones:
    """Collects which zones the events of a calendar use, and in which years."""

    def __init__(self, zones: Zones) -> None:
        """Find zones in ``zones``."""
        self._zones = zones
        self._used: dict[str, set[int]] = {}

    def add(self, event: Event, name: str, moment: datetime, zone: str) -> None:
        """Write a moment by the clocks of a zone; in UTC where its civil time comes twice, which no calendar can tell.

        A civil time that comes twice means the first of both (RFC 5545, 3.3.5), but programs differ in that.
        """
        moment = moment.replace(microsecond=0)
        found = None if zone in UNIVERSAL else self._zones.find(zone)
        local = None if found is None else moment.astimezone(found)
        if local is None or local.year not in YEARS or _comes_twice(local):
            event.add(name, moment.astimezone(UTC))
            return
        self.use(zone, local.year)
        event.add(name, local.replace(tzinfo=None), {"TZID": zone})

    def use(self, zone: str, year: int) -> None:
        """Note that a year of a zone is used."""
        self._used.setdefault(zone, set()).add(year)

    def components(self) -> Iterator[Timezone]:
        """Give what each zone did in the years in which it is used."""
        from icalendar import Timezone  # noqa: PLC0415

        for zone, years in sorted(self._used.items()):
            component, clocks = Timezone(), self._zones.find(zone) or UTC
            component.add("tzid", zone)
            for year in sorted(years):
                for rule in _rules(clocks, year, is_first=year - 1 not in years, is_last=year + 1 not in years):
                    component.add_component(rule)
            yield component


def _comes_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _rules(
    clocks: tzinfo, year: int, *, is_first: bool, is_last: bool
) -> Iterator[TimezoneStandard | TimezoneDaylight]:
    """Give what holds at the beginning of a year, if nothing is known of the one before, and each change in it."""
    # A day more at an open end: the year is that of the clocks.
    last = datetime(year, 1, 1, tzinfo=UTC) - is_first * DAY
    end = datetime(year + 1, 1, 1, tzinfo=UTC) + is_last * DAY
    if is_first:
        yield _rule(last.astimezone(clocks), last.astimezone(clocks).utcoffset() or NO_TIME)
    while last < end:
        following = min(last + LOOK_EVERY, end)
        if _state(last, clocks) != _state(following, clocks):
            change = _change(last, following, clocks)
            before = (change - SECOND).astimezone(clocks).utcoffset() or NO_TIME
            yield _rule(change.astimezone(clocks), before)
        last = following


def _change(before: datetime, after: datetime, clocks: tzinfo) -> datetime:
    """Find the second at which the clocks change between two moments."""
    while after - before > SECOND:
        middle = before + ((after - before) // 2 // SECOND) * SECOND
        if _state(middle, clocks) == _state(before, clocks):
            before = middle
        else:
            after = middle
    return after


def _state(moment: datetime, clocks: tzinfo) -> tuple[object, ...]:
    local = moment.astimezone(clocks)
    return local.utcoffset(), local.tzname(), local.dst()


def _rule(local: datetime, before: timedelta) -> TimezoneStandard | TimezoneDaylight:
    """Write what holds from a moment on; it begins by the clocks that held ``before``."""
    from icalendar.cal.timezone import TimezoneDaylight, TimezoneStandard  # noqa: PLC0415

    offset = local.utcoffset() or NO_TIME
    rule = TimezoneDaylight() if local.dst() else TimezoneStandard()
    rule.add("dtstart", local.replace(tzinfo=None, fold=0) - offset + before)
    rule.add("tzoffsetfrom", before)
    rule.add("tzoffsetto", offset)
    rule.add("tzname", local.tzname() or "")
    return rule
