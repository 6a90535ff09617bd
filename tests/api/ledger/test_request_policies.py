"""Incidents that signals begin have request policies: the defaults of operators, and what is said of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.client import Site, made, problem
from tests.api.panel_steps import refused

if TYPE_CHECKING:
    import httpx

PATH, LABELS, WHY = "/v1/request-policies", "labels", {"reason": "a wrong probe"}
ORDER = {"policy": "reprocess", "deadline": "PT259200S", "four_eyes": False}
INVOICE = {"policy": "check_by_hand", "deadline": "PT259200S", "four_eyes": True}
pytestmark = pytest.mark.both_stores


@pytest.fixture
def site(site: Site) -> Site:
    """The service with two components."""
    site.component(LABELS)
    site.component("orders")
    return site


def put(site: Site, policies: dict[str, Any], **options: Any) -> httpx.Response:  # noqa: ANN401 - what ``send`` takes
    """Let an operator set the defaults."""
    return site.operator.send("PUT", PATH, json={"request_policies": policies, "because": "asked"}, **options)


def detected(site: Site, component: str = LABELS) -> str:
    """Let a signal begin an incident, and give its path."""
    return f"/v1/incidents/{site.signal(f'f-{component}', component)['incident']}"


class TestDefaults:
    def test_are_read_and_replaced_at_the_version_that_is_known(self, site: Site) -> None:
        nothing = site.auditor.get(PATH)
        assert (made(nothing), nothing.headers["ETag"]) == ({"request_policies": {}, "version": 0}, '"0"')

        first = put(
            site, {"order": {"policy": "reprocess"}, "invoice": {"four_eyes": True}}, headers={"If-Match": '"0"'}
        )
        assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
        assert made(first) == {"request_policies": {"order": ORDER, "invoice": INVOICE}, "version": 1}
        refused(site, lambda: put(site, {}, headers={"If-Match": '"0"'}), 412, "version_conflict")
        made(put(site, {"order": {"policy": "reprocess"}}, headers={"If-Match": '"1"'}))
        position = site.tick()

        assert made(site.operator.get(PATH)) == {"request_policies": {"order": ORDER}, "version": 2}
        then = made(site.operator.get(PATH, params={"as_of": position - 1}))
        assert then["version"] == 1
        problem(site.reader.get(PATH), 401, "not_authenticated")
        problem(site.emitter.get(PATH), 403, "forbidden")

    def test_are_what_an_incident_begins_with_and_keeps(self, site: Site) -> None:
        before = detected(site)
        made(put(site, {"order": {"policy": "reprocess"}}))
        incident = detected(site, "orders")
        made(put(site, {}))

        assert made(site.operator.get(before))["request_policies"] == {}
        assert made(site.operator.get(incident))["request_policies"] == {"order": ORDER}

    @pytest.mark.parametrize("kind", ["Order", "order ", "order\u200b", "factúra"])
    def test_are_of_kinds_that_a_request_can_have(self, site: Site, kind: str) -> None:
        incident = detected(site)
        policies = {kind: {"four_eyes": True}}

        for answer in (put(site, policies), site.operator.patch(incident, {"request_policies": policies})):
            problem(answer, 422, "invalid")


class TestDeadline:
    @pytest.mark.parametrize("zero", ["0h", "PT0S", "0ms"])
    def test_is_longer_than_nothing(self, site: Site, zero: str) -> None:
        incident = detected(site)
        policies = {"order": {"policy": "source_resends", "deadline": zero}}

        for refusal in (put(site, policies), site.operator.patch(incident, {"request_policies": policies})):
            told = problem(refusal, 422, "invalid")
            assert told["errors"] == [
                {"pointer": "/request_policies/order/deadline", "detail": "a deadline is longer than 0"}
            ]


class TestIncident:
    def test_gets_policies_of_its_own_key_by_key(self, site: Site) -> None:
        made(put(site, {"order": {"policy": "reprocess"}}))
        incident = detected(site)

        changed = made(site.operator.patch(incident, {"request_policies": {"invoice": {"four_eyes": True}}}))

        assert changed["request_policies"] == {"order": ORDER, "invoice": INVOICE}
        events = site.events(changed["id"])
        made(site.operator.patch(incident, {"request_policies": {"order": {"policy": "reprocess"}}}))
        assert site.events(changed["id"]) == events

    def test_that_was_dismissed_gets_none(self, site: Site) -> None:
        incident = detected(site)
        made(site.operator.post(f"{incident}/dismissal", WHY))

        refused(site, lambda: site.operator.patch(incident, {"request_policies": {"order": {}}}), 409, "dismissed")


class TestVoid:
    def test_is_said_of_each_request_of_a_cause_that_was_taken_back(self, site: Site) -> None:
        made(put(site, {"order": {"policy": "reprocess"}}))
        incident = detected(site)
        cause = {"type": "incident", "id": incident.rpartition("/")[2]}
        order = {
            "cause": cause,
            "source": "shop",
            "kind": "order",
            "reference": "1",
            "received_at": made(site.operator.get(incident))["started_at"],
            "digest": "ab" * 32,
        }
        made(site.emitter.post("/v1/held-requests", [order]))
        made(site.operator.post(f"{incident}/dismissal", WHY))
        site.set_clock("08:01")

        [held] = made(site.auditor.get("/v1/held-requests"))["data"]
        trail = made(site.auditor.get(f"/v1/held-requests/{held['id']}/trail"))["entries"]

        assert (held["state"], held["cause_void"], held["policy"]["policy"]) == (
            "to_check",
            "dismissed",
            "check_by_hand",
        )
        assert trail[-1]["what"] == "its cause was dismissed; to be checked by hand"
