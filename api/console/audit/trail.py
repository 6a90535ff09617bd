"""The trail of anything, and a single event as it was recorded."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.console.audit.reading import EventLine, name_of_thing, one_text, own_screen, read_event
from api.console.kernel.event_words import words_of_thing
from api.console.kernel.guards import Auditing
from api.console.kernel.screens import Screen, ScreenRoute, answer_screen
from domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/audit", route_class=ScreenRoute)

PAGE = 40
FOLLOWING = 200
"""How many of the next events are searched for those that an event led to."""
ON_BOARDS = frozenset({"incident", "maintenance_window", "restoration", "panel", "component"})
"""The things whose events change what boards show."""
LATEST = 10**15
EventPosition = Annotated[int, Path(ge=1, le=LATEST)]


@router.get("/events/{position}")
async def show_event(visit: Auditing, position: EventPosition) -> Response:
    """Show an event as it was recorded."""
    return await answer_screen(visit, partial(read_one_event, position=position))


@router.get("/{aggregate}")
async def show_trail(visit: Auditing, aggregate: UUID) -> Response:
    """Show everything that happened to one thing."""
    return await answer_screen(visit, partial(read_trail, aggregate=aggregate))


async def read_trail(visit: Visit, aggregate: UUID) -> Screen:
    """Read the events of one thing, the oldest first, with what each changed for whom."""
    path, after = f"/v1/aggregates/{aggregate}/events", visit.query.get("after", "")
    after = after if after.isdigit() and len(after) < len(str(LATEST)) else "0"
    first, page = await asyncio.gather(visit.api.read(path, limit=1), visit.api.read(path, after=after, limit=PAGE))
    beginning = first["data"][0]
    lines = [read_event(each) for each in page["data"]]
    changes = await asyncio.gather(*(_changes(visit, each) for each in lines))
    of_positions = {each.event["position"] for each in lines}
    effects: dict[int, list[EventLine]] = {}
    for each in lines:
        if each.event["causation"] in of_positions:
            effects.setdefault(each.event["causation"], []).append(each)
    document = {
        "aggregate": str(aggregate),
        "thing": words_of_thing(beginning["aggregate"]["type"]),
        "named": await _name(visit, beginning),
        "own_screen": own_screen(beginning),
        "entries": list(zip(lines, changes, strict=True)),
        "effects": effects,
        "after": int(after),
        "next_after": page["next_cursor"] if page["has_more"] else None,
        "page": PAGE,
    }
    return Screen(template="audit_trail.html", document=document)


async def read_one_event(visit: Visit, position: int) -> Screen:
    """Read an event, what it came from, what it led to, and the proof that it is in the log.

    Raises:
        NotFound: if there is no event at this position.
    """
    reply = await visit.api.get("/v1/events", after=position - 1, limit=1, entries=True)
    found = reply.document["data"]
    if not found:
        raise NotFound(f"There is no event {position}. The last one is {reply.position}.")
    event: Mapping[str, Any] = found[0]
    line = read_event(event)
    changes, cause, effects, proof, first = await asyncio.gather(
        _changes(visit, line),
        _cause(visit, event["causation"]),
        _effects(visit, event),
        visit.api.read(f"/v1/events/{position}/proof"),
        visit.api.read(f"/v1/aggregates/{event['aggregate']['id']}/events", limit=1),
    )
    document = {
        "line": line,
        "changes": changes,
        "cause": cause,
        "effects": effects[0],
        "more_follow": effects[1],
        "following": FOLLOWING,
        "named": await _name(visit, first["data"][0]),
        "own_screen": own_screen(first["data"][0]),
        "data": json.dumps(event["data"], ensure_ascii=False, indent=2),
        "proof": proof,
        "last": reply.position,
    }
    return Screen(template="audit_event.html", document=document)


async def _changes(visit: Visit, line: EventLine) -> list[Mapping[str, Any]]:
    """Give what the event changed on boards, in sentences."""
    if line.event["aggregate"]["type"] not in ON_BOARDS:
        return []
    position = line.event["position"]
    found = await visit.api.read("/v1/changes", **{"from": str(position - 1)}, until=str(position), limit=10)
    return list(found["data"])


async def _name(visit: Visit, first: Mapping[str, Any]) -> str:
    """Name a thing by its first event, or by the title that it has got since."""
    named, aggregate = name_of_thing(first), first["aggregate"]
    if not named and aggregate["type"] == "incident":
        found = await visit.api.find(f"/v1/incidents/{aggregate['id']}")
        named = one_text((found or {}).get("title"))
    return named


async def _cause(visit: Visit, position: int | None) -> EventLine | None:
    if position is None:
        return None
    found = (await visit.api.read("/v1/events", after=position - 1, limit=1))["data"]
    return read_event(found[0]) if found else None


async def _effects(visit: Visit, event: Mapping[str, Any]) -> tuple[list[EventLine], bool]:
    """Give what the event led to among the next events of the log, and among the next ones of the same thing.

    And whether the log goes on after those: no store keeps what an event led to.
    """
    position, own = event["position"], event["aggregate"]
    near, later = await asyncio.gather(
        visit.api.read("/v1/events", after=position, limit=FOLLOWING),
        visit.api.read(f"/v1/aggregates/{own['id']}/events", after=own["version"], limit=FOLLOWING),
    )
    found = {each["position"]: each for each in (*near["data"], *later["data"]) if each["causation"] == position}
    return [read_event(found[each]) for each in sorted(found)], near["has_more"]
