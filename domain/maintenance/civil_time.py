"""Civil times, without an offset, and the instants that they can mean."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from domain.maintenance.errors import AmbiguousTime, NonexistentTime


class Choice(StrEnum):
    """Which of two possible instants a civil time means, where the clocks go forward or back over it."""

    EARLIER = "earlier"
    LATER = "later"


def to_instant(civil: datetime, zone: tzinfo, choice: Choice | None = None) -> datetime:
    """Give the instant (UTC) that a civil time without offset means in a zone.

    When the clocks go forward, a civil time in the gap does not exist; the offsets before and after it give two
    instants (RFC 5545, 3.3.5, uses the later one). When they go back, a civil time in the fold exists twice.

    Raises:
        NonexistentTime: if no clock in the zone shows it, and there is no ``choice``.
        AmbiguousTime: if clocks in the zone show it twice, and there is no ``choice``.
    """
    one, other = _by_fold(civil, zone)
    if one == other:
        return one
    earlier, later = sorted((one, other))
    if choice is not None:
        return earlier if choice is Choice.EARLIER else later
    refusal = AmbiguousTime if one < other else NonexistentTime
    raise refusal(civil, str(zone), earlier=earlier, later=later)


def both_instants(civil: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Give the earlier and the later instant (UTC) that a civil time can mean; mostly they are one and the same."""
    one, other = _by_fold(civil, zone)
    return (one, other) if one <= other else (other, one)


def _by_fold(civil: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    return civil.replace(tzinfo=zone, fold=0).astimezone(UTC), civil.replace(tzinfo=zone, fold=1).astimezone(UTC)
