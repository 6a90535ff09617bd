"""The search in the log, and its export."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response, StreamingResponse

from api.console.audit.reading import UUID_TEXT, read_event
from api.console.kernel.downloads import Download
from api.console.kernel.event_words import EVENTS, words_of_thing
from api.console.kernel.fields import FieldFault, read_instant
from api.console.kernel.guards import Auditing
from api.console.kernel.screens import OWN_ANSWERS, Screen, ScreenRoute, answer_screen
from domain.errors import Invalid
from domain.instants import written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.console.kernel.client import Reply
    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/audit", route_class=ScreenRoute)

PAGE = 50
EXPORTED_AT_ONCE = 200
NDJSON = "application/x-ndjson"
POSITION = re.compile("[0-9]{1,15}")
SPANS = (
    ("Last hour", timedelta(hours=1)),
    ("Last 24 hours", timedelta(days=1)),
    ("Last 7 days", timedelta(days=7)),
    ("Last 30 days", timedelta(days=30)),
)
"""The spans that are offered as links."""
LONGEST_ACTOR = 300
FILTERS = ("actor", "type", "aggregate", "since", "until")


@router.get("")
async def show_search(visit: Auditing) -> Response:
    """Show the newest events, or those that were searched for."""
    go_to = visit.query.get("go", "").strip()
    if POSITION.fullmatch(go_to):
        return RedirectResponse(f"/console/audit/events/{int(go_to)}", 303, OWN_ANSWERS)
    if UUID_TEXT.fullmatch(go_to.lower()):
        return RedirectResponse(f"/console/audit/{go_to.lower()}", 303, OWN_ANSWERS)
    return await answer_screen(visit, read_search)


@router.get("/export.ndjson")
async def export_search(visit: Auditing) -> Response:
    """Answer with the events that were searched for, one a line; without a filter, with what verifies them offline.

    Raises:
        Invalid: if the search is none.
    """
    asked, faults = searched(visit)
    if faults:
        raise Invalid(next(iter(faults.values())))
    if not asked and not visit.query.get("type"):
        return Download(visit, "/v1/events.ndjson", {"entries": True})
    first = await visit.api.get("/v1/events", limit=EXPORTED_AT_ONCE, **asked)
    headers = {**OWN_ANSWERS, "Content-Disposition": 'attachment; filename="events.ndjson"'}
    return StreamingResponse(_lines(visit, asked, first), 200, headers, NDJSON)


async def read_search(visit: Visit) -> Screen:
    """Read a page of events; what was typed wrong is pointed at, and nothing is searched for."""
    asked, faults = searched(visit)
    newest_first = not asked
    found: Sequence[Mapping[str, Any]] = ()
    older = newer = None
    if not faults:
        after = visit.query.get("after", "")
        place = int(after) if POSITION.fullmatch(after) else 0
        if newest_first:
            last = await _last(visit)
            place = min(place or last, last)
            reply = await visit.api.get("/v1/events", after=max(place - PAGE, 0), limit=min(PAGE, place) or 1)
            found = [each for each in reversed(reply.document["data"]) if each["position"] <= place]
            older, newer = (place - PAGE if place > PAGE else None), (min(place + PAGE, last) if place < last else None)
        else:
            reply = await visit.api.get("/v1/events", after=place, limit=PAGE, **asked)
            found = reply.document["data"]
            newer = int(reply.document["next_cursor"]) if reply.document["has_more"] else None
    document = {
        "lines": [read_event(each) for each in found],
        "faults": faults,
        "newest_first": newest_first,
        "older": older,
        "newer": newer,
        "types": [(each, f"{words_of_thing(each.partition('.')[0])}: {words}") for each, words in EVENTS.items()],
        "spans": [(words, written(visit.now - length)) for words, length in SPANS],
        "looks_odd": bool(visit.query.get("go")),
    }
    return Screen(template="audit_search.html", document=document, status=422 if faults else 200)


def searched(visit: Visit) -> tuple[dict[str, str], dict[str, str]]:
    """Give the filters for the route, and what is wrong with which of them."""
    asked: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name in FILTERS:
        text = visit.query.get(name, "").strip()
        if not text:
            continue
        try:
            asked[name] = read_instant(text, visit.zone, name) if name in {"since", "until"} else text
        except FieldFault as fault:
            faults[name] = fault.text
    if "aggregate" in asked and not UUID_TEXT.fullmatch(asked["aggregate"].lower()):
        faults["aggregate"] = "Enter an id, as in 0178198a-5740-7000-9d67-d7fe5ded8278."
    if "type" in asked and asked["type"] not in EVENTS:
        faults["type"] = "Choose one of the list."
    if len(asked.get("actor", "")) > LONGEST_ACTOR:
        faults["actor"] = f"Enter at most {LONGEST_ACTOR} characters."
    return asked, faults


async def _last(visit: Visit) -> int:
    return (await visit.api.get("/v1/events", limit=1)).position


async def _lines(visit: Visit, asked: dict[str, str], reply: Reply) -> AsyncIterator[bytes]:
    """Write page after page, up to what was the last event when it began."""
    last = reply.position
    while True:
        page = reply.document
        for event in page["data"]:
            if event["position"] <= last:
                yield json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if not page["has_more"] or int(page["next_cursor"]) >= last:
            return
        reply = await visit.api.get("/v1/events", limit=EXPORTED_AT_ONCE, after=page["next_cursor"], **asked)
