"""Bounces and complaints: what came back, or is not wanted, ends the subscription and suppresses the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.subscriptions.values import Preferences
from tests.api.client import Site, made, problem
from tests.api.command import a_key
from tests.api.notifications.notified import a_delivery, an_endpoint, subscribe
from tests.api.notifications.receiver import webhook_receiver

if TYPE_CHECKING:
    from uuid import UUID

NOBODYS_TOKEN = "status+15fd2436daf22b420347e1340e6dddcd@example.com"


def a_reader(site: Site) -> tuple[str, UUID]:
    address = f"{a_key()}@example.com"
    return address, subscribe(site, address, site.component(a_key())["key"])


def suppressed(site: Site) -> dict[str | None, str]:
    """Give the reasons of all suppressed addresses."""
    found = site.operator.get("/v1/suppressions?limit=200").json()["data"]
    return {each["address"]: each["reason"] for each in found}


def report(site: Site, **body: object) -> dict[str, Any]:
    return made(site.emitter.post("/v1/bounces", body))


class TestABounce:
    def test_of_a_message_is_found_by_where_it_came_back_to(self, shared_site: Site) -> None:
        address = f"{a_key()}@example.com"
        delivery = a_delivery(shared_site, address)

        # A server on the way may have changed the case.
        answer = report(shared_site, recipient=f"Status+{delivery['id'].upper()}@example.com")

        assert answer == {"ended": [delivery["subscription"]]}
        assert shared_site.events(delivery["subscription"])[-1] == "subscription.ended"
        assert suppressed(shared_site)[address] == "bounce"

    def test_names_a_mailbox_whatever_its_case(self, shared_site: Site) -> None:
        address, subscription = a_reader(shared_site)

        assert report(shared_site, address=address.upper(), kind="bounce") == {"ended": [str(subscription)]}
        assert report(shared_site, address=address) == {"ended": []}

    def test_that_is_a_complaint_is_kept_as_one(self, shared_site: Site) -> None:
        address, subscription = a_reader(shared_site)

        report(shared_site, address=address, kind="complaint")

        found = shared_site.auditor.get(f"/v1/aggregates/{subscription}/events").json()["data"][-1]
        assert found["data"]["reason"] == "complaint"
        assert found["actor"] == "token:the-emitter"
        assert suppressed(shared_site)[address] == "complaint"

    def test_of_a_mailbox_that_nobody_knows_suppresses_it(self, shared_site: Site) -> None:
        address, _ = f"{a_key()}@example.com", shared_site.emitter
        position = shared_site.last_position()

        assert report(shared_site, address=address) == {"ended": []}

        assert shared_site.last_position() == position
        shared_site.bitacora.facade.recipients.ask(address, Preferences(language="en"))
        assert shared_site.bitacora.facade.recipients.find_address(address) == []

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/recipient"),
            ({"recipient": NOBODYS_TOKEN, "address": "ana@example.com"}, "/recipient"),
            ({"recipient": NOBODYS_TOKEN}, "/recipient"),
            ({"recipient": "ana@example.com"}, "/recipient"),
            ({"recipient": ""}, "/recipient"),
            ({"recipient": "x" * 321}, "/recipient"),
            ({"address": "ana"}, "/address"),
            ({"address": "ana@localhost"}, "/address"),
            ({"address": f"{'x' * 65}@example.com"}, "/address"),
            ({"address": "ana@example.com", "kind": "soft"}, "/kind"),
            ({"address": "ana@example.com", "kind": None}, "/kind"),
        ],
    )
    def test_that_names_nothing_or_too_much_is_refused(
        self, shared_site: Site, body: dict[str, object], pointer: str
    ) -> None:
        before = suppressed(shared_site)

        found = problem(shared_site.emitter.post("/v1/bounces", body), 422, "invalid")

        assert [each["pointer"] for each in found["errors"]] == [pointer]
        assert suppressed(shared_site) == before

    def test_of_a_message_to_an_endpoint_is_none(self, database: str) -> None:
        with Site(database, webhook_allow_private=True) as site, webhook_receiver() as receiver:
            an_endpoint(site, url=receiver.url, scope={})
            site.incident({site.component("labels")["key"]: "major_outage"})
            id = receiver.next().headers["webhook-id"].removeprefix("msg_")

            answer = site.emitter.post("/v1/bounces", {"recipient": f"status+{id}@example.com"})

            assert [each["pointer"] for each in problem(answer, 422, "invalid")["errors"]] == ["/recipient"]
            assert suppressed(site) == {}
