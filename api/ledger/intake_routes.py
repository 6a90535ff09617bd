"""What machines send: requests that were held up, and resends; and what their sources are expected to send again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.http.answers import JSON, POSITION, cursor_of, dump, listed, place_of
from api.http.auth import CurrentFacade, Emitter, caller
from api.http.bulk_intake import taking
from api.http.idempotency import Idempotent
from api.http.ndjson import NDJSON, is_lines
from api.http.openapi_answers import lists, tells
from api.http.parameters import Cursor, Limit, MinPosition
from api.http.read_point import point
from api.ledger.bodies import HeldRequestBody, ResendBody
from api.ledger.intake import MANY, held_request_intake, resend_intake
from api.ledger.queries import PLACE
from application.errors import TokenNotBound
from application.ledger.documents import parse_request
from application.ledger.expected_resends import ExpectedResend, ExpectedResendPage, expected_resend
from application.ledger.intake_documents import HeldReport, ResendReport
from application.ledger.projection import LEDGER_VIEW
from application.ledger.queries import RequestFilter
from domain.errors import Invalid
from domain.ledger.held_request import RequestState

if TYPE_CHECKING:
    from application.facade import Facade

router = APIRouter(prefix="/v1", tags=["held requests"])

EXPECTED = lists(ExpectedResendPage)
EXPECTED[200] |= {"content": {NDJSON: {"schema": {"type": "string"}}}}

SECTION = 500
"""How many requests are read at once of all that are expected."""


@router.post(
    "/held-requests",
    responses=tells(HeldReport, tagged=False),
    openapi_extra=taking(HeldRequestBody, "Held requests", listed=MANY),
)
async def take_held_requests(
    request: Request, facade: CurrentFacade, execute: Idempotent, emitter: Emitter
) -> Response:
    """Send requests that could not be handled; the answer counts what became of them.

    The same one again is a repeat, so that a file can be sent again; a bad one never loses a good one. Cause, source,
    kind and reference make it the same; names that look the same are the same, whatever invisible characters are in
    them. One that was settled is opened again if it comes `changed`, or was received after that. Without a cause a
    request waits for an operator (`unassigned`); once it was assigned or settled, the same reference received at
    another time is another request. With a cause it is `held` until that ends, or goes on at once if it has ended. It
    has to have been received while the cause held requests up, give or take the tolerance, and not before 2000. Lines
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
    waits for something else (`not_waiting`), or none (`unmatched`). What settles nothing is kept: as evidence on the
    requests that it matches, and for those that are handed in later. When their cause ends, it settles them. What waits
    to be reprocessed is held back from workers and checked by hand. Lines are taken as with held requests.
    """
    intake = resend_intake(facade, caller(request, emitter), emitter)
    if is_lines(request):
        return await intake.stream(request, facade.runner)
    return await intake.take(request, execute, emitter)


@router.get("/resends/expected", responses=EXPECTED)
async def list_expected_resends(
    request: Request,
    facade: CurrentFacade,
    emitter: Emitter,
    cursor: Cursor = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """List what your sources are expected to send again, the first received first; for tokens bound to sources.

    With `Accept: application/x-ndjson` you get all of it, one a line. What was sent again, reported by
    `POST /v1/resends`, is listed no longer.
    """
    if not emitter.sources:
        raise TokenNotBound(f"the token {emitter.name} is bound to no source, so that nothing is expected of it")
    after = place_of(cursor)
    if after is not None and not PLACE.fullmatch(after):
        raise Invalid("the cursor is not one that this list returned", pointer="/cursor")
    where = await point(request, (LEDGER_VIEW,), min_position=min_position, sees_private=True)
    wanted = RequestFilter(sources=emitter.sources, states=(RequestState.AWAITING_SOURCE,))
    if _wants_lines(request):
        headers = {POSITION: str(where.position), "Cache-Control": "no-store", "Vary": "Authorization, Accept"}
        return StreamingResponse(_lines(facade, where.position, wanted, after), 200, headers, NDJSON)
    queue = facade.queries.held_requests
    page = await facade.reads.run(lambda: queue.page(where.position, wanted, after, limit + 1))
    further = cursor_of(page[limit - 1][0]) if len(page) > limit else None
    answer = listed(request, [_expected(text) for _, text in page[:limit]], cursor=further, position=where.position)
    answer.headers["Vary"] = "Authorization, Accept"
    return answer


def _lines(facade: Facade, at: int, wanted: RequestFilter, after: str | None) -> Iterator[bytes]:
    while page := facade.queries.held_requests.page(at, wanted, after, SECTION):
        for _, text in page:
            yield dump(_expected(text)).encode() + b"\n"
        after = page[-1][0]


def _expected(text: str) -> ExpectedResend:
    return expected_resend(parse_request(text))


def _wants_lines(request: Request) -> bool:
    """Tell whether the caller wants lines: ``Accept`` names them, and before JSON if it names both."""
    named = [each.partition(";")[0].strip().lower() for each in request.headers.get("accept", "").split(",")]
    return NDJSON in named and JSON not in named[: named.index(NDJSON)]
