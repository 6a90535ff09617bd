"""The stream of the log: the events as they are recorded, for auditors and their tools, from any position on."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from api.audit.event_streams import EventStream, EventStreams
from api.audit.events import OneActor, OneAggregate, OneType
from api.audit.log_tail import ALL, id_of
from api.http.auth import Auditor, header_of, secret_of
from api.http.hot_route import HotRoute
from api.http.openapi_answers import writes
from api.http.pattern_words import in_words
from api.http.streams import MEDIA_TYPE
from application.audit.queries import EventFilter
from application.errors import OtherLog
from domain.errors import Invalid

if TYPE_CHECKING:
    from application.facade import Facade

LAST_EVENT_ID = "Last-Event-ID"
PLACE = in_words(
    "^[0-9]{1,18}(-[0-9a-f]{8})?$", "it is a position, or the id of an event of this stream: send it as it came"
)
SAID = (
    "Events without an end, as they are recorded (server-sent events; HTML, 9.2). The `data` of each is an `Event`, on"
    " one line; its `id` is its position, and what tells it from the events of another log. It has no name: clients"
    " hear it as `message`. A comment comes every 15 seconds."
)
DESCRIBED = {
    "parameters": [
        {
            "name": LAST_EVENT_ID,
            "in": "header",
            "description": "The `id` of the last event that the caller has: the stream goes on behind it, whatever"
            " `after` says.",
            "schema": {"type": "string", "pattern": PLACE},
        }
    ]
}

router = APIRouter(prefix="/v1", tags=["events"], route_class=HotRoute)


@router.get(
    "/events/stream",
    response_model=None,
    response_class=Response,
    responses=writes(MEDIA_TYPE, SAID),
    openapi_extra=DESCRIBED,
)
async def follow_events(
    request: Request,
    auditor: Auditor,
    after: Annotated[
        str | None,
        Query(
            pattern=PLACE,
            description="The position after which to begin, or the id of the event there. Without it, the stream"
            " begins with the first event.",
            examples=["1234"],
        ),
    ] = None,
    aggregate: OneAggregate = None,
    type: OneType = None,
    actor: OneActor = None,
) -> ASGIApp:
    """Stream events as they are recorded, from a position on; ``Last-Event-ID`` goes on behind an event."""
    facade = request.app.state.facade
    streams: EventStreams = request.app.state.event_streams
    wanted = EventFilter(aggregate=str(aggregate) if aggregate else None, type=type, actor=actor)
    name, place = "after", after or "0"
    if last := header_of(request.scope, b"last-event-id"):
        name, place = LAST_EVENT_ID, last
    position = await facade.reads.run(partial(_position, facade, place, name))
    return await streams.open(EventStream(secret_of(request), auditor.expires_at, wanted, position))


def _position(facade: Facade, place: str, name: str) -> int:
    """Give the position that a place names, which has to be one of this log."""
    if re.fullmatch(PLACE.strip("^$"), place) is None:
        raise Invalid(f"{name} is no id of an event of this stream; send that of the last one", pointer=f"/{name}")
    number, _, mark = place.partition("-")
    position = int(number)
    end, _ = facade.queries.events.last()
    if position > end:
        kind = OtherLog if mark else Invalid
        raise kind(f"{name} is {position}, and the log ends at {end}", pointer=f"/{name}", position=end)
    there = facade.queries.events.page(ALL, position - 1, 1) if mark and position else ()
    if mark and (not there or id_of(there[0]) != f"{position}-{mark}"):
        raise OtherLog(
            f"the event at {position} is another one than you have: the log was put back to an earlier state, and what"
            " came then is not what you know; begin anew",
            pointer=f"/{name}",
            position=end,
        )
    return position
