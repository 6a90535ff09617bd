"""Which position of the log and which moment a read is of; both are checked before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request

from api.http.auth import facade_of
from api.http.parameters import read_instant
from application.errors import NotYetVisible, StoreUnavailable
from application.facade import Facade
from application.projections.tables import View
from domain.errors import Invalid

IN_FLIGHT = timedelta(seconds=10)
"""How recent an instant is if a transaction of then may still be under way."""


DIGITS = 18
"""How many digits a position has at most; a longer one lies in the future."""


COARSE = 1_000
"""Readers learn the length of the log rounded up to this many events, not its exact length."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """What a read is of: the log up to ``position``, the world at ``at`` (None: whatever is open at that position).

    ``now`` is the moment at which that position was the last; for readers, who may not know it, that of the read.
    """

    position: int
    now: datetime
    at: datetime | None


async def point(
    request: Request,
    views: Sequence[View],
    *,
    as_of: str | None = None,
    at: str | None = None,
    min_position: int | None = None,
    sees_private: bool,
) -> Point:
    """Find the position that a read of some ``views`` is of, and wait until they reflect it.

    Raises:
        Invalid: if ``as_of`` or ``at`` is no instant with an offset, or lies in the future.
        NotYetVisible: if the views do not come to ``min_position`` in time, or one of them is being built anew.
    """
    facade = facade_of(request)
    now = facade.clock.now()
    moment = _past(at, "at", now) if at is not None else None
    # Not those of all views: one that has stopped must not stop who reads others.
    names = tuple(view.name for view in views)
    if min_position is not None:
        await _reach(facade, min_position, names, sees_private=sees_private)
    if as_of is None and request.scope.get("identity") is not None:
        await facade.visibility.reach_own(names)
    if as_of is None:
        return Point(position=settled(facade, views), now=now, at=moment)
    position, then = await _as_of(facade, as_of, "as_of", now, names, sees_private=sees_private)
    return Point(position=position, now=then, at=moment)


async def position_as_of(facade: Facade, text: str, name: str, views: Sequence[View], *, sees_private: bool) -> int:
    """Find the position that the query parameter ``name`` names as ``as_of`` does, and wait until views reflect it.

    Raises:
        Invalid: if it is no instant with an offset and no position, or lies in the future.
        NotYetVisible: if the views do not come there in time.
    """
    names = tuple(view.name for view in views)
    position, _ = await _as_of(facade, text, name, facade.clock.now(), names, sees_private=sees_private)
    return position


def settled(facade: Facade, views: Sequence[View]) -> int:
    """Give the position that some views reflect, whatever is the matter with the others.

    Raises:
        NotYetVisible: if one of them has not come to where the log ended when it began anew: it would tell of the past
            as of now.
    """
    # In this order: one that begins anew in between is not taken for one that has come to its first events.
    position = min(facade.visibility.position_of(view.name) for view in views)
    for view in views:
        if facade.visibility.is_rebuilding(view.name):
            raise NotYetVisible(f"the view {view.name} is being built anew")
    return position


async def end_of_log(facade: Facade) -> int:
    """Give the position of the last event, as of which a command that records none is answered."""
    return await facade.reads.run(facade.end_of_log)


async def _reach(facade: Facade, position: int, views: Sequence[str], *, sees_private: bool) -> None:
    """Wait for a position; one that was not given out yet tells readers nothing of the length of the log."""
    if not sees_private:
        last = await _longest(facade)
        if position <= _coarse(last):
            position = min(position, last)
    await facade.visibility.reach(position, views)


async def _longest(facade: Facade) -> int:
    """Give the position of the last event that a caller may have heard of: a command may have told of it already.

    While the database that is written is away, what can be read has to do.
    """
    try:
        return await end_of_log(facade)
    except StoreUnavailable:
        if facade.visibility.lag is None:
            raise
        return (await facade.reads.run(facade.queries.events.last))[0]


def _coarse(last: int) -> int:
    return (last // COARSE + 1) * COARSE


def is_position(text: str) -> bool:
    """Tell whether a parameter that takes an instant or a position names a position."""
    return text.isascii() and text.isdigit()


async def _as_of(
    facade: Facade, text: str, name: str, now: datetime, views: Sequence[str], *, sees_private: bool
) -> tuple[int, datetime]:
    """Find a position, and the moment that it is of; and wait until some ``views`` reflect it."""
    if is_position(text):
        last = await _longest(facade)
        position = int(text) if len(text) <= DIGITS else 10**DIGITS
        limit = last if sees_private else _coarse(last)
        if position > limit:
            raise Invalid(f"position {text} lies in the future", pointer=f"/{name}")
        position = min(position, last)
        await facade.visibility.reach(position, views)
        # When an event was recorded says when something happened that readers may not know of.
        then = await facade.reads.run(lambda: facade.queries.events.time_of(position)) if sees_private else None
        return position, then or now
    moment = _past(text, name, now)
    if moment > now - IN_FLIGHT:
        # What is being recorded at this very moment belongs to the answer: wait for it.
        await facade.runner.run(lambda log: log.position)
    if facade.visibility.lag is not None:
        await _reach_moment(facade, moment, views)
    position = await facade.reads.run(lambda: facade.queries.events.position_at(moment))
    await facade.visibility.reach(position, views)
    return position, moment


async def _reach_moment(facade: Facade, moment: datetime, views: Sequence[str]) -> None:
    """Wait until a standby has all that was recorded up to a moment: it has if it has something of later."""
    _, last_at = await facade.reads.run(facade.queries.events.last)
    if last_at is None or last_at <= moment:
        await facade.visibility.reach(await end_of_log(facade), views)


def _past(text: str, name: str, now: datetime) -> datetime:
    moment = read_instant(text, name)
    if moment > now:
        raise Invalid(f"{text} lies in the future", pointer=f"/{name}")
    return moment
