"""Subscribers, what is sent to them, and the addresses to which nothing is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.fields import Body, text
from api.console.kernel.forms import Command
from api.console.kernel.guards import Operating
from api.console.kernel.screens import Screen, ScreenRoute, act, answer_screen
from api.http.forms import TAKES_FORM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/settings/subscribers", route_class=ScreenRoute)

PAGE = 50
AT_ONCE = 200
STATES = {
    "due": "To be sent now",
    "waiting": "Waits for a digest",
    "sent": "Sent",
    "failed": "Failed",
    "superseded": "Replaced by a later one",
    "dropped": "Dropped",
    "perhaps_sent": "Perhaps sent before a restore",
}
"""How far a delivery has come, in words."""
TO_RETRY = frozenset({"due", "failed", "perhaps_sent"})
ENDINGS = {"end": {}, "erase": {"erase": "true"}}
COMMANDS = {
    name: Command(path="/v1/subscriptions/{subscription}", method="DELETE", query=query, sends_body=False)
    for name, query in ENDINGS.items()
}
ON_DELIVERIES = {"retry": Command(path="/v1/deliveries/{delivery}/retry", sends_body=False)}
ON_SUPPRESSIONS = {
    "suppress": Command(path="/v1/suppressions", body=Body((text("address"),))),
    "allow": Command(path="/v1/suppressions/{suppression}", method="DELETE", sends_body=False),
}


@router.get("")
async def show_subscribers(visit: Operating) -> Response:
    """Say how many subscribers there are, and find one by the address."""
    return await answer_screen(visit, read_subscribers)


@router.post("", openapi_extra=TAKES_FORM)
async def end_subscription(visit: Operating) -> Response:
    """End a subscription, and erase its address if that is wanted."""
    return await act(visit, read_subscribers, COMMANDS)


@router.get("/deliveries")
async def show_deliveries(visit: Operating) -> Response:
    """List deliveries, the newest first."""
    return await answer_screen(visit, read_deliveries)


@router.post("/deliveries", openapi_extra=TAKES_FORM)
async def retry_delivery(visit: Operating) -> Response:
    """Try a delivery now."""
    return await act(visit, read_deliveries, ON_DELIVERIES)


@router.get("/suppressions")
async def show_suppressions(visit: Operating) -> Response:
    """List the addresses to which nothing is sent."""
    return await answer_screen(visit, read_suppressions)


@router.post("/suppressions", openapi_extra=TAKES_FORM)
async def change_suppressions(visit: Operating) -> Response:
    """Suppress an address, or allow one again."""
    return await act(visit, read_suppressions, ON_SUPPRESSIONS)


async def read_subscribers(visit: Visit) -> Screen:
    """Count the subscribers, and find those of an address."""
    address = visit.query.get("address", "").strip()
    summary, failed, suppressed, found = await asyncio.gather(
        visit.api.read("/v1/subscribers/summary"),
        visit.api.read("/v1/deliveries", state="failed", limit=AT_ONCE),
        visit.api.read("/v1/suppressions", limit=AT_ONCE),
        _found(visit, address),
    )
    by_channel = {channel: sum(counts.values()) for channel, counts in summary["counts"].items()}
    document = {
        "summary": summary,
        "by_mail": by_channel.pop("email", 0),
        "endpoints": sum(by_channel.values()) + summary["disabled"],
        "failed": failed,
        "suppressed": suppressed,
        "address": address,
        "fault": found if isinstance(found, str) else "",
        "found": [] if isinstance(found, str) else found,
    }
    return Screen(template="settings_subscribers.html", document=document)


async def read_deliveries(visit: Visit) -> Screen:
    """Read a page of deliveries of the state that was chosen."""
    state = visit.query.get("state", "")
    page = await visit.api.read(
        "/v1/deliveries",
        state=state if state in STATES else "",
        subscription=visit.query.get("subscription"),
        cursor=visit.query.get("cursor"),
        limit=PAGE,
    )
    document = {
        "deliveries": page["data"],
        "next_cursor": page["next_cursor"] if page["has_more"] else None,
        "states": STATES,
        "chosen": state if state in STATES else "",
        "to_retry": TO_RETRY,
    }
    return Screen(template="settings_deliveries.html", document=document)


async def read_suppressions(visit: Visit) -> Screen:
    """Read a page of suppressed addresses."""
    page = await visit.api.read("/v1/suppressions", cursor=visit.query.get("cursor"), limit=PAGE)
    document = {"suppressed": page["data"], "next_cursor": page["next_cursor"] if page["has_more"] else None}
    return Screen(template="settings_suppressions.html", document=document)


async def _found(visit: Visit, address: str) -> Sequence[Mapping[str, Any]] | str:
    """Give the subscriptions of an address, or what is wrong with it."""
    if not address:
        return []
    reply = await visit.api.send("GET", "/v1/subscriptions", query={"address": address, "limit": AT_ONCE})
    if reply.is_good:
        return list(reply.document["data"])
    return str(reply.document.get("errors", [{}])[0].get("detail") or reply.document["detail"])
