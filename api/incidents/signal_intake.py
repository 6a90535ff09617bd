"""Signals as monitoring hands them in, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import structlog
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import Answer, answer
from api.http.auth import CurrentFacade, caller
from api.http.hot_route import HotRoute, allow_known
from api.http.idempotency import Idempotent
from api.http.metrics import Metrics
from api.http.openapi_answers import tells
from api.incidents.signal_bodies import SignalBody
from application.access.identity import Identity
from application.access.tokens import confirm
from application.incidents.reported_signals import SignalOutcome
from application.incidents.signal_documents import SignalTaken, signal_taken
from domain.access.keyring import KEYRING, Role
from domain.components import Component
from domain.incidents.signal import Signal

if TYPE_CHECKING:
    from application.incidents.reported_signals import ReportedSignal, SignalResult
    from application.log import Log

lines = structlog.get_logger()
router = APIRouter(tags=["signals"], route_class=HotRoute)


@router.post("/v1/signals", responses=tells(SignalTaken, tagged=False))
async def take_signal(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    emitter: Annotated[Identity, Depends(allow_known(Role.EMITTER))],
    body: SignalBody,
) -> Response:
    """Send a signal; the answer says what became of it."""
    by, reported = caller(request, emitter), body.to_command()
    emitter.require_source(reported.source)
    results: list[SignalResult] = []

    def act(log: Log) -> Answer:
        # The token was recognized in memory; from here on nobody can revoke it before the signal is recorded.
        confirm(log, emitter)
        taken = facade.commands.signals.take(log, reported=reported, caller=by)
        # A command that met another process is run again.
        results[:] = [taken]
        return answer(signal_taken(taken), position=log.position)

    signal = Signal.id_of(reported.source, reported.fingerprint)
    component = Component.id_of(reported.component or "")
    response = await execute(emitter, act, reads=(KEYRING, signal, component))
    for result in results:
        note_outcome(request, reported, result)
    return response


def note_outcome(request: Request, reported: ReportedSignal, result: SignalResult) -> None:
    """Write a line, and count, if nobody knows what a signal is about: an operator has to say."""
    if result.outcome is not SignalOutcome.UNROUTED:
        return
    metrics: Metrics = request.app.state.metrics
    metrics.signals_unrouted.inc()
    lines.warning(
        "signal_unrouted",
        request_id=request.scope["request_id"],
        source=reported.source,
        fingerprint=reported.fingerprint,
        signal=str(result.signal),
        component=reported.component,
        labels=dict(reported.details.labels) if reported.details else {},
    )
