"""When a message to a subscriber is due, and what goes together with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from domain.subscriptions.values import Rhythm

TOGETHER = timedelta(seconds=60)
"""What follows the first e-mail about a thing within this time goes as one."""
MOST_AN_HOUR = 5
"""How many e-mails a subscriber gets at once in an hour; the rest waits until the hour is over."""
HOUR = timedelta(hours=1)
DAILY_AT = 8
"""The hour of the day, on the clocks of the site, at which daily e-mails go."""


@dataclass(frozen=True, kw_only=True)
class EarlierDelivery:
    """An e-mail that was planned for a subscriber before; its letter has the ``members``.

    It ``waits`` for a digest, or is due, and if nobody leased it yet it can be replaced.
    """

    id: str
    thing: str
    planned_at: datetime
    due: datetime
    waits: bool
    can_be_replaced: bool
    is_instant: bool
    members: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When an e-mail is due, whether it waits for a digest, and which earlier ones it replaces."""

    due: datetime
    waits: bool = False
    replaces: tuple[EarlierDelivery, ...] = ()


def time_mail(
    now: datetime, rhythm: Rhythm, zone: tzinfo, thing: str, earlier: Sequence[EarlierDelivery], *, is_end: bool
) -> Timing:
    """Decide on an e-mail about a ``thing``; ``earlier`` are those to the same subscriber that matter yet.

    An end goes out in any case but that of a rhythm, and takes along what waited. Where the clock was set back, earlier
    ones lie in the future; then none is later than it would be after one of now.
    """
    if rhythm is not Rhythm.INSTANT:
        return Timing(due=next_digest(now, rhythm, zone), waits=True)
    of_thing = [each for each in earlier if each.thing == thing and not each.waits]
    replaced = tuple(each for each in of_thing if each.can_be_replaced)
    waiting = tuple(each for each in earlier if each.waits)
    if is_end:
        due = min((each.due for each in replaced), default=_after_last(now, of_thing))
        return Timing(due=min(due, now + TOGETHER), replaces=(*replaced, *waiting))
    if replaced:
        return Timing(due=min(now + TOGETHER, *(each.due for each in replaced)), replaces=replaced)
    recent = sorted(each.planned_at for each in earlier if each.is_instant and each.planned_at > now - HOUR)
    if waiting or len(recent) >= MOST_AN_HOUR:
        # All of them wait for the same moment, the end of the hour that the first of the five began.
        ends = min((each.due for each in waiting), default=None) or recent[-MOST_AN_HOUR] + HOUR
        return Timing(due=min(max(ends, now), now + HOUR), waits=True)
    return Timing(due=_after_last(now, of_thing))


def _after_last(now: datetime, of_thing: Sequence[EarlierDelivery]) -> datetime:
    """Give the moment by which all that follows within a minute is collected."""
    sent = [each.planned_at for each in of_thing if not each.can_be_replaced]
    return min(max(now, max(sent) + TOGETHER), now + TOGETHER) if sent else now


def next_digest(now: datetime, rhythm: Rhythm, zone: tzinfo) -> datetime:
    """Give the next full hour, or the next morning on the clocks of ``zone``."""
    local = now.astimezone(zone)
    if rhythm is Rhythm.HOURLY:
        return now.replace(minute=0, second=0, microsecond=0) + HOUR
    morning = local.replace(hour=DAILY_AT, minute=0, second=0, microsecond=0, fold=0)
    if morning.astimezone(now.tzinfo) <= now:
        morning = (local + timedelta(days=1)).replace(hour=DAILY_AT, minute=0, second=0, microsecond=0, fold=0)
    return morning.astimezone(now.tzinfo)
