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
    from application.changes.hidden import Hidden
    from application.changes.queries import ChangePiece, TimedChange
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


async def read_steps(read: PageRead) -> Steps:
    """Find the changes around the moment of a page."""
    facade = read.facade
    reader = ChangeReader(changes=facade.queries.changes, events=facade.queries.events)
    now = settled(facade, (CHANGE_VIEW,))
    position = min(read.position, now)
    # What was hidden since is not named on a page of now; on one of the past, as it was visible then.
    hidden = hidden_of(await read.all_components(), await read.panels())
    last = await read.run(lambda: _last(reader, position, hidden))
    back = [_step(facade, each, each.times.recorded_at - JUST_BEFORE) for each in last.changes]
    if not read.is_past:
        return Steps(back=back[0] if back else None)
    following = await read.run(lambda: reader.page(position, now, place=None, limit=1, falling=False))
    forward = [_step(facade, each, each.times.recorded_at) for each in following.changes]
    return Steps(back=back[0] if back else None, forward=forward[0] if forward else None)


def _last(reader: ChangeReader, position: int, hidden: Hidden | None) -> ChangePiece:
    """Read the last change; most often the last event has it, and there is no need to look at more."""
    page = partial(reader.page, 0, position, place=None, limit=1, falling=True, hidden=hidden)
    found = page(looked_at=1)
    return found if found.changes else page(looked_at=LOOKED_AT)


def _step(facade: Facade, timed: TimedChange, moment: datetime) -> PageStep:
    return PageStep(text=sentences_of(facade).all(timed.change), at=timed.times.recorded_at, as_of=instant(moment))
