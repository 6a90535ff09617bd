"""Endpoints: webhooks, and channels of Slack and Teams."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import FormBody, nested, several, text
from api.console.kernel.forms import FormCommand
from api.console.kernel.guards import Operating
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.console.settings.subscribers import STATES
from api.http.forms import TAKES_FORM

if TYPE_CHECKING:
    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/settings/subscribers/endpoints", route_class=ScreenRoute)

PAGE = 50
CHANNELS = (("webhook", "Webhook"), ("slack", "Slack"), ("teams", "Teams"))
IMPACTS = (
    ("none", "All incidents"),
    ("minor", "Minor ones and worse"),
    ("major", "Major ones and worse"),
    ("critical", "Critical ones only"),
)
KEYS = ("components", "groups", "audiences", "panels")
SCOPE = nested("scope", FormBody((*(several(each, empty=[]) for each in KEYS), text("impact"))))
"""Always sent, because its impact always has a choice."""
ENDPOINT = "/v1/endpoints/{endpoint}"
ON_LIST = {
    "register": FormCommand(
        path="/v1/endpoints",
        body=FormBody((text("name"), text("channel"), text("url"), text("language"), SCOPE)),
        shows_answer=True,
    )
}
ON_ONE = {
    "change": FormCommand(
        path=ENDPOINT, method="PATCH", body=FormBody((text("name"), text("url"), text("language"), SCOPE))
    ),
    "disable": FormCommand(path=ENDPOINT, method="PATCH", body=FormBody((text("because"),), fixed={"enabled": False})),
    "enable": FormCommand(path=ENDPOINT, method="PATCH", body=FormBody(fixed={"enabled": True})),
    "rotate": FormCommand(path=f"{ENDPOINT}/secret", body=FormBody((text("overlap"),)), shows_answer=True),
    "remove": FormCommand(
        path=ENDPOINT,
        method="DELETE",
        sends_body=False,
        leads=lambda _: "/console/settings/subscribers/endpoints",
    ),
}


@router.get("")
async def show_endpoints(visit: Operating) -> Response:
    """List the endpoints."""
    return await answer_screen(visit, read_endpoints)


@router.post("", openapi_extra=TAKES_FORM)
async def register_endpoint(visit: Operating) -> Response:
    """Register an endpoint, and show the secret of a webhook this once."""
    return await act(visit, read_endpoints, ON_LIST)


@router.get("/{endpoint}")
async def show_endpoint(visit: Operating, endpoint: UUID) -> Response:
    """Show one endpoint, and what was sent to it last."""
    return await answer_screen(visit, partial(read_endpoint, endpoint=endpoint))


@router.post("/{endpoint}", openapi_extra=TAKES_FORM)
async def change_endpoint(visit: Operating, endpoint: UUID) -> Response:
    """Change, disable, enable or remove it, or make another secret."""
    return await act(visit, partial(read_endpoint, endpoint=endpoint), ON_ONE, endpoint=str(endpoint))


async def read_endpoints(visit: Visit) -> Screen:
    """Read a page of endpoints."""
    page = await visit.api.read("/v1/endpoints", cursor=visit.query.get("cursor"), limit=PAGE)
    document = {
        "endpoints": page["data"],
        "next_cursor": page["next_cursor"] if page["has_more"] else None,
        "channels": CHANNELS,
        "impacts": IMPACTS,
    }
    return Screen(template="settings_endpoints.html", document=document)


async def read_endpoint(visit: Visit, endpoint: UUID) -> Screen:
    """Read one endpoint, with its newest deliveries."""
    reply, deliveries = await asyncio.gather(
        visit.api.get(f"/v1/endpoints/{endpoint}"),
        visit.api.read("/v1/deliveries", subscription=str(endpoint), limit=10),
    )
    document = {
        "endpoint": reply.document,
        "version": reply.version,
        "deliveries": deliveries["data"],
        "impacts": IMPACTS,
        "channels": dict(CHANNELS),
        "states": STATES,
    }
    return Screen(template="settings_endpoint.html", document=document)
