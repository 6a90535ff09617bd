"""Reprocessing runs: workers outside lease held requests, carry them out and report the results."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.http.aggregate_command import AggregateCommand, Representation, steady
from api.http.answers import place_of
from api.http.auth import WORKERS, CurrentFacade, Expected, Operator, Worker, caller
from api.http.bulk_intake import taking
from api.http.idempotency import Idempotent
from api.http.ndjson import is_lines
from api.http.openapi_answers import creates, lists, shows, tells
from api.http.parameters import Cursor, Limit
from api.http.pattern_words import in_words
from api.http.read_context import ReadContext, read_context_of
from api.ledger.bodies import DoubtBody, ResultBody, RunBody
from api.ledger.cause_text import CAUSE_PATTERN, parse_cause_filter
from api.ledger.intake import MANY, result_intake
from api.ledger.leases import Leases, add_remaining, find_run
from application.incidents.projection import INCIDENT_VIEW
from application.ledger.intake_documents import ResultReport
from application.ledger.projection import LEDGER_VIEW
from application.ledger.run_documents import LeasedBatchDocument, Run, RunPage, StartedRun, parse_run, run_document
from application.maintenance.projection import WINDOW_VIEW
from application.panels.projection import PANEL_VIEW
from application.pieces import Piece
from application.status.board import PRIVATE
from application.targets import Target
from domain.ledger.reprocessing import ReprocessingRun

router = APIRouter(prefix="/v1/reprocessing-runs", tags=["reprocessing"])

Looking = Annotated[
    ReadContext,
    Depends(
        read_context_of(LEDGER_VIEW, INCIDENT_VIEW, WINDOW_VIEW, PANEL_VIEW, guard=WORKERS, side=PRIVATE, lang=False)
    ),
]
RUN: Representation[ReprocessingRun] = Representation(steady(run_document), "/v1/reprocessing-runs")


@router.post("", status_code=201, responses=creates(StartedRun))
async def start_run(
    request: Request, facade: CurrentFacade, execute: Idempotent, worker: Worker, body: RunBody
) -> Response:
    """Begin a run by hand, for waiting requests of a cause, or of one kind or source.

    When a cause ends whose policies say so, a run begins by itself.
    """
    by, selection = caller(request, worker), body.to_command()
    worker.require_source(selection.source)
    return await execute(
        worker,
        lambda log: RUN.to_answer(
            log, facade.commands.reprocessing.start(log, selection=selection, caller=by), created=True
        ),
    )


@router.post("/{run}/stop", responses=tells(StartedRun))
async def stop_run(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    run: UUID,
    expected: Expected,
    body: DoubtBody,
) -> Response:
    """Stop a run: it hands out nothing more. Results of what is leased already are still taken.

    What is left waits for a run that you begin by hand, or until reviewers take it out of the run.
    """
    target = Target(id=run, expected_version=expected, caller=caller(request, operator), name=f"reprocessing run {run}")
    work = AggregateCommand(facade, execute, operator, target, RUN)
    return await work.do(lambda log, target: facade.commands.reprocessing.stop(log, target=target, reason=body.reason))


@router.get("", responses=lists(RunPage))
async def list_runs(
    context: Looking,
    cause: Annotated[
        str | None,
        Query(
            pattern=in_words(
                f"^{CAUSE_PATTERN}$",
                "it is a cause: maintenance_window:<id>, incident:<id>, restoration:<id>, or the id alone",
            ),
            description="Those of one cause: its id, or `type:id`.",
        ),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List runs. Workers find here the runs that the service began by itself."""
    before, of = place_of(cursor), parse_cause_filter(cause).cause
    queue, sources = context.facade.queries.held_requests, _sources(context)
    page = await context.read(lambda: queue.page_of_runs(context.position, of, before, limit + 1, sources))
    runs = await context.read(
        lambda: add_remaining(context.facade, context.position, [parse_run(text) for _, text in page], sources)
    )
    rows = Piece([(id, run) for (id, _), run in zip(page, runs, strict=True)], page.goes_on)
    return context.page(rows, limit, lambda row: _visible_part(context, row[1]), Run)


@router.get("/{run}", responses=shows(Run))
async def read_run(context: Looking, run: UUID) -> Response:
    """Read the progress of a run."""
    facade, at, sources = context.facade, context.position, _sources(context)
    [found] = await context.read(lambda: add_remaining(facade, at, [find_run(facade, at, run, sources)], sources))
    return context.shown(_visible_part(context, found), Run)


@router.post("/{run}/batches", responses=tells(LeasedBatchDocument, tagged=False))
async def lease_batch(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    worker: Worker,
    run: UUID,
    limit: Annotated[int, Query(ge=1, le=1_000, description="How many requests at most.")] = 100,
) -> Response:
    """Lease a batch of a run. Requests without a result at the end of the lease are leased again.

    An empty batch means that nothing waits now: all is reported, or leased by others. It is `paused` while the cause
    goes on again.
    """
    return await Leases(facade, request, worker, caller(request, worker), run).lease(limit, execute)


@router.post(
    "/{run}/results",
    responses=tells(ResultReport, tagged=False),
    openapi_extra=taking(ResultBody, "Results", listed=MANY),
)
async def report_results(
    request: Request, facade: CurrentFacade, execute: Idempotent, worker: Worker, run: UUID
) -> Response:
    """Report the results of requests that this token has leased. Those that failed are checked by hand.

    The first result counts (`recorded`). The same one again is a `repeat`, and another one is kept as evidence
    (`late`). Of a request that this token has not leased in this run, or no longer, the result is refused
    (`not_leased`) and kept as evidence.
    """
    intake = result_intake(facade, run, worker, caller(request, worker))
    if is_lines(request):
        return await intake.stream(request, facade.runner)
    return await intake.take(request, execute, worker)


def _sources(context: ReadContext) -> tuple[str, ...]:
    return () if context.identity is None else context.identity.sources


def _visible_part(context: ReadContext, run: Run) -> Run:
    """Leave out what held the requests up, where a machine asks: it may be something that is not public.

    One that is bound to sources is not told either what became of the requests of others.
    """
    if context.identity is not None and context.identity.sees_private:
        return run
    seen = run.copy()
    del seen["cause"], seen["stop_reason"]
    if _sources(context) and run["source"] is None:
        # It counts these without telling sources apart.
        del seen["batches"], seen["handed_out"], seen["results"], seen["reported_at"], seen["per_minute"]
    return seen
