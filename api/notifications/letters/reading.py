"""Reads what letters are written from: what readers see of announcements, at one position of the log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from api.feeds.entries import entries_of
from api.feeds.news import FoundNews, times_of
from api.notifications.letters.documents import LetterDocument, LetterEntry, LetterThing
from api.site.kernel.reading import PageRead
from api.site.windows import shown_window
from application.document import instant
from application.key_names import KeyKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.feeds.documents import FeedEntry
    from application.audit.queries import EventTimes
    from application.changes.announcements import Announcement
    from application.facade import Facade

MOST = 30
"""Of how many announcements one letter says something; further ones are counted."""
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


async def read_letter(facade: Facade, announcements: Sequence[Announcement], position: int) -> LetterDocument:
    """Read what a letter says.

    Raises:
        NotYetVisible: if a view does not reflect the position, or is being built anew.
    """
    ordered = sorted(announcements, key=lambda each: (each.position, each.number or 0), reverse=True)
    chosen = ordered[:MOST]
    read = PageRead(facade=facade, position=position, now=BEFORE_ALL)
    news = FoundNews(announcements={str(each.id): each for each in chosen})
    for thing in dict.fromkeys(each.thing for each in chosen):
        newest = await read.run(_newest(facade, thing, position))
        news.snapshots[thing] = newest
    news.times.update(await times_of(read, {each.position for each in chosen}))
    # What is overdue is so by when the newest was recorded: the same letter is written whenever it is read.
    read = PageRead(facade=facade, position=position, now=news.times[chosen[0].position].recorded_at)
    written = await entries_of(read, news, chosen)
    by_thing: dict[str, list[LetterEntry]] = {}
    for each, entry in zip(chosen, written, strict=True):
        by_thing.setdefault(each.thing, []).append(_entry(each, entry, news.times[each.position]))
    return {
        "things": [await _thing(read, thing, entries, news.snapshots[thing]) for thing, entries in by_thing.items()],
        "more": len(ordered) - len(chosen),
        "names": {row.component: row.document["name"] for row in await read.component_rows()},
        "audiences": list(await read.names(KeyKind.AUDIENCE)),
    }


def _newest(facade: Facade, thing: str, position: int) -> Any:  # noqa: ANN401 - a read of any snapshot
    return lambda: {**facade.queries.announcements.of_thing(thing, position, 1)[0].after}


def _entry(announced: Announcement, entry: FeedEntry, times: EventTimes) -> LetterEntry:
    change = announced.change
    before = change.before or {}
    start, end = before.get("starts_at"), before.get("ends_at")
    promised = change.details.get("promised_for")
    return {
        **entry,
        "kind": str(change.kind),
        "recorded_at": instant(times.recorded_at),
        "state": change.details.get("state"),
        "moved_from": [start, end] if start and end else None,
        "promised_for": None if promised is None else str(promised),
    }


async def _thing(read: PageRead, thing: str, entries: list[LetterEntry], snapshot: Mapping[str, Any]) -> LetterThing:
    kind, _, id = thing.partition("/")
    found: LetterThing = {
        "id": thing,
        "title": snapshot.get("title") or {},
        "page": entries[0]["page"],
        "entries": entries,
        "incident": None,
        "window": None,
        "restoration": None,
        "clocks": None,
        "capabilities": {},
    }
    match kind:
        case "incident":
            found["incident"] = await read.incident(UUID(id))
        case "maintenance_window":
            window = await read.window(UUID(id))
            found["window"], found["clocks"] = window, shown_window(window, read.facade.zones)["clocks"]
        case _:
            panel = next(row.document for row in await read.panels() if row.panel == snapshot["panel"])
            found["title"] = panel["name"]
            found["restoration"] = await read.restoration(UUID(id), panel["hidden_capabilities"])
            found["capabilities"] = {key: name for key, name in panel["capability_names"].items() if name}
    return found
