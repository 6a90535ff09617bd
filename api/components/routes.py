"""Components: what there is to be watched."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.components.bodies import PinBody, RegistrationBody, RevisionBody
from api.http.answers import Answer, answer, listed
from api.http.auth import CurrentFacade, Emitter, Expected, Operator, Reader, caller
from api.http.idempotency import Idempotent
from api.http.key_names import new_keys
from api.http.openapi_answers import creates, lists, shows, tells
from api.http.parameters import AsOf, InstantText, MinPosition, read_instant
from api.http.read_context import ReadContext, read_context_of
from api.http.read_point import point
from api.http.text_language import language_of
from api.http.visibility import viewer_of
from application.components.documents import (
    ComponentDocument,
    ComponentPage,
    DescribedComponent,
    HeartbeatTaken,
    HistoryPage,
    PastSpan,
    PinnedComponent,
    PublicComponentDocument,
    component_document,
    heartbeat_taken,
    public_component,
)
from application.document import instant
from application.key_names import KeyKind
from application.status.board import BEGINNING, Viewer, folded, since_registration
from application.status.projection import BOARD_VIEW
from domain.errors import Invalid, NotFound
from domain.impact import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from application.facade import Facade
    from application.log import Log
    from application.status.projection import ComponentRow
    from domain.components import Component

router = APIRouter(prefix="/v1/components", tags=["components"])

Looking = Annotated[ReadContext, Depends(read_context_of(BOARD_VIEW))]
SIDES = ComponentDocument | PublicComponentDocument

ComponentKey = Annotated[str, Path(max_length=64, description="The key of the component.", examples=["order-import"])]
SPANS = 1_000
"""How many spans of a history are given at once."""
USUAL = timedelta(days=90)
"""How far back a history goes if nobody says."""


@router.get("", responses=lists(ComponentPage))
async def list_components(context: Looking) -> Response:
    """List the components, in the order in which the page shows them."""
    rows = await context.read(lambda: context.facade.queries.board.components(context.position))
    seen = sorted((row for row in rows if context.side.shows(row)), key=lambda row: (row.place, row.component))
    return context.all([_document(row, context.side) for row in seen], SIDES)


@router.get("/{key}", responses=shows(SIDES))
async def read_component(context: Looking, key: ComponentKey) -> Response:
    """Read one component."""
    return context.one(_document(await _find(context.facade, key, context.position, context.side), context.side), SIDES)


@router.get("/{key}/history", responses=lists(HistoryPage))
async def read_history(
    request: Request,
    facade: CurrentFacade,
    reader: Reader,
    key: ComponentKey,
    from_: Annotated[InstantText | None, Query(alias="from", description="By default 90 days before `until`.")] = None,
    until: Annotated[InstantText | None, Query(description="By default, and at the latest, now.")] = None,
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> Response:
    """Read which status a component showed when, from ``from`` (90 days ago) to ``until`` (now)."""
    side = viewer_of(reader)
    where = await point(request, (BOARD_VIEW,), as_of=as_of, min_position=min_position, sees_private=not side.public)
    component = await _find(facade, key, where.position, side)
    end = min(_instant(until, "until") or where.now, where.now)
    start = _instant(from_, "from") or end - min(USUAL, end - BEGINNING)
    if start >= end:
        raise Invalid("from has to lie before until, and not in the future", pointer="/from")
    causes = await facade.reads.run(lambda: facade.queries.board.history(where.position, key, start, end))
    own = [cause for cause in causes if cause.component != EVERYWHERE]
    shared = since_registration(component, (cause for cause in causes if cause.component == EVERYWHERE))
    seen = [cause for cause in (*own, *shared) if side.counts(cause)]
    spans = folded(seen, vouched_from=component.vouched_from, start=start, until=end)
    documents: list[PastSpan] = [
        {"status": str(span.status), "from": instant(span.start), "until": instant(span.end or end)} for span in spans
    ]
    cursor = documents[SPANS]["from"] if len(documents) > SPANS else None
    position = where.position if reader else None
    return listed(request, documents[:SPANS], cursor=cursor, position=position, parameter="from")


@router.post("", status_code=201, responses=creates(DescribedComponent))
async def register_component(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, body: RegistrationBody
) -> Response:
    """Register a component."""
    by = caller(request, operator)
    registration = body.to_command(language_of(request))
    named = await new_keys(facade, KeyKind.GROUP, [registration.group])
    return await execute(
        operator,
        lambda log: _answer(
            log,
            facade.commands.components.register(log, registration=registration, caller=by),
            created=True,
            more=named,
        ),
    )


@router.patch("/{key}", responses=tells(DescribedComponent))
async def revise_component(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: ComponentKey,
    expected: Expected,
    body: RevisionBody,
) -> Response:
    """Change the description of a component; nobody is notified."""
    by, revision = caller(request, operator), body.to_command(language_of(request))
    named = await new_keys(facade, KeyKind.GROUP, [] if revision.group is None else [revision.group])
    return await execute(
        operator,
        lambda log: _answer(
            log,
            facade.commands.components.revise(log, key=key, expected_version=expected, revision=revision, caller=by),
            more=named,
        ),
    )


@router.post("/{key}/retirement", responses=tells(ComponentDocument))
async def retire_component(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: ComponentKey,
    expected: Expected,
) -> Response:
    """Retire a component; refused while a cause is open on it. Its history stays."""
    by = caller(request, operator)
    return await execute(
        operator,
        lambda log: _answer(log, facade.commands.components.retire(log, key=key, expected_version=expected, caller=by)),
    )


@router.post("/{key}/pins", status_code=201, responses=creates(PinnedComponent))
async def pin_component(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: ComponentKey,
    expected: Expected,
    body: PinBody,
) -> Response:
    """Pin a status: the component shows this one or a worse one until the pin is removed."""
    by = caller(request, operator)

    def act(log: Log) -> Answer:
        component, pin = facade.commands.components.pin(
            log, key=key, expected_version=expected, status=body.status, reason=body.reason, caller=by
        )
        return _answer(log, component, location=f"/v1/components/{key}/pins/{pin}", pin=pin)

    return await execute(operator, act)


@router.delete("/{key}/pins/{pin}", responses=tells(ComponentDocument))
async def unpin_component(
    request: Request,
    facade: CurrentFacade,
    execute: Idempotent,
    operator: Operator,
    key: ComponentKey,
    pin: UUID,
    expected: Expected,
) -> Response:
    """Remove a pin."""
    by = caller(request, operator)
    return await execute(
        operator,
        lambda log: _answer(
            log, facade.commands.components.unpin(log, key=key, expected_version=expected, pin_id=pin, caller=by)
        ),
    )


@router.post("/{key}/heartbeat", responses=tells(HeartbeatTaken, tagged=False))
async def hear_component(
    request: Request, facade: CurrentFacade, execute: Idempotent, emitter: Emitter, key: ComponentKey
) -> Response:
    """Send a heartbeat. A component that sends none for longer than its ``heartbeat`` shows as unknown."""
    by = caller(request, emitter)

    def act(log: Log) -> Answer:
        component = facade.commands.components.hear(log, key=key, caller=by)
        return answer(heartbeat_taken(component, log.now), position=log.position)

    return await execute(emitter, act)


def _answer(
    log: Log,
    component: Component,
    *,
    created: bool = False,
    location: str | None = None,
    pin: UUID | None = None,
    more: Mapping[str, object] | None = None,
) -> Answer:
    document = component_document(component)
    pinned: PinnedComponent | None = None if pin is None else {**document, "pin": str(pin)}
    return answer(
        {**(pinned or document), **(more or {})},
        position=log.position,
        version=component.version,
        status=201 if created or location else 200,
        location=f"/v1/components/{component.key}" if created else location,
    )


async def _find(facade: Facade, key: str, position: int, side: Viewer) -> ComponentRow:
    rows = await facade.reads.run(lambda: facade.queries.board.components(position))
    for row in rows:
        if row.component == key and (side.shows(row) or (row.retired and (row.public or not side.public))):
            return row
    raise NotFound(f"there is no component {key}")


def _document(row: ComponentRow, side: Viewer) -> ComponentDocument | PublicComponentDocument:
    return public_component(row.document) if side.public else row.document


def _instant(text: str | None, name: str) -> datetime | None:
    return None if text is None else read_instant(text, name)
