"""Runs in which workers outside carry held requests out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.http.aggregate_command import Shape
from api.http.answers import place_of
from api.http.auth import WORKERS, Serving, Worker, caller
from api.http.bulk_intake import taking
from api.http.idempotency import Performing
from api.http.ndjson import is_lines
from api.http.openapi_answers import creates, lists, shows, tells
from api.http.parameters import Cursor, Limit
from api.http.read_context import Look, looking
from api.ledger.bodies import CAUSE_PATTERN, ResultBody, RunBody, cause_filter
from api.ledger.intake import MANY, results_of
from api.ledger.leases import Leasing, find_run, with_what_remains
from api.ledger.run_answers import LeasedBatch, ResultReport, Run, RunPage, StartedRun
from application.ledger.documents import run_document
from application.ledger.projection import LEDGER
from application.status.board import PRIVATE
from domain.ledger.reprocessing import ReprocessingRun

if TYPE_CHECKING:
    from application.document import Document

router = APIRouter(prefix="/v1/reprocessing-runs", tags=["reprocessing"])

Looking = Annotated[Look, Depends(looking(LEDGER, guard=WORKERS, side=PRIVATE, lang=False))]
RUN: Shape[ReprocessingRun] = Shape(run_document, "/v1/reprocessing-runs")


@router.post("", status_code=201, responses=creates(StartedRun))
async def start_run(request: Request, service: Serving, perform: Performing, worker: Worker, body: RunBody) -> Response:
    """Begin a run by hand, for the requests of a cause that wait to be reprocessed, or for those of a kind or source.

    When a cause ends whose policies say so, a run begins by itself.
    """
    by, selection = caller(request, worker), body.told()
    return await perform(
        worker,
        lambda log: RUN.told(log, service.reprocessing.start(log, selection=selection, caller=by), created=True),
    )


@router.get("", responses=lists(RunPage))
async def list_runs(
    look: Looking,
    cause: Annotated[
        str | None,
        Query(pattern=f"^{CAUSE_PATTERN}$", description="Those of one cause: its id, or `type:id`."),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List runs, so that workers find those that began by themselves."""
    before, of = place_of(cursor), cause_filter(cause).cause
    queue = look.service.queue
    page = await look.read(lambda: queue.page_of_runs(look.position, of, before, limit + 1))
    shown = await look.read(
        lambda: with_what_remains(look.service, look.position, [json.loads(text) for _, text in page])
    )
    rows = [(id, document) for (id, _), document in zip(page, shown, strict=True)]
    return look.page(rows, limit, lambda row: _for(look, row[1]))


@router.get("/{run}", responses=shows(Run))
async def read_run(look: Looking, run: UUID) -> Response:
    """Read how far a run has come."""
    [document] = await look.read(
        lambda: with_what_remains(look.service, look.position, [find_run(look.service, look.position, run)])
    )
    return look.shown(_for(look, document))


@router.post("/{run}/batches", responses=tells(LeasedBatch, tagged=False))
async def lease_batch(
    request: Request,
    service: Serving,
    perform: Performing,
    worker: Worker,
    run: UUID,
    limit: Annotated[int, Query(ge=1, le=1_000, description="How many requests at most.")] = 100,
) -> Response:
    """Lease requests of a run, to carry them out; what is not reported before the lease runs out is handed out again.

    An empty batch means that nothing waits now: all is reported, or leased by others.
    """
    return await Leasing(service, request, worker, caller(request, worker), run).lease(limit, perform)


@router.post(
    "/{run}/results",
    responses=tells(ResultReport, tagged=False),
    openapi_extra=taking(ResultBody, "Results", listed=MANY),
)
async def report_results(
    request: Request, service: Serving, perform: Performing, worker: Worker, run: UUID
) -> Response:
    """Report what came of requests that were leased in this run; what failed is checked by hand.

    The first result of a request counts (`recorded`), also after its lease ran out. The same one again is a `repeat`,
    and another one is kept as evidence (`late`).
    """
    intake = results_of(service, run, worker.name, caller(request, worker))
    if is_lines(request):
        return await intake.stream(request, service.commands)
    return await intake.take(request, perform, worker)


def _for(look: Look, run: Document) -> Document:
    """Leave out what held the requests up, where a machine asks: it may be something that is not public."""
    if look.identity is not None and look.identity.sees_private:
        return run
    return {name: value for name, value in run.items() if name != "cause"}
