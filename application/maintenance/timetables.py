"""When a window begins and ends: civil times of a zone, their instants, and the local times of each market."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.errors import Invalid
from domain.maintenance.civil_time import Choice, to_instant
from domain.maintenance.errors import UncertainTime
from domain.maintenance.values import LocalTime, MarketZone, Timetable

if TYPE_CHECKING:
    from datetime import timedelta, tzinfo

    from application.ports import Zones


FARTHEST = datetime(9000, 1, 1, tzinfo=UTC)
"""The latest end of a window; every zone can still show it."""


@dataclass(frozen=True, kw_only=True)
class Times:
    """Times of a plan: civil ``start`` and ``end`` without offset, or an elapsed ``duration``."""

    zone: str
    start: datetime
    end: datetime | None = None
    duration: timedelta | None = None
    ambiguous: Choice | None = None
    markets: tuple[MarketZone, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Move:
    """Other times for a window; without ``end`` and ``duration`` it lasts as long as before, in civil time."""

    start: datetime
    zone: str | None = None
    end: datetime | None = None
    duration: timedelta | None = None
    ambiguous: Choice | None = None

    def to_times(self, timetable: Timetable) -> Times:
        """Give the times after the move of a window whose times were those of ``timetable``."""
        end, duration = self.end, self.duration
        if end is None and duration is None:
            duration = timetable.duration
            if timetable.end is not None:
                end = self.start + (datetime.fromisoformat(timetable.end) - datetime.fromisoformat(timetable.start))
        return Times(
            zone=self.zone or timetable.zone,
            start=self.start,
            end=end,
            duration=duration,
            ambiguous=self.ambiguous,
            markets=markets_of(timetable),
        )


@dataclass(frozen=True, kw_only=True)
class Extension:
    """A later end: a civil time in the zone of the plan, or elapsed time after the old end or the planned start."""

    end: datetime | None = None
    by: timedelta | None = None
    duration: timedelta | None = None
    ambiguous: Choice | None = None


class Timetables:
    """Computes the instants and the local times of civil times."""

    def __init__(self, zones: Zones) -> None:
        """Look zones up in ``zones``."""
        self._zones = zones

    def to_timetable(self, times: Times) -> Timetable:
        """Compute the timetable of a plan, by the present rules of its zone.

        Raises:
            Invalid: if a zone is unknown, or there is neither an end nor a duration, or both.
            NonexistentTime: if no clock in the zone shows a time, and the plan does not choose.
            AmbiguousTime: if clocks in the zone show a time twice, and the plan does not choose.
        """
        if (times.end is None) == (times.duration is None):
            raise Invalid("say either when it ends or how long it lasts", pointer="/end")
        zone = self.zone(times.zone, "/zone")
        starts_at = _to_instant(times.start, zone, times.ambiguous, "/start")
        if times.end is not None:
            ends_at = _to_instant(times.end, zone, times.ambiguous, "/end")
        else:
            ends_at = _later(starts_at, times.duration, "/duration")
        timetable = Timetable(
            zone=times.zone,
            start=civil_text(times.start),
            end=None if times.end is None else civil_text(times.end),
            duration=times.duration,
            ambiguous=times.ambiguous,
            starts_at=starts_at,
            ends_at=ends_at,
            local_times=(),
            tzdata=self._zones.version,
        )
        return self.with_local_times(timetable, times.markets)

    def extend(self, timetable: Timetable, extension: Extension) -> Timetable:
        """Compute a timetable with another end.

        Raises:
            Invalid: if not exactly one of ``end``, ``by`` and ``duration`` is there.
            NonexistentTime: if no clock in the zone shows the end, and nothing chooses; so too ``AmbiguousTime``.
        """
        end, by, duration = extension.end, extension.by, extension.duration
        if (end, by, duration).count(None) != len((by, duration)):
            raise Invalid("say when it ends, by how much it is extended, or how long it lasts", pointer="/end")
        if end is not None:
            choice = extension.ambiguous or timetable.ambiguous
            ends_at = _to_instant(end, self.zone(timetable.zone, "/zone"), choice, "/end")
            longer = replace(timetable, end=civil_text(end), duration=None, ambiguous=choice, ends_at=ends_at)
        else:
            start, length, where = (timetable.starts_at, duration, "/duration")
            if by is not None:
                start, length, where = (timetable.ends_at, by, "/by")
            ends_at = _later(start, length, where)
            longer = replace(timetable, end=None, duration=ends_at - timetable.starts_at, ends_at=ends_at)
        return self.with_local_times(replace(longer, tzdata=self._zones.version), markets_of(timetable))

    def with_local_times(self, timetable: Timetable, markets: tuple[MarketZone, ...]) -> Timetable:
        """Compute the local times of each market.

        Raises:
            Invalid: if a zone is unknown.
        """
        found = [self.zone(each.zone, f"/markets/{place}/zone") for place, each in enumerate(markets)]
        local_times = (
            LocalTime(
                market=each.market,
                zone=each.zone,
                start=local_text(zone, timetable.starts_at),
                end=local_text(zone, timetable.ends_at),
            )
            for each, zone in zip(markets, found, strict=True)
        )
        return replace(timetable, local_times=tuple(local_times))

    def zone(self, name: str, pointer: str = "/zone") -> tzinfo:
        """Find a zone by its IANA name.

        Raises:
            Invalid: if there is none.
        """
        zone = self._zones.find(name)
        if zone is None:
            raise Invalid(f"there is no time zone {name}", pointer=pointer)
        return zone


def markets_of(timetable: Timetable) -> tuple[MarketZone, ...]:
    """Give the markets whose local times a timetable has."""
    return tuple(MarketZone(market=each.market, zone=each.zone) for each in timetable.local_times)


def local_text(zone: tzinfo, moment: datetime) -> str:
    """Write an instant as the clocks of a zone show it (RFC 3339), without seconds if it has none.

    At the ends of the calendar, where some zones would need a year that does not exist, it is written in UTC.
    """
    try:
        local = moment.astimezone(zone)
    except OverflowError:
        local = moment.astimezone(UTC)
    return local.isoformat(timespec="auto" if local.second or local.microsecond else "minutes")


def _to_instant(civil: datetime, zone: tzinfo, choice: Choice | None, pointer: str) -> datetime:
    try:
        return to_instant(civil, zone, choice)
    except UncertainTime as error:
        error.facts["pointer"] = pointer
        raise


def _later(moment: datetime, duration: timedelta | None, pointer: str) -> datetime:
    if not duration:
        raise Invalid("a window without length is none", pointer=pointer)
    if duration > FARTHEST - moment:
        raise Invalid("the end is too far away", pointer=pointer)
    return moment + duration


def civil_text(moment: datetime) -> str:
    """Write a civil time (ISO 8601 without offset), without seconds if it has none."""
    return moment.isoformat(timespec="auto" if moment.second or moment.microsecond else "minutes")
