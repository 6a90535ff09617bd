"""Reads of the event log, for auditors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, StringConstraints, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.http.answers import POSITION, listed
from api.http.auth import Auditor, CurrentFacade
from api.http.openapi_answers import lists, writes
from api.http.parameters import POSITIONS, InstantText, Limit, optional_instant
from api.http.pattern_words import in_words
from application.audit.documents import EventPage
from application.audit.queries import EventFilter
from application.nearest import did_you_mean
from application.registry import event_types
from domain.errors import NotFound

if TYPE_CHECKING:
    from application.audit.proofs import SignedCheckpoint
    from application.facade import Facade

EVENT_TYPE = in_words("^[a-z_.]+$", "it is the type of an event, as in incident.published")
router = APIRouter(prefix="/v1", tags=["events"])

After = Annotated[
    int,
    Query(ge=0, le=POSITIONS, description="The position after which to begin: of the last event that the caller has."),
]
AfterVersion = Annotated[
    int,
    Query(ge=0, le=POSITIONS, description="The version after which to begin: of the last event that the caller has."),
]
OneAggregate = Annotated[UUID | None, Query(description="Those of one aggregate.")]


EVENT_TYPES = frozenset(event_types())


def _known(type: str) -> str:
    # A list of none would look as if nothing of the kind had ever happened.
    if type not in EVENT_TYPES:
        raise ValueError(f"no event is of the type {type}{did_you_mean(type, EVENT_TYPES)}")
    return type


EventType = Annotated[
    str,
    StringConstraints(max_length=100, pattern=EVENT_TYPE),
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "enum": sorted(EVENT_TYPES)}),
]
OneType = Annotated[EventType | None, Query(description="Those of one type.")]
OneActor = Annotated[str | None, Query(max_length=300, description="Those of one actor.")]
WithEntries = Annotated[
    bool,
    Query(description="Whether each event has its `entry`: the text that is hashed into the tree of the log."),
]


@router.get("/events", responses=lists(EventPage))
async def list_events(
    request: Request,
    facade: CurrentFacade,
    auditor: Auditor,
    after: After = 0,
    limit: Limit = 100,
    aggregate: OneAggregate = None,
    type: OneType = None,
    actor: OneActor = None,
    since: Annotated[InstantText | None, Query(description="Those recorded then or later.")] = None,
    until: Annotated[InstantText | None, Query(description="Those recorded earlier.")] = None,
    entries: WithEntries = False,
) -> Response:
    """List events in the order of the log; ``since`` is inclusive and ``until`` exclusive, of ``recorded_at``."""
    wanted = EventFilter(
        aggregate=str(aggregate) if aggregate else None,
        type=type,
        actor=actor,
        since=optional_instant(since, "since"),
        until=optional_instant(until, "until"),
    )
    last, _ = await facade.reads.run(facade.queries.events.last)
    page = await facade.reads.run(lambda: facade.queries.events.page(wanted, after, limit + 1))
    cursor = str(page[limit - 1]["position"]) if len(page) > limit else None
    found = page[:limit]
    if entries:
        found = await facade.reads.run(lambda: list(facade.queries.proofs.with_entries(found)))
    return listed(request, found, cursor=cursor, position=last, parameter="after")


@router.get("/aggregates/{id}/events", responses=lists(EventPage))
async def list_aggregate_events(
    request: Request, facade: CurrentFacade, auditor: Auditor, id: UUID, after: AfterVersion = 0, limit: Limit = 100
) -> Response:
    """List the events of one aggregate by version; ``after`` is a version."""
    last, _ = await facade.reads.run(facade.queries.events.last)
    page = await facade.reads.run(lambda: facade.queries.events.of_aggregate(id, after, limit + 1))
    if not page and after == 0:
        raise NotFound(f"there is no aggregate {id}")
    cursor = str(page[limit - 1]["aggregate"]["version"]) if len(page) > limit else None
    return listed(request, page[:limit], cursor=cursor, position=last, parameter="after")


@router.get(
    "/events.ndjson",
    response_class=Response,
    responses=writes(
        "application/x-ndjson",
        'One `Event` a line (JSON, UTF-8). With `entries` the last line is `{"checkpoint": "…"}`: the signed note of'
        " the log up to the last of them.",
    ),
)
async def stream_events(
    facade: CurrentFacade, auditor: Auditor, after: After = 0, entries: WithEntries = False
) -> Response:
    """Stream all events up to the last one, one JSON object on each line.

    With `entries=true` it has all that the log can be verified with offline.
    """
    last, _ = await facade.reads.run(facade.queries.events.last)
    checkpoint = await facade.reads.run(partial(facade.queries.proofs.checkpoint, is_auditor=True)) if entries else None
    headers = {POSITION: str(checkpoint.size if checkpoint else last), "Cache-Control": "no-store"}
    lines = export_lines(facade, after, last, checkpoint)
    return StreamingResponse(lines, 200, headers, "application/x-ndjson")


def export_lines(facade: Facade, after: int, last: int, checkpoint: SignedCheckpoint | None) -> Iterator[bytes]:
    """Write the events after one position and up to another, or with their entries up to a checkpoint, and that."""
    if checkpoint is None:
        yield from map(_line, facade.queries.events.all(after, last))
        return
    events = facade.queries.events.all(after, checkpoint.size)
    yield from map(_line, facade.queries.proofs.with_entries(events))
    yield _line({"checkpoint": checkpoint.note})


def _line(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
