"""The commands of operators on maintenance windows and series."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.http.aggregate_command import AggregateCommand, Representation, command_on, steady
from api.http.auth import CurrentFacade, Operator, caller
from api.http.idempotency import Idempotent
from api.http.key_names import new_keys
from api.http.openapi_answers import creates, tells
from api.http.preview import PREVIEWED
from api.http.text_language import language_of
from api.maintenance.bodies import (
    CompletionBody,
    ExtensionBody,
    HoldBody,
    RescheduleBody,
    SaidBody,
    TimelySaidBody,
    WindowUpdateBody,
)
from api.maintenance.plan_bodies import RewriteBody, SeriesBody, WindowBody
from application.key_names import KeyKind
from application.maintenance.documents import PlannedWindow, WindowDocument, window_document
from application.maintenance.series_documents import PlannedSeries, SeriesDocument, series_document
from domain.maintenance import MaintenanceWindow
from domain.maintenance.series import MaintenanceSeries

router = APIRouter(prefix="/v1", tags=["maintenance"])


WINDOW = Representation(window_document, "/v1/maintenance-windows")
SERIES = Representation(steady(series_document), "/v1/maintenance-series")
Working = Annotated[AggregateCommand[MaintenanceWindow], Depends(command_on(WINDOW))]
Planning = Annotated[AggregateCommand[MaintenanceSeries], Depends(command_on(SERIES))]


@router.post("/maintenance-windows", status_code=201, responses=creates(PlannedWindow), dependencies=PREVIEWED)
async def plan_window(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, body: WindowBody
) -> Response:
    """Plan a maintenance window; readers see it at once unless ``announced`` is false.

    A civil time that no clock shows, or that clocks show twice, is refused with both instants, unless ``ambiguous``
    chooses. One whose time has come begins at once, as of its start.
    """
    by, language, times = body.of(caller(request, operator)), language_of(request), body.to_times()
    plan, template = body.to_command(language), body.to_use(language)
    named = await new_keys(facade, KeyKind.AUDIENCE, plan.audiences)
    return await execute(
        operator,
        lambda log: WINDOW.to_answer(
            log,
            facade.commands.windows.plan(
                log, plan=plan, times=times, announced=body.announced, template=template, caller=by
            ),
            created=True,
            more=named,
        ),
    )


@router.patch("/maintenance-windows/{id}", responses=tells(PlannedWindow))
async def rewrite_window(work: Working, body: RewriteBody) -> Response:
    """Change the texts of a window, or its components before it begins. To change its times, reschedule it.

    What is left out stays: also the other languages of a text, and the other keys of what has keys. Null takes a key
    away.
    """
    rewrite = body.to_command(work.language)
    audiences = [key for key, change in (rewrite.audiences or {}).items() if change is not None]
    named = await new_keys(work.facade, KeyKind.AUDIENCE, audiences)
    return await work.do(
        lambda log, target: work.facade.commands.windows.rewrite(
            log, target=target, rewrite=rewrite, reason=body.because
        ),
        more=named,
    )


@router.post("/maintenance-windows/{id}/announcement", responses=tells(WindowDocument), dependencies=PREVIEWED)
async def announce_window(work: Working, body: SaidBody | None = None) -> Response:
    """Announce a window to readers; what was written before stays private."""
    explanation = (body or SaidBody()).to_command(work.language)
    return await work.do(
        lambda log, target: work.facade.commands.windows.announce(log, target=target, explanation=explanation),
        body=body,
    )


@router.post("/maintenance-windows/{id}/reschedule", responses=tells(WindowDocument), dependencies=PREVIEWED)
async def reschedule_window(work: Working, body: RescheduleBody) -> Response:
    """Move a window before it begins. The new revision replaces the timers and reminders of the old one."""
    explanation, move = body.to_command(work.language), body.to_move()
    return await work.do(
        lambda log, target: work.facade.commands.windows.reschedule(
            log, target=target, move=move, explanation=explanation
        ),
        body=body,
    )


@router.post("/maintenance-windows/{id}/start", responses=tells(WindowDocument), dependencies=PREVIEWED)
async def start_window(work: Working, body: TimelySaidBody | None = None) -> Response:
    """Start a window early; the planned end stays."""
    start = body or TimelySaidBody()
    explanation = start.to_command(work.language)
    return await work.do(
        lambda log, target: work.facade.commands.windows.start(log, target=target, explanation=explanation),
        occurred_at=start.occurred_at,
        body=start,
    )


@router.post("/maintenance-windows/{id}/extension", responses=tells(WindowDocument), dependencies=PREVIEWED)
async def extend_window(work: Working, body: ExtensionBody) -> Response:
    """Move the end of a window that has started, also when its end has passed."""
    explanation, extension = body.to_command(work.language), body.to_extension()
    return await work.do(
        lambda log, target: work.facade.commands.windows.extend(
            log, target=target, extension=extension, explanation=explanation
        ),
        body=body,
    )


@router.post("/maintenance-windows/{id}/hold", responses=tells(WindowDocument))
async def hold_window(work: Working, body: HoldBody | None = None) -> Response:
    """Hold a window: at its end a person verifies and completes it, and its components keep their status until then."""
    reason = None if body is None else body.reason
    return await work.do(lambda log, target: work.facade.commands.windows.hold(log, target=target, reason=reason))


@router.delete("/maintenance-windows/{id}/hold", responses=tells(WindowDocument))
async def release_window(work: Working) -> Response:
    """Release the hold, so that the clock completes the window. If its end has passed, complete it instead."""
    return await work.do(lambda log, target: work.facade.commands.windows.release(log, target=target, reason=None))


@router.post("/maintenance-windows/{id}/completion", responses=tells(WindowDocument), dependencies=PREVIEWED)
async def complete_window(work: Working, body: CompletionBody | None = None) -> Response:
    """Complete a window early, or after you verified it."""
    completion = body or CompletionBody()
    explanation = completion.to_command(work.language)
    return await work.do(
        lambda log, target: work.facade.commands.windows.complete(
            log, target=target, outcome=completion.outcome, explanation=explanation
        ),
        occurred_at=completion.occurred_at,
        body=completion,
    )


@router.post("/maintenance-windows/{id}/cancellation", responses=tells(WindowDocument), dependencies=PREVIEWED)
async def cancel_window(work: Working, body: SaidBody | None = None) -> Response:
    """Cancel a window before it begins; it stays listed as cancelled."""
    explanation = (body or SaidBody()).to_command(work.language)
    return await work.do(
        lambda log, target: work.facade.commands.windows.cancel(log, target=target, explanation=explanation),
        body=body,
    )


@router.post(
    "/maintenance-windows/{id}/updates", status_code=201, responses=creates(WindowDocument), dependencies=PREVIEWED
)
async def update_window(work: Working, body: WindowUpdateBody) -> Response:
    """Post an update."""
    news = body.to_command(work.language)
    return await work.do(
        lambda log, target: work.facade.commands.windows.update(log, target=target, news=news),
        occurred_at=body.occurred_at,
        created=True,
        body=body,
    )


@router.post("/maintenance-series", status_code=201, responses=creates(PlannedSeries), dependencies=PREVIEWED)
async def begin_series(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, body: SeriesBody
) -> Response:
    """Plan a series of windows by a rule (RFC 5545). Windows that begin within the horizon are planned at once.

    Each is a window of its own, which can be moved or cancelled alone. Only windows that are still to come are planned;
    those before count for ``COUNT`` alone. ``BYHOUR`` and the like are refused: the time of day is that of ``start``.
    """
    by, plan = body.of(caller(request, operator)), body.to_command(language_of(request))
    series, asked = facade.commands.series, body.to_pattern()
    # A rule of thousands of days takes some milliseconds to go through: beside the writer.
    pattern = await facade.reads.run(lambda: series.check(asked))
    named = await new_keys(facade, KeyKind.AUDIENCE, plan.audiences)
    return await execute(
        operator,
        lambda log: SERIES.to_answer(
            log,
            series.begin(log, plan=plan, pattern=pattern, announced=body.announced, caller=by),
            created=True,
            more=named,
        ),
    )


@router.post("/maintenance-series/{id}/ending", responses=tells(SeriesDocument))
async def end_series(series: Planning, body: HoldBody | None = None) -> Response:
    """End a series: it plans no more windows. Its present windows stay."""
    reason = None if body is None else body.reason
    return await series.do(lambda log, target: series.facade.commands.series.end(log, target=target, reason=reason))
