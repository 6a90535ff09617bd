"""Deliveries: operators find them, try them again, and measure them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from domain.subscriptions.values import Rhythm
from tests.api.client import Site, at, made, problem
from tests.api.command import a_key
from tests.api.notifications.notified import a_delivery, subscribe
from tests.api.pages import pages
from tests.api.roles import NOBODY
from tests.waiting import until

if TYPE_CHECKING:
    from tests.api.client import Caller

PATH = "/v1/deliveries"
NO_RELAY = "No relay is configured: set BITACORA_SMTP_URL."


def found(caller: Caller, **asked: object) -> list[str]:
    """Give the ids of what a list has."""
    return [each["id"] for each in caller.get(PATH, params={"limit": 200, **asked}).json()["data"]]


def measured(caller: Caller, name: str) -> dict[tuple[str, ...], float]:
    """Read the samples of a metric that are not 0, by the values of their labels."""
    families = text_string_to_metric_families(caller.get("/metrics").text)
    samples = (each for family in families for each in family.samples if each.name == name and each.value)
    return {tuple(value for _, value in sorted(each.labels.items())): each.value for each in samples}


def due_of(site: Site) -> list[dict[str, Any]]:
    """Give the deliveries that wait."""
    listed = site.operator.get("/v1/deliveries", params={"state": "due"}).json()["data"]
    assert listed
    return [dict(each) for each in listed]


def attempts_of(site: Site) -> int:
    """Count how often those that wait were tried."""
    return sum(each["attempts"] for each in due_of(site))


class TestTheList:
    def test_is_narrowed_down(self, shared_site: Site) -> None:
        one, other = (a_delivery(shared_site) for _ in range(2))
        operator = shared_site.operator

        assert found(operator, thing=one["thing"]) == [one["id"]]
        of_one = found(operator, subscription=one["subscription"])
        assert one["id"] in of_one
        assert other["id"] not in of_one
        assert {one["id"], other["id"]} <= set(found(operator, state="due"))
        assert found(operator, state="sent") == []
        assert found(operator, thing=one["thing"], subscription=other["subscription"]) == []
        assert operator.get(f"{PATH}/{one['id']}").json() == one
        assert (one["kind"], one["channel"], one["language"], one["answer"]) == ("instant", "email", "en", NO_RELAY)

    def test_goes_on_to_its_end_the_newest_first(self, shared_site: Site) -> None:
        made_here = {a_delivery(shared_site)["id"] for _ in range(2)}

        seen = [each for page in pages(shared_site.operator, PATH, limit=1) for each in page]

        assert made_here <= {each["id"] for each in seen}
        assert len(seen) == len({each["id"] for each in seen})
        planned = [each["planned_at"] for each in seen]
        assert planned == sorted(planned, reverse=True)

    def test_has_no_address_in_it(self, shared_site: Site) -> None:
        delivery = a_delivery(shared_site, address := f"{a_key()}@example.com")

        assert address not in shared_site.operator.get(f"{PATH}?limit=200").text
        assert address not in shared_site.operator.get(f"{PATH}/{delivery['id']}").text

    def test_has_what_waits_for_a_digest(self, shared_site: Site) -> None:
        component = shared_site.component(a_key())["key"]
        id = subscribe(shared_site, f"{a_key()}@example.com", component, rhythm=Rhythm.HOURLY)
        shared_site.incident({component: "major_outage"})

        (waiting,) = until(lambda: found(shared_site.operator, state="waiting", subscription=str(id)))

        assert shared_site.operator.get(f"{PATH}/{waiting}").json()["due"] == "2025-03-04T09:00:00Z"
        problem(shared_site.operator.post(f"{PATH}/{waiting}/retry"), 409, "nothing_to_retry")

    @pytest.mark.parametrize(
        "asked",
        [
            {"state": "lost"},
            {"subscription": "ana@example.com"},
            {"thing": "incident"},
            {"thing": f"panel/{NOBODY}"},
            {"cursor": "AAAA"},
            {"chanel": "email"},
        ],
    )
    def test_refuses_what_it_does_not_know(self, shared_site: Site, asked: dict[str, str]) -> None:
        problem(shared_site.operator.get(PATH, params=asked), 422, "invalid")


class TestADelivery:
    def test_that_there_is_not_is_not_found(self, shared_site: Site) -> None:
        for method, path in (("GET", f"{PATH}/{'0' * 32}"), ("POST", f"{PATH}/{'0' * 32}/retry")):
            problem(shared_site.operator.send(method, path), 404, "no_such_delivery")
        problem(shared_site.operator.get(f"{PATH}/{NOBODY}"), 422, "invalid")

    def test_is_due_at_once_when_it_is_retried(self, site: Site) -> None:
        delivery = a_delivery(site)
        path = f"{PATH}/{delivery['id']}"
        assert delivery["due"] > "2025-03-04T08:00:00Z"

        retried = made(site.operator.post(f"{path}/retry"))

        assert (retried["state"], retried["attempts"], retried["due"]) == ("due", 0, "2025-03-04T08:00:00Z")
        until(lambda: site.operator.get(path).json()["attempts"] == 1)

    def test_is_sent_again_only_to_somebody_who_got_it(self, shared_site: Site) -> None:
        one, other = (a_delivery(shared_site) for _ in range(2))
        before = shared_site.events(one["notification"])

        path = f"/v1/notifications/{one['notification']}/again"
        answer = shared_site.operator.post(path, {"subscription": other["subscription"]})
        nothing = shared_site.operator.post(f"/v1/notifications/{NOBODY}/again", {"subscription": one["subscription"]})

        problem(answer, 404, "no_such_delivery")
        problem(nothing, 404, "no_such_delivery")
        assert shared_site.events(one["notification"]) == before == ["notification.planned"]

    @pytest.mark.parametrize("body", [{}, {"subscription": "ana"}, {"subscription": NOBODY, "reason": " "}])
    def test_is_not_sent_again_to_nobody(self, shared_site: Site, body: dict[str, Any]) -> None:
        problem(shared_site.operator.post(f"/v1/notifications/{NOBODY}/again", body), 422, "invalid")


class TestMetrics:
    def test_count_what_waits_and_what_was_tried(self, site: Site) -> None:
        a_delivery(site)

        auditor = site.auditor
        # The one about the incident, and the mail that asked for the confirmation, unless that came before it was sent.
        until(lambda: measured(auditor, "bitacora_deliveries_waiting") == {("email", "due"): len(due_of(site))})
        until(lambda: measured(auditor, "bitacora_delivery_attempts_total") == {("email", "later"): attempts_of(site)})
        assert measured(auditor, "bitacora_delivery_oldest_due_seconds") == {}
        assert "bitacora_deliver" not in site.reader.get("/metrics").text

    def test_say_how_late_the_oldest_is(self, site: Site) -> None:
        due = a_delivery(site)["due"]

        site.clock.moment = at("09:00")

        (late,) = measured(site.auditor, "bitacora_delivery_oldest_due_seconds").values()
        assert 0 < late <= 3_600, due
