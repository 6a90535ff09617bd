"""What the tests of civil times are given: every zone of the world, and whenever its clocks change."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib import resources
from typing import NamedTuple

from infrastructure.zones import PinnedZones

ZONES = PinnedZones()
DATA = resources.files("tzdata")
NAMES = tuple(DATA.joinpath("zones").read_text(encoding="utf-8").split())
FIRST = datetime(2015, 1, 1, tzinfo=UTC)
LAST = datetime(2036, 1, 1, tzinfo=UTC)
# Nowhere do clocks change twice within so short a time: the shortest summer is that of a Ramadan.
STEP = timedelta(days=5)
SECOND = timedelta(seconds=1)
BEYOND = timedelta(hours=30)


class Change(NamedTuple):
    """The clocks of ``zone`` change: until ``moment`` they are ahead of UTC by ``before``, and then by ``after``."""

    zone: str
    moment: datetime
    before: timedelta
    after: timedelta

    @property
    def is_gap(self) -> bool:
        """Whether the clocks go forward."""
        return self.before < self.after

    @property
    def first(self) -> datetime:
        """The first civil time that no clock shows, or that all show twice."""
        return self.moment.replace(tzinfo=None) + min(self.before, self.after)

    @property
    def last(self) -> datetime:
        """The first civil time that all clocks show once again."""
        return self.moment.replace(tzinfo=None) + max(self.before, self.after)


def zone_of(name: str) -> tzinfo:
    """Give the zone of that name."""
    zone = ZONES.find(name)
    assert zone is not None
    return zone


def offset_at(zone: tzinfo, moment: datetime) -> timedelta:
    """Give how far the clocks of a zone are ahead of UTC at an instant."""
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def shown_at(zone: tzinfo, moment: datetime) -> datetime:
    """Give what the clocks of a zone show at an instant in UTC."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def that_show(zone: tzinfo, civil: datetime) -> list[datetime]:
    """Give the instants at which the clocks of a zone show this, by looking at what they show."""
    about = civil.replace(tzinfo=UTC)
    offsets = {offset_at(zone, about - BEYOND), offset_at(zone, about + BEYOND)}
    return sorted(about - offset for offset in offsets if shown_at(zone, about - offset) == civil)


@cache
def distinct_names() -> tuple[str, ...]:
    """Give one name of each zone; four in ten are other names of the same file."""
    files = {DATA.joinpath("zoneinfo", *name.split("/")).read_bytes(): name for name in reversed(NAMES)}
    return tuple(sorted(files.values()))


@cache
def every_change() -> tuple[Change, ...]:
    """Give every change of every zone from 2015 to 2035, by one of its names."""
    return tuple(change for name in distinct_names() for change in changes_of(name))


@cache
def changes_of(name: str) -> tuple[Change, ...]:
    """Give every change of one zone from 2015 to 2035."""
    zone, moment, found = zone_of(name), FIRST, []
    before = offset_at(zone, moment)
    while moment < LAST:
        after = offset_at(zone, moment + STEP)
        if after != before:
            found.append(Change(name, _between(zone, moment, before), before, after))
        moment, before = moment + STEP, after
    return tuple(found)


def _between(zone: tzinfo, start: datetime, before: timedelta) -> datetime:
    """Halve the step until the second is found from which on the offset is another."""
    low, high = 0, STEP // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(zone, start + middle * SECOND) == before:
            low = middle
        else:
            high = middle
    return start + high * SECOND
