"""Reads the document of a feed: its newest entries, with their texts in all languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid5

from api.feeds.filters import HISTORY
from api.feeds.news import find_news, newest, times_of
from api.site.kernel.addresses import part_of
from api.site.kernel.change_sentences import sentences_of
from application.changes.affected import components_of
from application.changes.announcements import NAMESPACE
from application.changes.kinds import ChangeKind
from application.document import instant
from application.incidents.timeline_documents import PublicUpdateDocument
from application.key_names import KeyKind
from application.maintenance.timeline_documents import PublicWindowUpdateDocument
from application.shapes import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.feeds.documents import FeedDocument, FeedEntry
    from api.feeds.filters import FeedFilter
    from api.feeds.news import FoundNews
    from api.site.kernel.reading import PageRead
    from application.changes.announcements import Announcement
    from application.changes.kinds import PublicChange

K = ChangeKind
PATHS = {"incident": "incidents", "maintenance_window": "maintenance"}
"""The folder of the pages of a kind of thing; the page of a restoration is that of its panel."""
OVER = {"resolved", "withdrawn"}
WITH_TIMES = {K.MAINTENANCE_ANNOUNCED, K.MAINTENANCE_MOVED, K.MAINTENANCE_STARTED, K.MAINTENANCE_EXTENDED}
"""What tells for when a window is planned."""
WITH_STATUSES = {K.INCIDENT_PUBLISHED, K.INCIDENT_REOPENED}
"""What begins with the statuses that the incident has by then, whatever its own entry changed."""
EMPTY_SINCE = "1970-01-01T00:00:00Z"
"""When a feed without entries was updated: Atom asks for a moment, and this one never moves."""
Text = dict[str, str]


async def read_feed(read: PageRead, wanted: FeedFilter, identity: str) -> FeedDocument:
    """Read what a feed is written from; ``identity`` tells this log from every other."""
    news = await find_news(read, wanted)
    announced = newest(news)
    entries = await entries_of(read, news, announced)
    rows = await read.component_rows()
    retired = {row.component for row in rows if row.retired}
    return {
        "filter": await names_of(read, wanted),
        "query": [list(pair) for pair in wanted.query],
        # A component that is retired has no page any more.
        "page": wanted.page if retired.isdisjoint(wanted.keys.get("component", ())) else HISTORY,
        "id": str(uuid5(NAMESPACE, f"feed/{identity}/{json.dumps(wanted.query)}")),
        "names": {row.component: row.document["name"] for row in rows},
        "updated": max((each["updated"] for each in entries), key=datetime.fromisoformat, default=EMPTY_SINCE),
        "modified_at": instant(max((_changed(news, each) for each in announced), default=None)),
        "entries": entries,
    }


async def names_of(read: PageRead, wanted: FeedFilter) -> list[Text]:
    """Name what a feed is filtered by; what nobody has named, by the words of its key."""
    known: dict[str, Mapping[str, Text | None]] = {
        "component": {row.component: row.document["name"] for row in await read.component_rows()},
        "group": {each["key"]: each["name"] for each in await read.names(KeyKind.GROUP)},
        "audience": {each["key"]: each["name"] for each in await read.names(KeyKind.AUDIENCE)},
        "panel": {row.panel: row.document["name"] for row in await read.panels()},
    }
    speeches = sentences_of(read.facade)
    return [known[member].get(key) or speeches.names(key) for member, key in wanted.query]


async def entries_of(read: PageRead, news: FoundNews, announced: Sequence[Announcement]) -> list[FeedEntry]:
    """Read what announcements say; ``news`` has a snapshot of each thing, and the times of their events."""
    numbers: dict[str, list[int]] = {}
    for each in announced:
        if each.number is not None:
            numbers.setdefault(each.thing, []).append(each.number)
    written = await read.run(lambda: read.facade.queries.announcements.entries(read.position, numbers))
    news.times.update(await times_of(read, {since for since, _ in written.values()}))
    hidden, sentences = await read.hidden(), sentences_of(read.facade)
    found: list[FeedEntry] = []
    for each in announced:
        kind, _, id = each.thing.partition("/")
        since, text = written.get((each.thing, each.number or 0), (each.position, ""))
        if since > each.position:
            news.moved[str(each.id)] = since
        update = _update(kind, text, hidden) if text else {}
        change = _now(each.change, update, news.snapshots[each.thing])
        snapshot, kind_of_change = news.snapshots[each.thing], each.change.kind
        message = update.get("message") or await _message(read, each)
        # Where nothing was written, the sentence says it.
        is_plan = kind_of_change in WITH_TIMES and bool(message)
        begun = each.statuses if kind_of_change in WITH_STATUSES else {}
        found.append(
            {
                "id": str(each.id),
                "title": sentences.all(change),
                "message": message,
                "thing": kind,
                "page": _page(kind, id, snapshot),
                "published": instant(news.published_at(each)),
                "updated": instant(_updated(news, each)),
                "occurred_at": update.get("occurred_at") or instant(news.times[each.position].occurred_at),
                "statuses": update.get("components") or {key: begun[key] for key in begun if key not in hidden},
                "all": update.get("all"),
                "starts_at": update.get("starts_at") if is_plan else None,
                "ends_at": update.get("ends_at") if is_plan else None,
                "expected_at": update.get("expected_at"),
                "affected": sorted(key for key in components_of(snapshot) if key not in hidden),
                "panel": dict(change.names["panel"]) if "panel" in change.names else None,
            }
        )
    return found


def _update(kind: str, text: str, hidden: frozenset[str]) -> Mapping[str, Any]:
    shape = {"incident": PublicUpdateDocument, "maintenance_window": PublicWindowUpdateDocument}.get(kind)
    document = json.loads(text)
    return cast("Mapping[str, Any]", document if shape is None else redact(document, shape, hidden))


def _now(change: PublicChange, update: Mapping[str, Any], snapshot: Mapping[str, Any]) -> PublicChange:
    """Let a change have the title of now, and say what its own entry says."""
    names = {**change.names, "title": snapshot["title"]} if "title" in snapshot else change.names
    details = {**change.details, "expected_at": None}
    if change.kind is K.INCIDENT_UPDATED and details["state"] not in OVER and update:
        details["state"] = update["state"]
    if update.get("starts_at"):
        details |= {"starts_at": update["starts_at"], "ends_at": update["ends_at"]}
    return replace(change, names=names, details=details)


async def _message(read: PageRead, announced: Announcement) -> Text | None:
    """Read what was written with what has no entry in a timeline."""
    kind, _, id = announced.thing.partition("/")
    if announced.entry == "postmortem":
        postmortem = (await read.incident(UUID(id)))["postmortem"]
        return postmortem["body"] if postmortem else None
    if kind != "restoration" or announced.number is not None:
        return None
    document = await read.restoration(UUID(id), ())
    what, _, rest = announced.entry.partition("/")
    match what, rest:
        case "access_restored", number:
            return document["losses"][int(number) - 1]["restored_note"]
        case "promise", number if number.isdigit():
            return next((each["note"] for each in document["promises"] if each["number"] == int(number)), None)
        case "completed", _:
            return document["completed_note"]
        case _:
            return None


def _updated(news: FoundNews, announced: Announcement) -> datetime:
    """Give when an announcement was last corrected: its text, its own entry, or the title of what it is about."""
    is_corrected = _last_position(news, announced) > announced.position
    return _changed(news, announced) if is_corrected else news.published_at(announced)


def _changed(news: FoundNews, announced: Announcement) -> datetime:
    """Give when an announcement was corrected, or shown, whenever it was true."""
    return news.times[_last_position(news, announced)].recorded_at


def _last_position(news: FoundNews, announced: Announcement) -> int:
    titled = news.titled.get(announced.thing, 0)
    return max(announced.position, news.moved.get(str(announced.id), 0), titled)


def _page(kind: str, id: str, snapshot: Mapping[str, Any]) -> str:
    return f"panels/{part_of(snapshot['panel'])}" if kind == "restoration" else f"{PATHS[kind]}/{id}"
