"""The uptime of groups, by the rule that the answer names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Site, at, made, written
from tests.api.reports.steps import MORNING, held

pytestmark = pytest.mark.both_stores

HOUR = 3_600
RED, ORANGE = "major_outage", "partial_outage"


@pytest.fixture
def site(site: Site) -> Site:
    """The service with two public components and a private one in a group, of which two had trouble."""
    for place, key in enumerate(("labels", "pickup", "vault")):
        site.component(key, group="carriers", position=-place, public=key != "vault")
    site.component("other")
    site.set_clock("09:00")
    first = site.incident({"labels": RED, "vault": RED})["id"]
    site.set_clock("10:00")
    site.update(first, "resolved", override_reason="seen")
    second = site.incident({"pickup": ORANGE, "other": RED})["id"]
    site.set_clock("11:00")
    site.update(second, "resolved", override_reason="seen")
    site.set_clock("12:00")
    return site


def of_group(site: Site, group: str = "carriers", **asked: str) -> dict[str, Any]:
    """Give the uptime of a group in the morning."""
    site.tick()
    return made(site.reader.get(f"/v1/groups/{group}/uptime", params={**MORNING, **asked}))


class TestGroup:
    def test_has_by_default_the_mean_of_its_public_components(self, site: Site) -> None:
        document = of_group(site)

        assert (document["group"], document["rule"], document["as"]) == ("carriers", "mean", "published")
        assert document["policy"]["name"] == "standard-1"
        assert [(each["component"], each["percentage"], held(each)) for each in document["components"]] == [
            ("pickup", "92.50", {ORANGE: HOUR}),
            ("labels", "75.00", {RED: HOUR}),
        ]
        assert (document["percentage"], document["seconds"]) == ("83.75", None)

    def test_is_by_any_as_bad_as_the_worst_of_its_components_at_each_moment(self, site: Site) -> None:
        document = of_group(site, rule="any", policy="strict-1")

        assert document["rule"] == "any"
        assert held(document) == {RED: HOUR, ORANGE: HOUR}
        assert document["percentage"] == "50.00"

    def test_can_be_restated(self, site: Site) -> None:
        site.incident({"labels": RED}, occurred_at=written(at("08:00")), resolved_at=written(at("09:00")))

        published, restated = of_group(site), of_group(site, **{"as": "restated"})

        assert (published["percentage"], restated["percentage"]) == ("83.75", "71.25")

    def test_keeps_a_component_that_was_retired_in_the_period(self, site: Site) -> None:
        made(site.operator.post("/v1/components/labels/retirement"))

        assert [each["component"] for each in of_group(site)["components"]] == ["pickup", "labels"]
        site.clock.moment = at("14:00")
        later = of_group(site, **{"from": written(at("12:30")), "until": written(at("14:00"))})
        assert [each["component"] for each in later["components"]] == ["pickup"]

    def test_without_any_component_has_no_percentage(self, site: Site) -> None:
        made(site.operator.send("PUT", "/v1/groups/empty", json={"name": "Empty"}))

        for rule in ("mean", "any"):
            document = of_group(site, "empty", rule=rule)
            assert (document["percentage"], document["components"]) == (None, [])
