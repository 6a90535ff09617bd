"""Signals: what monitoring says, and what became of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import Answer, answer, cursor_behind, listed, place_of
from api.http.auth import INSPECTORS, CurrentFacade, Expected, Inspector, Operator, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import lists, shows, tells
from api.http.parameters import AsOf, Cursor, Limit, MinPosition
from api.http.read_context import ReadContext, read_context_of
from api.http.read_point import point
from api.incidents.signal_bodies import ClearanceBody, RefiringBody, RoutingBody
from application.incidents.signal_documents import SignalDocument, SignalPage, SignalState, signal_document
from application.incidents.signal_projection import SIGNAL_VIEW
from domain.errors import NotFound

if TYPE_CHECKING:
    from application.facade import Facade
    from application.log import Log
    from domain.incidents.signal import Signal

router = APIRouter(prefix="/v1", tags=["signals"])
Reading = Annotated[ReadContext, Depends(read_context_of(SIGNAL_VIEW, guard=INSPECTORS, lang=False))]

State = Annotated[SignalState | None, Query(description="Whether the signal fires now, or is clear.")]


@router.get("/signals", responses=lists(SignalPage))
async def list_signals(
    request: Request,
    facade: CurrentFacade,
    inspector: Inspector,
    cursor: Cursor = None,
    limit: Limit = 50,
    state: State = None,
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> Response:
    """List all signals, with their current state."""
    return await _page(request, facade, cursor, limit, state, as_of, min_position)


@router.get("/signals/{id}", responses=shows(SignalDocument))
async def read_signal(context: Reading, id: UUID) -> Response:
    """Read one signal, as it was last reported."""
    found = await context.read(lambda: context.facade.queries.signals.find(context.position, id))
    if found is None:
        raise NotFound(f"there is no signal {id}")
    return context.one(cast("SignalDocument", json.loads(found)), SignalDocument)


@router.get("/unrouted-signals", responses=lists(SignalPage))
async def list_unrouted_signals(
    request: Request,
    facade: CurrentFacade,
    inspector: Inspector,
    cursor: Cursor = None,
    limit: Limit = 50,
    state: State = None,
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> Response:
    """List the signals that name no known component, with what their alerts tell of themselves."""
    return await _page(request, facade, cursor, limit, state, as_of, min_position, routed=False)


@router.post("/signals/{id}/clearance", responses=tells(SignalDocument))
async def clear_signal(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: ClearanceBody,
) -> Response:
    """Clear a signal by hand, for example because its source never sent the clear."""
    by, clear = caller(request, operator), facade.commands.signals.clear_by_hand
    return await execute(
        operator,
        lambda log: _answer(log, clear(log, signal_id=id, expected_version=expected, reason=body.reason, caller=by)),
    )


@router.post("/signals/{id}/refiring", responses=tells(SignalDocument))
async def let_signal_refire(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: RefiringBody,
) -> Response:
    """Let a signal fire that was cleared by hand and is still reported. It counts from its newest report."""
    by, refire = caller(request, operator), facade.commands.signals.let_refire
    return await execute(
        operator,
        lambda log: _answer(log, refire(log, signal_id=id, expected_version=expected, reason=body.reason, caller=by)),
    )


@router.post("/unrouted-signals/{id}/routing", responses=tells(SignalDocument))
async def route_signal(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    id: UUID,
    expected: Expected,
    body: RoutingBody,
) -> Response:
    """Say to which component a signal belongs. If it still fires, it counts from the time at which it fired."""
    by, route = caller(request, operator), facade.commands.signals.route
    return await execute(
        operator,
        lambda log: _answer(
            log, route(log, signal_id=id, expected_version=expected, component=body.component, caller=by)
        ),
    )


def _answer(log: Log, signal: Signal) -> Answer:
    return answer(signal_document(signal), position=log.position, version=signal.version)


async def _page(
    request: Request,
    facade: Facade,
    cursor: str | None,
    limit: int,
    state: SignalState | None,
    as_of: str | None,
    min_position: int | None,
    *,
    routed: bool | None = None,
) -> Response:
    where = await point(request, (SIGNAL_VIEW,), as_of=as_of, min_position=min_position, sees_private=True)
    after, firing = place_of(cursor), None if state is None else state is SignalState.FIRING
    page = await facade.reads.run(
        lambda: facade.queries.signals.page(where.position, routed=routed, firing=firing, after=after, limit=limit + 1)
    )
    documents = [json.loads(document) for _, document in page[:limit]]
    return listed(request, documents, cursor=cursor_behind(page, limit), position=where.position)
