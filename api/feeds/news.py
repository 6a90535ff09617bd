"""Finds what a feed tells: the newest announcements of what it is about, among a bounded number of changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from application.changes.affected import components_of, snapshot_of_panel
from application.changes.announcements import announcements_of
from application.changes.differences import Visible
from application.changes.kinds import ChangeKind
from application.maintenance.projection import WindowStage
from domain.impact import EVERYWHERE

if TYPE_CHECKING:
    from datetime import datetime

    from api.feeds.filters import FeedFilter
    from api.site.kernel.reading import PageRead
    from application.audit.queries import EventTimes
    from application.changes.announcements import Announcement
    from application.changes.telling import SnapshotChange

ENTRIES = 50
"""How many entries a feed has."""
PIECE, MOST = 200, 1_000
"""How many changes are looked at in one piece, and in all."""
LISTED = 50
"""Of how many incidents, windows of each stage and restorations a filtered feed has what the newest changes do not."""
OF_THING = 100
"""How many changes of each of them are looked at."""
MOST_COMPONENTS = 20
"""Of how many components of a group that is asked of each."""
OLD = timedelta(days=1)
"""What is told later than this after it was true is no news: it has its place in the past."""
WHOLE = {ChangeKind.INCIDENT_PUBLISHED, ChangeKind.INCIDENT_RESOLVED}
"""What is told at once of an incident that was over when it was entered."""


@dataclass(kw_only=True)
class FoundNews:
    """Announcements by their ids, the changes that they come from, and the newest snapshot of each thing."""

    announcements: dict[str, Announcement] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    """By the id of an announcement: at which position it was told anew."""
    titled: dict[str, int] = field(default_factory=dict)
    """By thing: at which position its title changed last."""
    snapshots: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    times: dict[int, EventTimes] = field(default_factory=dict)
    whole: set[tuple[str, datetime]] = field(default_factory=set)
    """The incidents that were over when they were entered, and when that was."""

    def published_at(self, each: Announcement) -> datetime:
        """Give the moment by which an announcement is dated."""
        times = self.times[each.position]
        return times.occurred_at if self.is_old(each) else times.recorded_at

    def is_old(self, each: Announcement) -> bool:
        """Tell whether something was entered long after it was true; an incident that goes on is news all the same."""
        times = self.times[each.position]
        if times.recorded_at - times.occurred_at <= OLD:
            return False
        return not each.thing.startswith("incident/") or (each.thing, times.recorded_at) in self.whole


class Scope:
    """What a feed is about, as far as the changes themselves say it."""

    def __init__(self, wanted: FeedFilter, groups: Mapping[str, str], windows: Iterable[str]) -> None:
        """Filter by ``wanted``; ``groups`` has the group of each component, ``windows`` those of the audiences."""
        self._keys = wanted.keys
        self._groups = groups
        self._windows = frozenset(windows)

    def has(self, thing: str, rows: Iterable[SnapshotChange]) -> bool:
        """Tell whether it is about a thing, of which these changes are known."""
        if not self._keys:
            return True
        snapshots: list[Mapping[str, Any]] = [{**each} for row in rows for each in (row.after, row.before) if each]
        named = {key for snapshot in snapshots for key in components_of(snapshot)}
        if "panel" in self._keys and snapshots[0].get("panel") not in self._keys["panel"]:
            return False
        if "audience" in self._keys and thing not in self._windows:
            return False
        if "component" in self._keys and not self._covers(named, self._keys["component"]):
            return False
        wanted = self._keys.get("group", ())
        return not wanted or self._covers(named, [key for key, group in self._groups.items() if group in wanted])

    def _covers(self, named: set[str], wanted: Sequence[str]) -> bool:
        return bool(wanted) and (EVERYWHERE in named or not named.isdisjoint(wanted))


async def find_news(read: PageRead, wanted: FeedFilter) -> FoundNews:
    """Find the newest announcements, enough for a feed and some more."""
    rows, panels = await read.component_rows(), await read.panels()
    groups = {row.component: row.document["group"] for row in rows}
    windows = await _windows_of(read, wanted)
    snapshots = {row.panel: snapshot_of_panel(row) for row in panels}
    search = NewsSearch(
        scope=Scope(wanted, groups, windows),
        shown=Visible(components=lambda key: key == EVERYWHERE or key in groups, panel=snapshots.get),
    )
    until, looked_at, is_all = read.position, 0, False
    while looked_at < MOST and not is_all:
        piece = await _newest(read, until)
        search.add(piece)
        looked_at, is_all = looked_at + len(piece), len(piece) < PIECE
        if not is_all:
            until = piece[-1].position - 1
            if await _has_enough(read, search):
                return await _begun(read, search)
    if wanted.keys and not is_all:
        for thing in dict.fromkeys(chain(windows, await _listed(read, wanted, groups))):
            search.add(await _of_thing(read, thing))
    return await _begun(read, search)


class NewsSearch:
    """The changes that were looked at, by the things that they are of."""

    def __init__(self, scope: Scope, shown: Visible) -> None:
        """Look for what is in ``scope``; ``shown`` is what readers see beside it."""
        self._scope, self._shown = scope, shown
        self._rows: dict[str, dict[int, SnapshotChange]] = {}

    def add(self, rows: Iterable[SnapshotChange]) -> None:
        """Look at some changes."""
        for row in rows:
            self._rows.setdefault(row.thing, {})[row.position] = row

    def found(self) -> FoundNews:
        """Give the announcements among them."""
        news = FoundNews()
        for thing, by_position in self._rows.items():
            rows = [by_position[position] for position in sorted(by_position)]
            if self._scope.has(thing, rows[::-1]):
                self._tell(news, thing, rows)
        return news

    def _tell(self, news: FoundNews, thing: str, rows: Sequence[SnapshotChange]) -> None:
        for row in rows:
            for each in announcements_of(row, self._shown):
                # What is told again keeps its place.
                if news.announcements.setdefault(str(each.id), each) is not each:
                    news.moved[str(each.id)] = each.position
            if row.before is not None and row.before.get("title") != row.after.get("title"):
                news.titled[thing] = row.position
        news.snapshots[thing] = {**rows[-1].after}


def newest(news: FoundNews) -> list[Announcement]:
    """Give the announcements of a feed, the newest first."""
    ordered = sorted(
        news.announcements.values(),
        key=lambda each: (news.published_at(each), each.position, each.number or 0),
        reverse=True,
    )
    return ordered[:ENTRIES]


async def _begun(read: PageRead, search: NewsSearch) -> FoundNews:
    """Give what was found; what was told anew is dated by when that was told first, however long ago."""
    news = await read.run(search.found)
    again = [each.thing for each in news.announcements.values() if each.is_again]
    for thing in again:
        search.add(await read.run(partial(read.facade.queries.announcements.of_thing, thing, read.position, MOST)))
    return await _dated(read, await read.run(search.found) if again else news)


async def _has_enough(read: PageRead, search: NewsSearch) -> bool:
    """Tell whether there is enough that was told when it happened; what was entered later stands behind it."""
    news = await _dated(read, await read.run(search.found))
    fresh = [each for each in news.announcements.values() if not news.is_old(each)]
    return len(fresh) >= ENTRIES


async def _dated(read: PageRead, news: FoundNews) -> FoundNews:
    positions = {each.position for each in news.announcements.values()}
    positions |= {*news.moved.values(), *news.titled.values()}
    news.times.update(await times_of(read, positions))
    by_entering: dict[tuple[str, datetime], set[ChangeKind]] = {}
    for each in news.announcements.values():
        by_entering.setdefault((each.thing, news.times[each.position].recorded_at), set()).add(each.change.kind)
    news.whole = {key for key, kinds in by_entering.items() if kinds >= WHOLE}
    return news


async def times_of(read: PageRead, positions: Iterable[int]) -> Mapping[int, EventTimes]:
    """Give when the events at some positions were recorded, and when they occurred."""
    wanted = sorted(positions)
    return await read.run(lambda: read.facade.queries.events.times(wanted)) if wanted else {}


async def _newest(read: PageRead, until: int) -> Sequence[SnapshotChange]:
    return await read.run(lambda: read.facade.queries.announcements.newest(until, PIECE))


async def _of_thing(read: PageRead, thing: str) -> Sequence[SnapshotChange]:
    return await read.run(lambda: read.facade.queries.announcements.of_thing(thing, read.position, OF_THING))


async def _windows_of(read: PageRead, wanted: FeedFilter) -> list[str]:
    """List the windows that name the audiences which a feed is filtered by."""
    audiences = wanted.keys.get("audience", ())
    if not audiences:
        return []
    windows = [window for stage in WindowStage for window in await read.windows(stage, LISTED)]
    found = [each for each in windows if not each["audiences"].keys().isdisjoint(audiences)]
    return [f"maintenance_window/{each['id']}" for each in found]


async def _listed(read: PageRead, wanted: FeedFilter, groups: Mapping[str, str]) -> list[str]:
    """List the newest things of the components and panels that a feed is filtered by."""
    of_groups = [key for key, group in groups.items() if group in wanted.keys.get("group", ())]
    components = [*wanted.keys.get("component", ()), *of_groups][:MOST_COMPONENTS]
    limit = LISTED // max(1, len(components)) + 1
    found: list[str] = []
    for key in components:
        incidents = await read.incidents(component=key, limit=limit)
        found += [f"incident/{each['id']}" for each in incidents]
        for stage in WindowStage:
            windows = await read.windows(stage, limit, component=key)
            found += [f"maintenance_window/{each['id']}" for each in windows]
    for key in wanted.keys.get("panel", ()):
        found += [f"restoration/{each['id']}" for each in await read.restorations(key, (), LISTED)]
    return found
