"""What cannot be asked of uptime, and the policies that can be named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.client import Site, at, made, problem, written
from tests.api.reports.steps import KEY

NOW = at("12:00")
PATHS = (f"/v1/components/{KEY}/uptime", "/v1/groups/platform/uptime")
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def noon(shared_site: Site) -> Site:
    """The service with a public and a private component, at noon."""
    shared_site.component(KEY)
    shared_site.component("vault", public=False, group="cellar")
    shared_site.set_clock("12:00")
    shared_site.tick()
    return shared_site


class TestPeriod:
    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize(
        ("asked", "pointer"),
        [
            ({"from": written(NOW), "until": written(NOW)}, "/from"),
            ({"from": written(NOW), "until": written(at("11:00"))}, "/from"),
            ({"from": written(NOW + DAY)}, "/from"),
            ({"until": written(NOW + timedelta(microseconds=1))}, "/until"),
            ({"from": written(NOW - 400 * DAY - timedelta(microseconds=1)), "until": written(NOW)}, "/from"),
            ({"from": "2025-03-04T09:00:00"}, "/from"),
            ({"until": "never"}, "/until"),
            ({"from": written(at("10:00")), "until": written(at("11:00")), "as_of": written(at("10:30"))}, "/until"),
        ],
    )
    def test_that_cannot_be_reported_is_refused(
        self, noon: Site, path: str, asked: dict[str, str], pointer: str
    ) -> None:
        before = noon.last_position()

        refusal = problem(noon.reader.get(path, params=asked), 422, "invalid")

        assert [each["pointer"] for each in refusal["errors"]] == [pointer]
        assert noon.last_position() == before

    @pytest.mark.parametrize("path", PATHS)
    def test_may_have_four_hundred_days(self, noon: Site, path: str) -> None:
        asked = {"from": written(NOW - 400 * DAY), "until": written(NOW)}

        assert made(noon.reader.get(path, params=asked))["from"] == asked["from"]


class TestPolicy:
    @pytest.mark.parametrize("path", PATHS)
    def test_that_is_not_known_is_refused_and_the_nearest_is_named(self, noon: Site, path: str) -> None:
        refusal = problem(noon.reader.get(path, params={"policy": "strict"}), 422, "unknown_uptime_policy")

        assert refusal["detail"] == "there is no uptime policy strict; did you mean strict-1?"
        assert [each["pointer"] for each in refusal["errors"]] == ["/policy"]

    def test_is_listed_with_its_weights_the_default_first(self, noon: Site) -> None:
        listed = made(noon.reader.get("/v1/uptime-policies"))

        assert (listed["has_more"], listed["next_cursor"]) == (False, None)
        assert listed["data"] == [
            {
                "name": "standard-1",
                "weights": {
                    "operational": 0,
                    "under_maintenance": 0,
                    "degraded_performance": 0,
                    "partial_outage": 0.3,
                    "major_outage": 1,
                },
            },
            {
                "name": "strict-1",
                "weights": {
                    "operational": 0,
                    "under_maintenance": 1,
                    "degraded_performance": 0.5,
                    "partial_outage": 1,
                    "major_outage": 1,
                },
            },
        ]


class TestParameters:
    @pytest.mark.parametrize(
        ("path", "asked"),
        [*((path, {"as": "remembered"}) for path in PATHS), (PATHS[1], {"rule": "best"}), (PATHS[0], {"rule": "mean"})],
    )
    def test_with_another_value_are_refused(self, noon: Site, path: str, asked: dict[str, str]) -> None:
        problem(noon.reader.get(path, params=asked), 422, "invalid")


class TestComponent:
    @pytest.mark.parametrize("key", ["vault", "nothing"])
    def test_that_readers_do_not_know_is_not_found_by_anybody(self, noon: Site, key: str) -> None:
        for caller in (noon.reader, noon.operator):
            refusal = problem(caller.get(f"/v1/components/{key}/uptime"), 404, "not_found")
            assert refusal["detail"] == f"there is no public component {key}"

    def test_that_did_not_exist_then_is_not_found(self, noon: Site) -> None:
        problem(noon.reader.get(PATHS[0], params={"as_of": written(at("07:00"))}), 404, "not_found")


class TestGroup:
    @pytest.mark.parametrize("key", ["cellar", "nothing"])
    def test_that_readers_do_not_know_is_not_found_by_anybody(self, noon: Site, key: str) -> None:
        for caller in (noon.reader, noon.operator):
            refusal = problem(caller.get(f"/v1/groups/{key}/uptime"), 404, "not_found")
            assert refusal["detail"] == f"there is no public group {key}"
