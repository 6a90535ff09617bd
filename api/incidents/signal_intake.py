"""Signals as monitoring hands them in, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import Answer, answer
from api.http.auth import CurrentFacade, caller
from api.http.hot_route import HotRoute, allow_known
from api.http.idempotency import Idempotent
from api.http.openapi_answers import tells
from api.incidents.signal_bodies import SignalBody
from application.access.tokens import Identity, confirm
from application.incidents.signal_documents import SignalTaken, signal_taken
from domain.access.keyring import KEYRING, Role
from domain.components import Component
from domain.incidents.signal import Signal

if TYPE_CHECKING:
    from application.log import Log

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

    def act(log: Log) -> Answer:
        # The token was recognized in memory; from here on nobody can revoke it before the signal is recorded.
        confirm(log, emitter)
        taken = facade.commands.signals.take(log, reported=reported, caller=by)
        return answer(signal_taken(taken), position=log.position)

    signal = Signal.id_of(reported.source, reported.fingerprint)
    component = Component.id_of(reported.component or "")
    return await execute(emitter, act, reads=(KEYRING, signal, component))
