"""The public changes right before and right after the moment that a page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from api.http.read_point import settled
from api.site.kernel.change_sentences import sentences_of
from application.changes.hidden import hidden_of
from application.changes.projection import CHANGE_VIEW
from application.changes.queries import LOOKED_AT, ChangeReader
from application.document import instant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from api.site.kernel.reading import PageRead
    from application.changes.queries import TimedChange
    from application.facade import Facade

JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class PageStep:
    """A change in words, by language; ``as_of`` is the moment to go to, ``at`` when the change was shown."""

    text: Mapping[str, str]
    at: datetime
    as_of: str


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The last change that the page shows, and the next one that it does not show; None where there is none."""

    back: PageStep | None = None
    forward: PageStep | None = None


async def last_changed_at(read: PageRead) -> datetime | None:
    """Give when readers were shown the last change up to the position of a page; None if there was none."""
    last = await _last(read)
    return last.times.recorded_at if last else None


async def read_steps(read: PageRead) -> Steps:
    """Find the changes around the moment of a page."""
    facade, last = read.facade, await _last(read)
    back = _step(facade, last, last.times.recorded_at - JUST_BEFORE) if last else None
    if not read.is_past:
        return Steps(back=back)
    now = settled(facade, (CHANGE_VIEW,))
    following = await read.run(
        lambda: _reader(facade).page(read.position, now, place=None, limit=1, falling=False).changes
    )
    return Steps(back=back, forward=_step(facade, following[0], following[0].times.recorded_at) if following else None)


async def _last(read: PageRead) -> TimedChange | None:
    """Find the last change; most often the last event has it, and there is no need to look at more."""
    position = min(read.position, settled(read.facade, (CHANGE_VIEW,)))
    # What was hidden since is not named on a page of now; on one of the past, as it was visible then.
    hidden = hidden_of(await read.all_components(), await read.panels())
    page = partial(_reader(read.facade).page, 0, position, place=None, limit=1, falling=True, hidden=hidden)
    for looked_at in (1, LOOKED_AT):
        found = await read.run(partial(page, looked_at=looked_at))
        if found.changes:
            return found.changes[0]
    return None


def _reader(facade: Facade) -> ChangeReader:
    return ChangeReader(changes=facade.queries.changes, events=facade.queries.events)


def _step(facade: Facade, timed: TimedChange, moment: datetime) -> PageStep:
    return PageStep(text=sentences_of(facade).all(timed.change), at=timed.times.recorded_at, as_of=instant(moment))
