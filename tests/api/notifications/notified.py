"""Endpoints, subscriptions and deliveries, each about a component of its own, so that nobody else is notified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from application.caller import Caller
from domain.subscriptions.values import NotificationScope, Preferences, Rhythm
from tests.api.client import made
from tests.api.command import a_key
from tests.waiting import until

if TYPE_CHECKING:
    from tests.api.client import Site

READER = Caller(actor="reader", source="site", request_id="")


def endpoint_body(site: Site, **more: object) -> dict[str, Any]:
    """Give the body that registers a webhook."""
    scope = {"components": [site.component(a_key())["key"]]}
    return {
        "name": "Order desk",
        "channel": "webhook",
        "url": "https://hooks.example.com/a",
        "scope": scope,
        **more,
    }


def an_endpoint(site: Site, **more: object) -> str:
    """Register a webhook, and give its path."""
    return str(site.operator.post("/v1/endpoints", endpoint_body(site, **more)).headers["Location"])


def subscribe(site: Site, address: str, *components: str, rhythm: Rhythm = Rhythm.INSTANT) -> UUID:
    """Let a reader ask and confirm; give the subscription."""
    facade = site.bitacora.facade
    wanted = Preferences(language="en", rhythm=rhythm, scope=NotificationScope(components=components))
    facade.recipients.ask(address, wanted)
    id = facade.recipients.find_address(address)[-1].subscription
    confirm = facade.commands.subscriptions.confirm
    site.bitacora.writer.call(lambda log: confirm(log, id=id, preferences=wanted, caller=READER))
    facade.recipients.confirm(id)
    return id


def a_delivery(site: Site, address: str | None = None) -> dict[str, Any]:
    """Notify a reader of an incident, without a relay that could take the mail; give the delivery once it was tried."""
    component = site.component(a_key())["key"]
    id = subscribe(site, address or f"{a_key()}@example.com", component)
    incident = made(
        site.operator.post(
            "/v1/incidents", {"title": "Trouble", "message": "We look.", "components": {component: "major_outage"}}
        )
    )["id"]
    asked = {"subscription": str(id), "thing": f"incident/{incident}"}
    (delivery,) = until(lambda: [each for each in _deliveries(site, asked) if each["answer"]])
    # The last that is recorded of it, so that the log stands still from then on.
    until(lambda: site.auditor.get(f"/v1/aggregates/{delivery['notification']}/events").is_success)
    found: dict[str, Any] = delivery
    return found


def _deliveries(site: Site, asked: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = site.operator.get("/v1/deliveries", params=asked).json()["data"]
    return found
