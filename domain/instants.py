"""How an instant is written, wherever it is written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing happened to any request before: what says so has the zero of some clock (the years 1, 1900, 1970)."""

FIRST_DAY = date(1, 1, 2)
"""The first day that begins in every zone: in some, the very first one begins before time does."""
FIRST_MOMENT = datetime(1, 1, 3, tzinfo=UTC)
"""From here on every moment has a day in every zone that is not before ``FIRST_DAY``."""


@lru_cache(maxsize=16_384)
def written(moment: datetime) -> str:
    """Write an instant (RFC 3339, UTC), without a fraction if it has none.

    Raises:
        ValueError: if it has no offset, and thus is none.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} is no instant: it has no offset")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day_span(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Give the first instant (UTC) of a civil day in a zone, and the first of the day after.

    A midnight that the clocks skip is the moment at which they skip it; of one that comes twice it is the first.
    """
    # With ``fold=0`` a civil time in a gap counts by the offset before it, which is the very moment of the change.
    start, end = (datetime(each.year, each.month, each.day, tzinfo=zone) for each in (day, day + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


def moment_before(now: datetime, age: timedelta) -> datetime:
    """Give the moment so long before ``now``, or the beginning of the first year, if that is later."""
    beginning = datetime.min.replace(tzinfo=UTC)
    return now - age if now - beginning > age else beginning
