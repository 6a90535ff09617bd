"""Whether an automation may run for an item, as jobs ask thousands of times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import JSON, dump, shown
from api.http.auth import CurrentFacade, Reader
from api.http.hot_route import HotRoute, PublicAnswer
from api.http.openapi_answers import shows
from api.http.page_cache import rendered
from api.http.parameters import AsOf, InstantText, MinPosition, read_instant
from api.http.read_point import point
from api.http.visibility import viewer_of
from api.panels.automation_rules import RuleCache, read_rules
from api.panels.queries import AutomationName, PanelKey
from application.panels.documents import DecisionDocument, decision_document
from application.panels.projection import PANEL_VIEW

if TYPE_CHECKING:
    from starlette.types import ASGIApp

router = APIRouter(tags=["panels"], route_class=HotRoute)


async def rule_cache(request: Request) -> RuleCache:
    """Give the cache of the rules, one for the whole application."""
    cache: RuleCache = request.app.state.rule_cache
    return cache


@router.get(
    "/v1/panels/{key}/automations/{name}/decision",
    responses=shows(DecisionDocument),
    response_model=None,
    response_class=Response,
)
async def decide_automation(
    request: Request,
    facade: CurrentFacade,
    reader: Reader,
    cache: Annotated[RuleCache, Depends(rule_cache)],
    key: PanelKey,
    name: AutomationName,
    item_created_at: Annotated[InstantText, Query(description="When the item was created, with its offset.")],
    as_of: AsOf = None,
    min_position: MinPosition = None,
) -> ASGIApp:
    """Ask whether an automation may run for an item, and why.

    It may not if a capability of its name is suspended or unavailable, if the item was created before the instant that
    suppresses it (which outlives the restoration), while access is lost (``access_lost``), or if the item is of the gap
    and nobody has said anything of the automation in that restoration (``undecided_gap``). Where no rule was ever set,
    it may (``no_rule``). A name that is not known is 404: name it by a capability, a suppression, or
    `PUT /v1/automations/{name}`.
    """
    created = read_instant(item_created_at, "item_created_at")
    if reader is None and as_of is None and min_position is None:
        rules = await cache.rules(key, name)
        body = dump(decision_document(rules.decide(created), rules.position)).encode()
        return PublicAnswer(request, rendered(body, JSON, compress=False), None)
    sees_private = not viewer_of(reader).public
    where = await point(request, (PANEL_VIEW,), as_of=as_of, min_position=min_position, sees_private=sees_private)
    rules = await read_rules(facade, where.position, key, name, public=not sees_private)
    position = where.position if reader else rules.position
    document = decision_document(rules.decide(created), position)
    return shown(request, document, position=where.position if reader else None)
