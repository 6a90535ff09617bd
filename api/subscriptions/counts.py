"""How many are notified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import shown
from api.http.auth import CurrentFacade, Operator
from api.http.openapi_answers import shows
from api.http.parameters import MinPosition
from api.http.read_point import point
from application.register_view import REGISTER_VIEW
from application.subscriptions.documents import SubscriberCounts, subscriber_counts
from domain.subscriptions.values import Channel

if TYPE_CHECKING:
    from application.facade import Facade

router = APIRouter(prefix="/v1/subscribers", tags=["notifications"])


@router.get("/summary", responses=shows(SubscriberCounts))
async def summarize_subscribers(
    request: Request, facade: CurrentFacade, _operator: Operator, min_position: MinPosition = None
) -> Response:
    """Count who is notified, by channel and language, endpoints among them."""
    where = await point(request, (REGISTER_VIEW,), min_position=min_position, sees_private=True)
    counts = await facade.reads.run(lambda: _counts(facade, where.position))
    return shown(request, counts, position=where.position)


def _counts(facade: Facade, at: int) -> SubscriberCounts:
    count = facade.queries.subscriptions.count
    active = {channel: count(at, channel, active=True) for channel in Channel}
    inactive = {channel: sum(count(at, channel, active=False).values()) for channel in Channel}
    return subscriber_counts(active, inactive)
