"""Held requests as files: lines of JSON, a table, and a spreadsheet, for reviewers and auditors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from itertools import chain, islice
from os import fstat
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.http.answers import POSITION
from api.http.ndjson import NDJSON
from api.http.openapi_answers import writes
from api.http.read_context import ReadContext
from api.ledger.exports import chunks_of, csv_lines, ndjson_lines
from api.ledger.queries import Looking, Wanted
from application.errors import Busy, Malformed

if TYPE_CHECKING:
    from api.ledger.spreadsheet import Spreadsheet
    from application.ledger.queries import RequestFilter

router = APIRouter(prefix="/v1", tags=["held requests"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SECTION = 500
"""How many requests are read and written into a spreadsheet before others get their turn."""
AT_A_TIME = 2
"""How many spreadsheets are written at once: until it is packed, each takes some two kilobytes on disk a request."""

TAB = "tab"
"""What a tabulator is called where it cannot be typed."""
Separator = Annotated[
    Literal[",", ";", "\t", "tab"],
    Query(description="What stands between cells; `;` where a comma stands in numbers, and `tab` for a tabulator."),
]
Mark = Annotated[
    bool, Query(description="Begin with a byte order mark, by which some spreadsheets know UTF-8.", examples=[True])
]


@router.get(
    "/held-requests.ndjson",
    response_class=Response,
    responses=writes(NDJSON, "One `HeldRequest` a line (JSON, UTF-8), by id."),
)
async def export_held_requests(context: Looking, wanted: Wanted) -> Response:
    """Stream held requests, one JSON object on each line."""
    lines = ndjson_lines(await _found(context, wanted))
    return _streamed(context, lines, NDJSON, "held-requests.ndjson")


@router.get(
    "/held-requests.csv",
    response_class=Response,
    responses=writes("text/csv", "A table (RFC 4180, UTF-8) with a head line, by id; every cell is quoted."),
)
async def export_table_of_held_requests(
    context: Looking, wanted: Wanted, separator: Separator = ",", bom: Mark = False
) -> Response:
    """Stream held requests as CSV. Before what a spreadsheet would read as a formula stands a quote.

    That is so, too, behind each comma, semicolon, tabulator, vertical bar, blank or line break within a text, where a
    spreadsheet might begin another cell. A spreadsheet that makes numbers of references takes `held-requests.xlsx`.
    """
    documents = await _found(context, wanted)
    lines = csv_lines(documents, separator="\t" if separator == TAB else separator, mark=bom)
    return _streamed(context, lines, "text/csv; charset=utf-8", "held-requests.csv")


@router.get(
    "/held-requests.xlsx",
    response_class=Response,
    responses=writes(XLSX, "A spreadsheet with a head line, by id; every cell is a text.", binary=True),
)
async def export_spreadsheet_of_held_requests(request: Request, context: Looking, wanted: Wanted) -> Response:
    """Give held requests as a spreadsheet, in which leading zeros and long numbers stay what they are.

    It is sent once it is written: expect a minute for a hundred thousand. What does not fit on a sheet is on the next.
    """
    documents = context.facade.queries.held_requests.all(context.position, wanted)
    async with _begun(request, context.now) as spreadsheet:
        while section := await context.read(lambda: list(islice(documents, SECTION))):
            await run_in_threadpool(spreadsheet.add, section)
            if await request.is_disconnected():
                raise Malformed("nobody waits for the spreadsheet any more")
        file = await run_in_threadpool(spreadsheet.packed)
    answer = _streamed(context, chunks_of(file), XLSX, "held-requests.xlsx")
    answer.headers["Content-Length"] = str(fstat(file.fileno()).st_size)
    return answer


async def _found(context: ReadContext, wanted: RequestFilter) -> Iterator[str]:
    """Find the requests, the first of them before anything is sent: what cannot be read is then refused as ever."""
    documents = context.facade.queries.held_requests.all(context.position, wanted)
    return chain(await context.read(lambda: list(islice(documents, 1))), documents)


@asynccontextmanager
async def _begun(request: Request, now: datetime) -> AsyncIterator[Spreadsheet]:
    """Begin a spreadsheet, which counts while it is written."""
    state = request.app.state
    if state.spreadsheets >= AT_A_TIME:
        raise Busy("the service is writing other spreadsheets; try again, or take held-requests.csv")
    state.spreadsheets += 1
    try:
        with await run_in_threadpool(_new, now) as spreadsheet:
            yield spreadsheet
    finally:
        state.spreadsheets -= 1


def _new(now: datetime) -> Spreadsheet:
    # Loading the library takes a tenth of a second, and few servers ever write one.
    from api.ledger.spreadsheet import Spreadsheet  # noqa: PLC0415

    return Spreadsheet(now)


def _streamed(context: ReadContext, pieces: Iterator[bytes], media_type: str, name: str) -> Response:
    headers = {
        POSITION: str(context.position),
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return StreamingResponse(pieces, HTTPStatus.OK, headers, media_type)
