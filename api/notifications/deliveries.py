"""Deliveries: what waits to be sent, what became of it, and what operators can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import answer, cursor_of, listed, place_of, shown
from api.http.auth import CurrentFacade, Operator, caller
from api.http.idempotency import Idempotent
from api.http.openapi_answers import creates, lists, shows, tells
from api.http.parameters import Cursor, Limit
from api.http.read_point import end_of_log
from api.http.values import Body, Reason, example
from application.notifications.deliveries import DeliveryDocument, DeliveryPage, DeliveryState, require_place
from application.targets import Target

if TYPE_CHECKING:
    from api.http.answers import Answer
    from application.log import Log

router = APIRouter(prefix="/v1", tags=["notifications"])

DeliveryId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The id of a delivery.")]
THING = "^(incident|maintenance_window|restoration)/[0-9a-f-]{36}$"


class AgainBody(Body):
    """Who is notified again, and why; the reason is for operators."""

    model_config = example(subscription="0195609a-1500-7000-b061-add52079ba12", reason="Their mail server was down.")

    subscription: UUID
    reason: Reason | None = None


@router.get("/deliveries", responses=lists(DeliveryPage))
async def list_deliveries(
    request: Request,
    facade: CurrentFacade,
    operator: Operator,
    state: Annotated[DeliveryState | None, Query(description="How far they have come.")] = None,
    subscription: Annotated[UUID | None, Query(description="Those of one subscription, or of one endpoint.")] = None,
    thing: Annotated[str | None, Query(pattern=THING, description="Those about one thing, as in `incident/…`.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List deliveries, the newest first. None names an address.

    After a backup was restored, those that were perhaps sent after it was made have the state `perhaps_sent`. Nothing
    of them is sent unless you retry it.
    """
    before = place_of(cursor)
    if before is not None:
        require_place(before)
    found = await facade.reads.run(
        lambda: facade.deliveries.page(
            state=state, subscription=subscription, thing=thing, before=before, limit=limit + 1
        )
    )
    page = found[:limit]
    further = cursor_of(page[-1][0]) if len(found) > limit else None
    return listed(request, [document for _, document in page], cursor=further, position=facade.visibility.position)


@router.get("/deliveries/{id}", responses=shows(DeliveryDocument))
async def read_delivery(request: Request, facade: CurrentFacade, operator: Operator, id: DeliveryId) -> Response:
    """Read one delivery, with the last answer to it."""
    found = await facade.reads.run(lambda: facade.deliveries.find(id))
    return shown(request, found, position=facade.visibility.position)


@router.post("/deliveries/{id}/retry", responses=tells(DeliveryDocument, tagged=False))
async def retry_delivery(facade: CurrentFacade, execute: Idempotent, operator: Operator, id: DeliveryId) -> Response:
    """Try a delivery now: one that waits for its next attempt, was given up, or was held back after a restore."""

    async def work() -> Answer:
        found = await facade.reads.run(lambda: facade.deliveries.retry(id))
        return answer(found, position=await end_of_log(facade))

    return await execute.piecewise(operator, work)


@router.post("/notifications/{id}/again", status_code=201, responses=creates(DeliveryDocument))
async def notify_again(
    request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, id: UUID, body: AgainBody
) -> Response:
    """Notify one subscriber again of what was announced: the same message, under an id of its own.

    `id` is that of the announcement, as the `notification` of a delivery names it.
    """
    target = Target(id=id, expected_version=None, caller=caller(request, operator), name=f"notification {id}")

    def record(log: Log) -> int:
        facade.commands.notifications.send_again(log, target=target, subscription=body.subscription, reason=body.reason)
        return log.position

    async def work() -> Answer:
        # Before the event: nothing is recorded of what cannot be sent.
        await facade.reads.run(lambda: facade.deliveries.require_text(id, body.subscription))
        position = await facade.runner.run(record)
        found = await facade.reads.run(lambda: facade.deliveries.send_again(id, body.subscription))
        return answer(found, position=position, status=201, location=f"/v1/deliveries/{found['id']}")

    return await execute.piecewise(operator, work)
