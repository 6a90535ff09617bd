"""Held requests, as reviewers and auditors read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import answer, cursor_of, place_of
from api.http.auth import LEDGER_READERS, QUEUE_STAFF
from api.http.openapi_answers import MISSES, lists, shows, tells
from api.http.parameters import Cursor, InstantText, Limit, optional_instant
from api.http.pattern_words import in_words
from api.http.read_context import ReadContext, read_context_of
from api.http.templates import wants_page
from api.http.values import DURATION, Day, Key, Name
from api.ledger.bodies import EVIDENCE
from api.ledger.bulk_bodies import TRAITS, Prefix, QueryBody, SearchBody, Zone
from api.ledger.cause_text import CAUSE_PATTERN, UNASSIGNED, parse_cause_filter
from api.ledger.trail_page import answer_trail
from application.audit.documents import EventDocument
from application.durations import parse_duration
from application.incidents.projection import INCIDENT_VIEW
from application.ledger.audit_trail import Trail, trail_document
from application.ledger.documents import HeldRequestDocument, HeldRequestPage, parse_request
from application.ledger.projection import LEDGER_VIEW
from application.ledger.queries import RequestFilter
from application.ledger.summary import (
    HeldSummary,
    OpenCauses,
    summary_of_all,
    summary_of_cause,
    summary_of_open_causes,
)
from application.ledger.traits import Trait
from application.maintenance.projection import WINDOW_VIEW
from application.panels.projection import PANEL_VIEW
from application.pieces import Piece
from application.status.board import PRIVATE
from domain.errors import Invalid, NotFound
from domain.ledger.held_request import RequestState

router = APIRouter(prefix="/v1", tags=["held requests"])

PLACE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}Z)\|[0-9a-f-]{36}")
NAMED_IN_QUERY = 50
"""How many references a query can name; a search takes more."""
EVENTS = 500
"""How many events of one request are read at once."""

CauseQuery = Annotated[
    str | None,
    Query(
        pattern=in_words(
            f"^({UNASSIGNED}|{CAUSE_PATTERN})$",
            "it is a cause: maintenance_window:<id>, incident:<id>, restoration:<id>, the id alone, or unassigned",
        ),
        description="Those of one cause: its id, `maintenance_window:<id>`, or `unassigned`.",
    ),
]
EvidenceQuery = Annotated[
    str | None,
    Query(
        pattern=in_words(f"^({'|'.join(EVIDENCE)})$", f"it is one of {', '.join(EVIDENCE)}"),
        description="With `any` evidence, with `none`, or with some that suggests this outcome.",
    ),
]
Looking = Annotated[ReadContext, Depends(read_context_of(LEDGER_VIEW, guard=LEDGER_READERS, side=PRIVATE, lang=False))]
ReadingTrail = Annotated[ReadContext, Depends(read_context_of(LEDGER_VIEW, guard=LEDGER_READERS, side=PRIVATE))]
COUNTED = (LEDGER_VIEW, INCIDENT_VIEW, WINDOW_VIEW, PANEL_VIEW)
Summing = Annotated[ReadContext, Depends(read_context_of(*COUNTED, guard=LEDGER_READERS, side=PRIVATE, lang=False))]
SummingCauses = Annotated[ReadContext, Depends(read_context_of(*COUNTED, guard=QUEUE_STAFF, side=PRIVATE, lang=False))]


async def read_filter(
    context: Looking,
    cause: CauseQuery = None,
    kind: Annotated[Key | None, Query(description="Those of one kind.", examples=["order"])] = None,
    source: Annotated[Name | None, Query(description="Those of one source.")] = None,
    state: Annotated[
        RequestState | Literal["open"] | None,
        Query(description="How far they have come; `open` is all but settled and merged."),
    ] = None,
    claimed_by: Annotated[Name | None, Query(description="Those that this person has claimed.")] = None,
    received_from: Annotated[InstantText | None, Query(description="Received then or later.")] = None,
    received_until: Annotated[InstantText | None, Query(description="Received earlier than then.")] = None,
    received_on: Annotated[
        Day | None, Query(description="Received on this civil day of `zone`.", examples=["2021-03-09"])
    ] = None,
    zone: Annotated[
        Zone | None,
        Query(
            description="The zone of `received_on` (IANA); that of the pages by default.", examples=["Europe/Warsaw"]
        ),
    ] = None,
    older_than: Annotated[
        Annotated[str, WithJsonSchema({"type": "string", "pattern": DURATION})] | None,
        Query(description="Received longer before the time of the read, or of `as_of`, than this (`24h`, `PT30M`)."),
    ] = None,
    evidence: EvidenceQuery = None,
    reference: Annotated[
        list[Name] | None,
        Query(max_length=NAMED_IN_QUERY, description="Those that their source calls so. Repeat it for several."),
    ] = None,
    reference_prefix: Annotated[Prefix | None, Query(description="Those whose reference begins so.")] = None,
    label: Annotated[Key | None, Query(description="Those with this label.", examples=["after-0100"])] = None,
    trait: Annotated[Trait | None, Query(description=TRAITS)] = None,
) -> RequestFilter:
    """Read which held requests are asked for."""
    # Each of them is valid by now, or is looked at here.
    asked = QueryBody.model_construct(
        kind=kind,
        source=source,
        state=state,
        claimed_by=claimed_by,
        received_from=optional_instant(received_from, "received_from"),
        received_until=optional_instant(received_until, "received_until"),
        received_on=received_on,
        zone=zone,
        older_than=None if older_than is None else _age(older_than),
        evidence=cast("Any", evidence),
        references=reference,
        reference_prefix=reference_prefix,
        label=label,
        trait=trait,
    )
    return asked.at(asked.narrow(parse_cause_filter(cause), context.facade), context.facade, context.now)


Wanted = Annotated[RequestFilter, Depends(read_filter)]


@router.get("/held-requests", responses=lists(HeldRequestPage))
async def list_held_requests(
    context: Looking,
    wanted: Wanted,
    sort: Annotated[
        Literal["received_at", "-received_at"], Query(description="The first received first, or the last one.")
    ] = "received_at",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List held requests, in the order in which they were received."""
    page = await _page(context, wanted, sort=sort, cursor=cursor, limit=limit)
    return context.page(Piece(page), limit, lambda row: parse_request(row[1]), HeldRequestDocument)


@router.post("/held-requests/search", responses=tells(HeldRequestPage, tagged=False, keyed=False))
async def search_held_requests(context: Looking, body: SearchBody) -> Response:
    """List held requests as `GET` does, with the filters as a body: up to a thousand references or ids."""
    wanted = body.to_query(context.facade, context.now)
    page = await _page(context, wanted, sort=body.sort, cursor=body.cursor, limit=body.limit)
    has_more = len(page) > body.limit
    found: HeldRequestPage = {
        "data": [parse_request(text) for _, text in page[: body.limit]],
        "has_more": has_more,
        "next_cursor": cursor_of(page[body.limit - 1][0]) if has_more else None,
    }
    return answer(found, position=context.position).response()


async def _page(
    context: ReadContext, wanted: RequestFilter, *, sort: str, cursor: str | None, limit: int
) -> Sequence[tuple[str, str]]:
    after = place_of(cursor)
    if after is not None and not _is_place(after):
        raise Invalid("the cursor is not one that this list returned", pointer="/cursor")
    queue, newest_first = context.facade.queries.held_requests, sort.startswith("-")
    return await context.read(lambda: queue.page(context.position, wanted, after, limit + 1, newest_first=newest_first))


def _is_place(text: str) -> bool:
    """Tell whether a text is where a page can end: a moment, and an id."""
    matched = PLACE.fullmatch(text)
    if matched is None:
        return False
    try:
        datetime.fromisoformat(matched[1])
    except ValueError:
        return False
    return True


@router.get("/held-requests/summary", responses=shows(HeldSummary) | MISSES)
async def summarize_held_requests(context: Summing, cause: CauseQuery = None) -> Response:
    """Count requests by state and outcome, and those of a cause by kind, source and reviewer. Name the oldest.

    A cause is reconciled when it has ended and nothing of it is open.
    """
    if cause is None:
        whole = await context.read(lambda: summary_of_all(context.facade.queries.held_requests, context.position))
        return context.one(whole, HeldSummary)
    of = parse_cause_filter(cause)
    queue, finders = context.facade.queries.held_requests, context.facade.queries.cause_finders
    summary = await context.read(lambda: summary_of_cause(queue, finders, context.position, of.cause, of.cause_type))
    return context.one(summary, HeldSummary)


@router.get("/held-requests/causes/summary", responses=shows(OpenCauses))
async def summarize_open_causes(context: SummingCauses) -> Response:
    """Count the open requests of each cause, and say when it ended.

    Operators see it too: it shows no single request, and nobody who has one.
    """
    queue, finders = context.facade.queries.held_requests, context.facade.queries.cause_finders
    found = await context.read(lambda: summary_of_open_causes(queue, finders, context.position))
    return context.one(found, OpenCauses)


@router.get("/held-requests/{id}", responses=shows(HeldRequestDocument))
async def read_held_request(context: Looking, id: UUID) -> Response:
    """Read one held request."""
    return context.one(await _find_request(context, id), HeldRequestDocument)


@router.get(
    "/held-requests/{id}/trail",
    responses={
        200: shows(Trail)[200] | {"content": {"text/html": {"schema": {"type": "string"}}}},
        304: shows(Trail)[304],
    },
)
async def read_trail(
    request: Request,
    context: ReadingTrail,
    id: UUID,
    format: Annotated[
        Literal["json", "html"] | None, Query(description="JSON, or a page to be printed; else by `Accept`.")
    ] = None,
) -> Response:
    """Read the audit trail of one held request: who did what, when, and on which evidence."""
    document = await _find_request(context, id)
    events = await context.read(lambda: list(_events(context, id)))
    if wants_page(request, format):
        return await context.read(lambda: answer_trail(request, document, events, context.position, context.language))
    return context.one(trail_document(document, events, context.position), Trail)


def _events(context: ReadContext, id: UUID) -> Iterator[EventDocument]:
    """Give the events of a request up to the position of the read, piece by piece."""
    version = 0
    while found := context.facade.queries.events.of_aggregate(id, version, EVENTS):
        yield from (event for event in found if event["position"] <= context.position)
        version = found[-1]["aggregate"]["version"]


async def _find_request(context: ReadContext, id: UUID) -> HeldRequestDocument:
    text = await context.read(lambda: context.facade.queries.held_requests.find(context.position, id))
    if text is None:
        raise NotFound(f"there is no held request {id}")
    return parse_request(text)


def _age(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise Invalid(str(error), pointer="/older_than") from None
