"""Held requests: their intake, and what reviewers and auditors read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.http.answers import POSITION, place_of
from api.http.auth import LEDGER_READERS, CurrentFacade, Emitter, caller
from api.http.bulk_intake import taking
from api.http.idempotency import Idempotent
from api.http.ndjson import is_lines
from api.http.openapi_answers import MISSES, lists, shows, tells, writes
from api.http.parameters import Cursor, InstantText, Limit, optional_instant
from api.http.read_context import ReadContext, read_context_of
from api.http.templates import wants_page, written_page
from api.http.values import DURATION, Key, Name
from api.ledger.bodies import CAUSE_PATTERN, EVIDENCE, UNASSIGNED, HeldRequestBody, ResendBody, parse_cause_filter
from api.ledger.exports import csv_lines, ndjson_lines
from api.ledger.intake import MANY, held_request_intake, resend_intake
from application.audit.documents import EventDocument
from application.durations import parse_duration
from application.incidents.projection import INCIDENT_VIEW
from application.ledger.audit_trail import Trail, trail_document
from application.ledger.documents import HeldRequestDocument, HeldRequestPage, parse_request
from application.ledger.intake_documents import HeldReport, ResendReport
from application.ledger.projection import LEDGER_VIEW
from application.ledger.queries import RequestFilter
from application.ledger.summary import HeldSummary, summary_of_all, summary_of_cause
from application.maintenance.projection import WINDOW_VIEW
from application.panels.projection import PANEL_VIEW
from application.status.board import PRIVATE
from domain.errors import Invalid, NotFound
from domain.ledger.held_request import OPEN, RequestState

router = APIRouter(prefix="/v1", tags=["held requests"])

PLACE = re.compile(r"[0-9T:.Z-]{20,40}\|[0-9a-f-]{36}")
BEGINNING = datetime.min.replace(tzinfo=UTC)
EVENTS = 500
"""How many events of one request are read at once."""

CauseQuery = Annotated[
    str | None,
    Query(
        pattern=f"^({UNASSIGNED}|{CAUSE_PATTERN})$",
        description="Those of one cause: its id, `maintenance_window:<id>`, or `unassigned`.",
    ),
]
EvidenceQuery = Annotated[
    str | None,
    Query(
        pattern=f"^({'|'.join(EVIDENCE)})$",
        description="With `any` evidence, with `none`, or with some that suggests this outcome.",
    ),
]
Looking = Annotated[ReadContext, Depends(read_context_of(LEDGER_VIEW, guard=LEDGER_READERS, side=PRIVATE, lang=False))]
Summing = Annotated[
    ReadContext,
    Depends(
        read_context_of(
            LEDGER_VIEW, INCIDENT_VIEW, WINDOW_VIEW, PANEL_VIEW, guard=LEDGER_READERS, side=PRIVATE, lang=False
        )
    ),
]


async def read_filter(
    context: Looking,
    cause: CauseQuery = None,
    kind: Annotated[Key | None, Query(description="Those of one kind.", examples=["order"])] = None,
    source: Annotated[Name | None, Query(description="Those of one source.")] = None,
    state: Annotated[
        RequestState | Literal["open"] | None, Query(description="How far they have come; `open` is all but settled.")
    ] = None,
    claimed_by: Annotated[Name | None, Query(description="Those that this person has claimed.")] = None,
    received_from: Annotated[InstantText | None, Query(description="Received then or later.")] = None,
    received_until: Annotated[InstantText | None, Query(description="Received earlier than then.")] = None,
    older_than: Annotated[
        Annotated[str, WithJsonSchema({"type": "string", "pattern": DURATION})] | None,
        Query(description="Received longer before the time of the read, or of `as_of`, than this (`24h`, `PT30M`)."),
    ] = None,
    evidence: EvidenceQuery = None,
) -> RequestFilter:
    """Read which held requests are asked for."""
    states = tuple(RequestState) if state is None else OPEN if state == "open" else (RequestState(state),)
    of_cause, until = parse_cause_filter(cause), optional_instant(received_until, "received_until")
    if older_than is not None:
        age = _age(older_than)
        # Nothing was received before the first year, so that its beginning is early enough.
        aged = context.now - age if context.now - BEGINNING > age else BEGINNING
        until = aged if until is None else min(until, aged)
    return RequestFilter(
        cause=of_cause.cause,
        cause_type=of_cause.cause_type,
        unassigned=of_cause.unassigned,
        kind=kind,
        source=source,
        states=states if claimed_by is None else tuple(each for each in states if each is RequestState.TO_CHECK),
        holder=claimed_by,
        received_from=optional_instant(received_from, "received_from"),
        received_until=until,
        evidence=evidence,
    )


Wanted = Annotated[RequestFilter, Depends(read_filter)]


@router.post(
    "/held-requests",
    responses=tells(HeldReport, tagged=False),
    openapi_extra=taking(HeldRequestBody, "Held requests", listed=MANY),
)
async def take_held_requests(
    request: Request, facade: CurrentFacade, execute: Idempotent, emitter: Emitter
) -> Response:
    """Send requests that could not be handled; the answer counts what became of them.

    The same one again is a repeat, so that a file can be sent again; a bad one never loses a good one. Without a cause
    a request waits for an operator (`unassigned`). With one it is `held` until the cause ends, or goes on at once if
    it has ended. It has to have been received while the cause held requests up, give or take the tolerance. Lines
    (`application/x-ndjson`) can be of any number, and are recorded as they come: what was cut off keeps its whole
    lines. They take no `Idempotency-Key`.
    """
    intake = held_request_intake(facade, caller(request, emitter), emitter)
    if is_lines(request):
        return await intake.stream(request, facade.runner)
    return await intake.take(request, execute, emitter)


@router.post(
    "/resends",
    responses=tells(ResendReport, tagged=False),
    openapi_extra=taking(ResendBody, "Resends", listed=MANY),
)
async def take_resends(request: Request, facade: CurrentFacade, execute: Idempotent, emitter: Emitter) -> Response:
    """Report requests that a source has sent again; those that wait for it are settled.

    It settles each such request received before it that waits for its source, or that waits to be checked by hand and
    is claimed by nobody. Of each it is said whether it settled a request, had before (`repeat`), or found one that
    waits for something else
    (`not_waiting`), or none (`unmatched`). Lines are taken as with held requests.
    """
    intake = resend_intake(facade, caller(request, emitter), emitter)
    if is_lines(request):
        return await intake.stream(request, facade.runner)
    return await intake.take(request, execute, emitter)


@router.get("/held-requests", responses=lists(HeldRequestPage))
async def list_held_requests(context: Looking, wanted: Wanted, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """List held requests, the oldest first."""
    after = place_of(cursor)
    if after is not None and not PLACE.fullmatch(after):
        raise Invalid("the cursor is not one that this list returned", pointer="/cursor")
    page = await context.read(
        lambda: context.facade.queries.held_requests.page(context.position, wanted, after, limit + 1)
    )
    return context.page(page, limit, lambda row: parse_request(row[1]), HeldRequestDocument)


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


@router.get(
    "/held-requests.ndjson",
    response_class=Response,
    responses=writes("application/x-ndjson", "One `HeldRequest` a line (JSON, UTF-8), by id."),
)
async def export_held_requests(context: Looking, wanted: Wanted) -> Response:
    """Stream held requests, one JSON object on each line."""
    lines = ndjson_lines(context.facade.queries.held_requests.all(context.position, wanted))
    return _streamed(context, lines, "application/x-ndjson", "held-requests.ndjson")


@router.get(
    "/held-requests.csv",
    response_class=Response,
    responses=writes("text/csv", "A table (RFC 4180, UTF-8) with a head line, by id."),
)
async def export_table_of_held_requests(context: Looking, wanted: Wanted) -> Response:
    """Stream held requests as CSV. A value that a spreadsheet would read as a formula has a quote before it."""
    lines = csv_lines(context.facade.queries.held_requests.all(context.position, wanted))
    return _streamed(context, lines, "text/csv; charset=utf-8", "held-requests.csv")


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
    context: Looking,
    id: UUID,
    format: Annotated[
        Literal["json", "html"] | None, Query(description="JSON, or a page to be printed; else by `Accept`.")
    ] = None,
) -> Response:
    """Read the audit trail of one held request: who did what, when, and on which evidence."""
    document = await _find_request(context, id)
    events = await context.read(lambda: list(_events(context, id)))
    trail = trail_document(document, events, context.position)
    if wants_page(request, format):
        return written_page(request, "trail.html", trail, position=context.position)
    return context.one(trail, Trail)


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


def _streamed(context: ReadContext, lines: Iterator[bytes], media_type: str, name: str) -> Response:
    headers = {
        POSITION: str(context.position),
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return StreamingResponse(lines, 200, headers, media_type)


def _age(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise Invalid(str(error), pointer="/older_than") from None
