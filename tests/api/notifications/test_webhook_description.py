"""The description of the interface says what is sent to webhooks, and what is sent is as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.notifications.letters.webhook import Notification
from domain.subscriptions.values import Channel
from tests.api.client import made
from tests.api.conformance import adapter_of
from tests.api.notifications.announced import announced, composed
from tests.api.panel_steps import regained
from tests.api.windows import planned

if TYPE_CHECKING:
    from tests.api.client import Site

TYPES = {
    "incident": 7,
    "maintenance_window": 9,
    "restoration": 6,
}


@pytest.fixture(name="description")
def _description(site: Site) -> dict[str, Any]:
    return site.app.openapi()


class TestWebhooks:
    def test_are_described_for_each_kind_of_thing(self, description: dict[str, Any]) -> None:
        kinds = {name: len(_types(description, name)) for name in description["webhooks"]}

        assert kinds == TYPES

    def test_are_sent_as_they_are_described(self, site: Site) -> None:
        site.component("labels")
        id = site.incident({"labels": "major_outage"})["id"]
        made(site.update(id, "resolved", override_reason="Seen."))
        planned(site)
        regained(site)
        facade = site.bitacora.facade
        every = announced(facade, site.tick())

        for each in every:
            body = composed(facade, each).write(Channel.WEBHOOK, "en")
            adapter_of(Notification).validate_json(body, strict=True, extra="forbid")
        assert {each.thing.partition("/")[0] for each in every} == TYPES.keys()


def _schema(description: dict[str, Any], name: str) -> dict[str, Any]:
    body = description["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]["schema"]
    found: dict[str, Any] = body
    return found


def _types(description: dict[str, Any], name: str) -> list[str]:
    model = _schema(description, name)["$ref"].rpartition("/")[2]
    found: list[str] = description["components"]["schemas"][model]["properties"]["type"]["enum"]
    assert all(each.startswith(f"{name}.") for each in found)
    return found
