"""Civil times: what a clock on a wall shows, and the instants that it can mean."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from domain.maintenance.errors import AmbiguousTime, NonexistentTime


class Choice(StrEnum):
    """Which of two possible instants a civil time means, where the clocks go forward or back over it."""

    EARLIER = "earlier"
    LATER = "later"


def meant(civil: datetime, zone: tzinfo, choice: Choice | None = None) -> datetime:
    """Give the instant (UTC) that a civil time without offset means in a zone.

    In the gap of spring no clock shows it; the possible instants are then those that the offsets before and after give
    (RFC 5545, 3.3.5, takes the later one). In the fold of autumn every clock shows it twice.

    Raises:
        NonexistentTime: if no clock in the zone shows it, and there is no ``choice``.
        AmbiguousTime: if clocks in the zone show it twice, and there is no ``choice``.
    """
    one, other = (civil.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if one == other:
        return one
    earlier, later = sorted((one, other))
    if choice is not None:
        return earlier if choice is Choice.EARLIER else later
    refusal = AmbiguousTime if one < other else NonexistentTime
    raise refusal(civil, str(zone), earlier=earlier, later=later)
