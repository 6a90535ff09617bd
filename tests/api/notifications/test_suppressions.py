"""Suppressed addresses: operators list, add and take them back, and what is for one is dropped."""

from __future__ import annotations

import pytest

from tests.api.client import Site, problem
from tests.api.command import a_key
from tests.api.notifications.notified import a_delivery, subscribe
from tests.api.pages import pages
from tests.waiting import until

PATH = "/v1/suppressions"
NOBODY = "0" * 64


class TestASuppression:
    def test_is_listed_until_it_is_taken_back(self, shared_site: Site) -> None:
        subscribe(shared_site, address := f"{a_key()}@example.com", shared_site.component(a_key())["key"])

        id = shared_site.operator.post(PATH, {"address": address.upper()}).json()["id"]
        listed = {each["id"]: each for each in shared_site.operator.get(f"{PATH}?limit=200").json()["data"]}

        assert listed[id] == {"id": id, "address": address, "reason": "operator", "since": "2025-03-04T08:00:00Z"}
        assert shared_site.operator.delete(f"{PATH}/{id}").json() == {"id": id}
        assert id not in shared_site.operator.get(f"{PATH}?limit=200").text
        problem(shared_site.operator.delete(f"{PATH}/{id}"), 404, "not_found")

    def test_of_an_address_that_nobody_has_does_not_keep_it(self, shared_site: Site) -> None:
        address = f"{a_key()}@example.com"

        id = shared_site.operator.post(PATH, {"address": address}).json()["id"]

        answer = shared_site.operator.get(f"{PATH}?limit=200")
        assert {each["id"]: each["address"] for each in answer.json()["data"]}[id] is None
        assert address not in answer.text

    def test_drops_what_waits_and_leaves_the_subscription(self, site: Site) -> None:
        waiting = a_delivery(site, "ana@example.com")
        path = f"/v1/deliveries/{waiting['id']}"

        id = site.operator.post(PATH, {"address": "ana@example.com"}).json()["id"]
        site.operator.post(f"{path}/retry")
        dropped = until(lambda: [each for each in [site.operator.get(path).json()] if each["state"] == "dropped"])[0]

        assert dropped["answer"] == "the address is suppressed: operator"
        assert site.events(waiting["subscription"]) == ["subscription.confirmed"]
        site.operator.delete(f"{PATH}/{id}")
        assert site.operator.post(f"{path}/retry").json()["state"] == "due"

    def test_is_on_one_page_of_the_list(self, shared_site: Site) -> None:
        made = {shared_site.operator.post(PATH, {"address": f"{a_key()}@example.com"}).json()["id"] for _ in range(5)}

        seen = [each["id"] for page in pages(shared_site.operator, PATH, limit=2) for each in page]

        assert made <= set(seen)
        assert seen == sorted(set(seen))

    @pytest.mark.parametrize(
        "address", ["", "ana", "ana@", "@example.com", "a b@example.com", "ana@example", "ana@exa_mple.com", 7, None]
    )
    def test_of_what_is_no_address_is_refused(self, shared_site: Site, address: object) -> None:
        found = problem(shared_site.operator.post(PATH, {"address": address}), 422, "invalid")

        assert [each["pointer"] for each in found["errors"]] == ["/address"]

    @pytest.mark.parametrize(("id", "status"), [(NOBODY, 404), ("0" * 63, 422), ("G" * 64, 422), ("ana", 422)])
    def test_that_there_is_not_cannot_be_taken_back(self, shared_site: Site, id: str, status: int) -> None:
        assert shared_site.operator.delete(f"{PATH}/{id}").status_code == status
