"""One request that succeeds for every route about notifications that changes something."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from domain.access.keyring import Role
from tests.api.command import Command, a_key, on
from tests.api.notifications.notified import a_delivery, an_endpoint, endpoint_body, subscribe

if TYPE_CHECKING:
    from tests.api.client import Site

ENDPOINT, ENDPOINT_SECRET = "/v1/endpoints/{id}", "/v1/endpoints/{id}/secret"


def _again(site: Site) -> Command:
    found = a_delivery(site)
    body = {"subscription": found["subscription"], "reason": "Their mail server was down."}
    return Command("POST", f"/v1/notifications/{found['notification']}/again", body)


def _bounce(site: Site) -> Command:
    subscribe(site, address := f"{a_key()}@example.com", site.component(a_key())["key"])
    return Command("POST", "/v1/bounces", {"address": address, "kind": "complaint"}, Role.EMITTER)


def _allowed(site: Site) -> Command:
    body = {"address": f"{a_key()}@example.com"}
    return Command("DELETE", f"/v1/suppressions/{site.operator.post('/v1/suppressions', body).json()['id']}", None)


NOTIFICATION_COMMANDS: dict[tuple[str, str], Callable[[Site], Command]] = {
    ("PATCH", ENDPOINT): lambda site: on(an_endpoint(site), "", {"name": "Night shift", "enabled": False}, "PATCH"),
    ("DELETE", ENDPOINT): lambda site: Command("DELETE", an_endpoint(site), None),
    ("POST", "/v1/deliveries/{id}/retry"): lambda site: Command(
        "POST", f"/v1/deliveries/{a_delivery(site)['id']}/retry", None
    ),
    ("POST", "/v1/notifications/{id}/again"): _again,
    ("POST", "/v1/bounces"): _bounce,
    ("POST", "/v1/suppressions"): lambda _: Command("POST", "/v1/suppressions", {"address": f"{a_key()}@example.com"}),
    ("DELETE", "/v1/suppressions/{id}"): _allowed,
}
SECRETS_OF_ENDPOINTS: dict[tuple[str, str], Callable[[Site], Command]] = {
    ("POST", "/v1/endpoints"): lambda site: Command("POST", "/v1/endpoints", endpoint_body(site)),
    ("POST", ENDPOINT_SECRET): lambda site: Command("POST", f"{an_endpoint(site)}/secret", {"overlap": "1h"}),
}
"""Those whose answer shows the secret of a webhook."""
