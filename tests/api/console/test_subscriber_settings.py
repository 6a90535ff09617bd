"""Settings of who is notified: subscriptions, endpoints, deliveries and suppressed addresses."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.visitor import Visitor, signed_in
from tests.api.notifications.receiver import WebhookReceiver, webhook_receiver
from tests.api.subscriptions.subscribers import a_subscription
from tests.waiting import until

SUBSCRIBERS = "/console/settings/subscribers"
ENDPOINTS = f"{SUBSCRIBERS}/endpoints"
DELIVERIES = f"{SUBSCRIBERS}/deliveries"
SUPPRESSIONS = f"{SUBSCRIBERS}/suppressions"


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as receiver:
        yield receiver


@pytest.fixture
def site(database: str) -> Iterator[Site]:
    with Site(database, webhook_allow_private=True) as site:
        site.component("labels")
        yield site


def an_operator(site: Site) -> Visitor:
    return signed_in(site, site.operator)


def address_of(site: Site, path: str) -> str:
    found = site.bitacora.facade.recipients.find([UUID(path.rpartition("/")[2])])
    (recipient,) = found.values()
    assert recipient.address is not None
    return recipient.address


class TestSubscribers:
    def test_are_counted_by_language_and_rhythm(self, site: Site) -> None:
        a_subscription(site)
        a_subscription(site)
        site.tick()

        an_operator(site).opens(SUBSCRIBERS).reads("2 by e-mail", "By e-mail: 2 in English.", "Find a subscription")

    def test_are_found_by_address_and_ended(self, site: Site) -> None:
        path = a_subscription(site)
        address = address_of(site, path)
        visitor = an_operator(site).opens(f"{SUBSCRIBERS}?address={address}")
        visitor.reads("Active", "In English, at once. About everything.")

        visitor.sends("end")

        visitor.reads("The subscription has ended. Nothing more is sent, and the links in its mails are void.")
        visitor.opens(f"{SUBSCRIBERS}?address={address}").reads("Ended", "Erase the address")

    def test_are_erased(self, site: Site) -> None:
        path = a_subscription(site)
        address = address_of(site, path)
        visitor = an_operator(site).opens(f"{SUBSCRIBERS}?address={address}")

        visitor.sends("erase").reads("The subscription has ended, and its address is erased.")

        visitor.opens(f"{SUBSCRIBERS}?address={address}").reads(
            "Nothing was found: this address has never subscribed, or was erased."
        )

    def test_are_not_found_by_what_is_no_address(self, site: Site) -> None:
        visitor = an_operator(site).opens(f"{SUBSCRIBERS}?address=%3Cb%3E")

        visitor.reads("An address of e-mail has one @ between a name and a domain, as in ana@example.com.")
        assert 'value="&lt;b&gt;"' in visitor.answer.text

    def test_are_for_operators(self, site: Site) -> None:
        for role in (Role.AUDITOR, Role.REVIEWER):
            visitor = signed_in(site, site.a(role))
            for path in (SUBSCRIBERS, ENDPOINTS, DELIVERIES, SUPPRESSIONS):
                visitor.opens(path, status=403)
                assert visitor.request("POST", path, "form=end").status_code == 403


class TestEndpoints:
    def test_are_registered_and_their_secret_is_shown_once(self, site: Site, receiver: WebhookReceiver) -> None:
        visitor = an_operator(site).opens(ENDPOINTS)

        visitor.sends(
            "register",
            {"name": "Order desk", "url": receiver.url, "scope.components": "labels", "scope.impact": "major"},
        )

        visitor.reads("Copy the signing secret now: it is not shown again.", "Order desk webhook 127.0.0.1 active")
        secret = next(each for each in visitor.lines if each.startswith("whsec_"))
        visitor.opens(ENDPOINTS).does_not_read(secret)
        (endpoint,) = made(site.operator.get("/v1/endpoints"))["data"]
        assert (endpoint["scope"]["components"], endpoint["scope"]["impact"]) == (["labels"], "major")

    def test_point_at_what_is_wrong(self, site: Site, receiver: WebhookReceiver) -> None:
        visitor = an_operator(site).opens(ENDPOINTS)

        visitor.sends("register", {"name": "<b>", "url": receiver.url, "scope.components": "label"}, status=422)

        assert "there is no component label" in visitor.answer.text.lower()
        assert visitor.form("register").value("name") == "<b>"
        assert visitor.form("register").value("scope.components") == "label"
        visitor.sends("register", {"url": "no address", "scope.components": ""}, status=422)
        assert 'id="register-url-fault"' in visitor.answer.text

    def test_are_changed_paused_and_removed(self, site: Site, receiver: WebhookReceiver) -> None:
        endpoint = made(
            site.operator.post("/v1/endpoints", {"name": "Desk", "channel": "webhook", "url": receiver.url})
        )
        visitor = an_operator(site).opens(f"{ENDPOINTS}/{endpoint['id']}")

        visitor.sends("change", {"name": "Night desk", "scope.components": "labels"}).reads("Night desk")
        visitor.reads("The endpoint is changed.")
        visitor.sends("disable", {"because": "Holiday."})
        visitor.reads("The endpoint is disabled. It gets nothing.", "disabled, because an operator wanted it")
        visitor.sends("enable").reads("The endpoint is enabled. It gets what is announced from now on.")
        visitor.sends("rotate", {"overlap": "1h"})
        visitor.reads("Copy the signing secret now: it is not shown again.")
        visitor.reads("Messages are signed with the old one as well until March 4, 2025, 09:00 UTC.")
        visitor.opens(f"{ENDPOINTS}/{endpoint['id']}").sends("remove")
        visitor.reads("The endpoint is removed. Its address and its secrets are forgotten.")
        assert made(site.operator.get("/v1/endpoints"))["data"] == []

    def test_say_what_somebody_else_has_changed(self, site: Site, receiver: WebhookReceiver) -> None:
        endpoint = made(
            site.operator.post("/v1/endpoints", {"name": "Desk", "channel": "webhook", "url": receiver.url})
        )
        visitor = an_operator(site).opens(f"{ENDPOINTS}/{endpoint['id']}")
        made(site.operator.patch(f"/v1/endpoints/{endpoint['id']}", {"name": "Theirs"}))

        visitor.sends("change", {"name": "Mine"}, status=412)

        assert visitor.form("change").value("name") == "Mine"
        visitor.reads("How it is now: Theirs, in English, about everything.")

    def test_that_are_none_are_not_found(self, site: Site) -> None:
        an_operator(site).opens(f"{ENDPOINTS}/0178198a-5740-7000-9d67-d7fe5ded8278", status=404)


class TestDeliveries:
    def test_that_failed_are_tried_again(self, site: Site, receiver: WebhookReceiver) -> None:
        receiver.status = 500
        made(site.operator.post("/v1/endpoints", {"name": "Desk", "channel": "webhook", "url": receiver.url}))
        incident = site.incident({"labels": "major_outage"})
        until(lambda: any(each["attempts"] for each in made(site.operator.get("/v1/deliveries"))["data"]))
        visitor = an_operator(site).opens(f"{DELIVERIES}?state=due")
        assert f"/console/incidents/{incident['id']}" in visitor.answer.text

        receiver.status = 204
        visitor.sends("retry", button=next(each for each in visitor.form("retry").buttons)[0])

        visitor.reads("It is tried now.")
        until(lambda: made(site.operator.get("/v1/deliveries"))["data"][0]["state"] == "sent")
        visitor.opens(f"{DELIVERIES}?state=failed").reads("There are none of this kind.")
        assert "Sent to a webhook, in English" in " ".join(visitor.opens(DELIVERIES).lines)


class TestSuppressions:
    def test_are_made_and_taken_back(self, site: Site) -> None:
        address = address_of(site, a_subscription(site))
        visitor = an_operator(site).opens(SUPPRESSIONS)
        visitor.reads("There are none.")

        visitor.sends("suppress", {"address": address}).reads("Nothing is sent to this address any more.")
        assert [each for each in visitor.lines if each.startswith(address)]

        visitor.sends("allow").reads("The address can be subscribed again. Subscriptions that ended stay ended.")
        visitor.reads("There are none.")

    def test_point_at_what_is_no_address(self, site: Site) -> None:
        visitor = an_operator(site).opens(SUPPRESSIONS)

        visitor.sends("suppress", {"address": "nobody"}, status=422)

        assert visitor.form("suppress").value("address") == "nobody"
        assert 'id="suppress-address-fault"' in visitor.answer.text
