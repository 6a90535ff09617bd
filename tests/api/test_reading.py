"""Reads of now, of then and of what was true then."""

import asyncio
import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.api.client import REQUEST_ID, Site, at, problem, written
from tests.api.commands import WHY, a_key, a_series, a_window
from tests.api.pages import pages

pytestmark = pytest.mark.both_stores

LISTS = (
    "/v1/components",
    "/v1/incidents",
    "/v1/signals",
    "/v1/unrouted-signals",
    "/v1/maintenance-windows",
    "/v1/maintenance-series",
    "/v1/panels",
    "/v1/panels/availability",
    "/v1/restorations",
)


class TestAsOf:
    def test_before_the_first_event_is_empty_for_lists_and_404_for_one(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        incident = shared_site.incident({key: "major_outage"})["id"]
        window, series = a_window(shared_site), a_series(shared_site)
        shared_site.tick()

        for then in ("0", "1999-01-01T00:00:00Z", "1999-01-01T00:00:00+14:00"):
            for caller in (shared_site.reader, shared_site.operator):
                board = caller.get("/v1/status", params={"as_of": then}).json()
                assert board == {"indicator": "unknown", "components": [], "panels": []}
            for path in LISTS:
                assert shared_site.operator.get(path, params={"as_of": then}).json()["data"] == [], path
            problem(shared_site.operator.get(series, params={"as_of": then}), 404, "not_found")
            for path in (
                f"/v1/components/{key}",
                f"/v1/components/{key}/history",
                f"/v1/incidents/{incident}",
                window,
            ):
                for caller in (shared_site.reader, shared_site.operator):
                    problem(caller.get(path, params={"as_of": then}), 404, "not_found")

    def test_in_the_future_is_refused(self, shared_site: Site) -> None:
        shared_site.component("of-the-future")
        soon = written(shared_site.clock.moment + timedelta(microseconds=1))
        position = str(shared_site.tick() + 1)

        for path in (*LISTS, "/v1/status", "/v1/components/of-the-future"):
            for then in (soon, "9999-12-31T23:59:59Z", position, "9" * 30):
                refusal = problem(shared_site.operator.get(path, params={"as_of": then}), 422, "invalid")
                assert refusal["errors"], (path, then)

    def test_takes_only_an_instant_with_an_offset_or_a_position(self, shared_site: Site) -> None:
        for then in ("2025-03-04T08:00:00", "2025-03-04", "yesterday", "", "-1", "1.5", "٣", "1e3"):
            problem(shared_site.operator.get("/v1/status", params={"as_of": then}), 422, "invalid")

    def test_shows_a_thing_as_it_was_at_a_position_and_at_an_instant(self, site: Site) -> None:
        site.component("labels", name="First")
        first = site.tick()
        site.set_clock("09:00")
        site.operator.patch("/v1/components/labels", {"name": "Second"})
        second = site.tick()
        site.set_clock("10:00")

        for then, name in [
            (str(first), "First"),
            (str(second), "Second"),
            (written(at("08:00")), "First"),
            (written(at("08:59:59.999999")), "First"),
            (written(at("09:00")), "Second"),
            ("2025-03-04T11:00:00+02:00", "Second"),
        ]:
            answer = site.operator.get("/v1/components/labels", params={"as_of": then, "lang": "en"})
            assert answer.json()["name"] == name, then
            assert answer.headers["ETag"] == ('"1"' if name == "First" else '"2"')
        listed = site.reader.get("/v1/components", params={"as_of": str(first), "lang": "en"}).json()["data"]
        assert [component["name"] for component in listed] == ["First"]

    def test_shows_what_was_public_then_even_if_it_is_not_now(self, site: Site) -> None:
        site.component("labels")
        site.tick()
        site.set_clock("09:00")
        site.operator.patch("/v1/components/labels", {"public": False})
        site.set_clock("10:00")

        def seen(**parameters: str) -> int:
            return site.reader.get("/v1/components/labels", params=parameters).status_code

        assert (seen(as_of=written(at("08:30"))), seen(as_of=written(at("09:00"))), seen()) == (200, 404, 404)

    def test_says_the_position_that_it_is_of(self, site: Site) -> None:
        site.component("labels")
        position = site.tick()
        site.component("orders")
        last = site.tick()

        answer = site.operator.get("/v1/status", params={"as_of": str(position)})

        assert answer.headers["Bitacora-Position"] == str(position)
        assert site.operator.get("/v1/status").headers["Bitacora-Position"] == str(last)


class TestAt:
    def test_in_the_future_or_without_an_offset_is_refused(self, shared_site: Site) -> None:
        for moment in (written(shared_site.clock.moment + timedelta(seconds=1)), "2025-03-04T08:00:00", "now", "12"):
            for caller in (shared_site.reader, shared_site.operator):
                problem(caller.get("/v1/status", params={"at": moment}), 422, "invalid")

    def test_shows_what_is_known_now_of_then(self, site: Site) -> None:
        site.component("labels")
        site.set_clock("10:00")
        span = {"occurred_at": written(at("08:30")), "resolved_at": written(at("09:30"))}
        site.incident({"labels": "partial_outage"}, **span)
        site.tick()

        def status(**parameters: str) -> str:
            document = site.reader.get("/v1/status", params=parameters).json()
            return str(document["components"][0]["status"])

        inside, outside = written(at("09:00")), written(at("09:30"))
        assert status() == "operational"
        assert (status(at=inside), status(at=outside)) == ("partial_outage", "operational")
        assert status(as_of=inside) == "operational"
        assert status(as_of=inside, at=inside) == "operational"

    def test_before_we_vouch_for_a_component_is_unknown(self, site: Site) -> None:
        site.component("labels", since="2025-03-02")

        board = site.reader.get("/v1/status", params={"at": "2025-03-01T23:59:59Z"})
        site.tick()
        board = site.reader.get("/v1/status", params={"at": "2025-03-01T23:59:59Z"}).json()

        assert [component["status"] for component in board["components"]] == ["unknown"]
        assert board["indicator"] == "unknown"


class TestHistory:
    def test_goes_on_where_it_stopped(self, site: Site) -> None:
        site.component("labels")
        site.set_clock("09:00")
        spans = [
            {
                "status": "partial_outage",
                "from": written(at("08:00") + timedelta(seconds=2 * number)),
                "until": written(at("08:00") + timedelta(seconds=2 * number + 1)),
            }
            for number in range(600)
        ]
        incident = site.incident({"labels": "partial_outage"}, occurred_at=written(at("08:00")))["id"]
        path = f"/v1/incidents/{incident}/corrections"
        for part in (spans[:300], spans):
            corrected = site.operator.post(path, {"impact": {"labels": part}, **WHY})
            if corrected.status_code == 413:
                break
        site.tick()
        asked = {"from": written(at("07:59")), "until": written(at("08:59"))}

        found = [span for page in pages(site.reader, "/v1/components/labels/history", **asked) for span in page]

        assert found[0]["from"] == asked["from"]
        assert found[-1]["until"] == asked["until"]
        assert all(one["until"] == other["from"] for one, other in pairwise(found))

    @pytest.mark.parametrize(
        "span",
        [
            {"from": "2025-03-04T09:00:00Z", "until": "2025-03-04T08:00:00Z"},
            {"from": "2025-03-04T08:00:00"},
            {"until": "never"},
            {"from": "2999-01-01T00:00:00Z"},
        ],
    )
    def test_refuses_a_span_that_cannot_be(self, shared_site: Site, span: dict[str, str]) -> None:
        key = shared_site.component(a_key())["key"]
        shared_site.tick()

        problem(shared_site.reader.get(f"/v1/components/{key}/history", params=span), 422, "invalid")


class TestMinPosition:
    def test_waits_until_the_views_are_there(self, shared_site: Site) -> None:
        position = int(shared_site.operator.patch(*_a_patch(shared_site)).headers["Bitacora-Position"])

        answer = shared_site.operator.get("/v1/status", params={"min_position": position})

        assert int(answer.headers["Bitacora-Position"]) >= position

    def test_is_answered_as_soon_as_it_is_reached(self, shared_site: Site) -> None:
        last = shared_site.tick()
        answers: list[Any] = []
        reading = threading.Thread(
            target=lambda: answers.append(shared_site.operator.get("/v1/status", params={"min_position": last + 1}))
        )
        reading.start()
        shared_site.component(a_key())
        reading.join(20)

        assert [answer.status_code for answer in answers] == [200]
        assert int(answers[0].headers["Bitacora-Position"]) > last

    def test_that_nobody_has_given_out_yet_is_503(self, sqlite_url: str) -> None:
        with Site(sqlite_url) as site:
            answers = site.run(_both_wait(site, site.operator.token or ""))

        for answer in answers:
            problem(answer, 503, "not_yet_visible")
            assert int(answer.headers["Retry-After"]) >= 1

    @pytest.mark.parametrize("position", ["-1", "x", "1.5"])
    def test_is_a_position(self, shared_site: Site, position: str) -> None:
        problem(shared_site.operator.get("/v1/status", params={"min_position": position}), 422, "invalid")


async def _both_wait(site: Site, token: str) -> tuple[httpx.Response, ...]:
    named = {"X-Request-Id": REQUEST_ID}
    beyond = {"min_position": 10**15}
    return await asyncio.gather(
        site.client.get("/v1/status", params=beyond, headers=named),
        site.client.get("/v1/status", params=beyond, headers={**named, "Authorization": f"Bearer {token}"}),
    )


def _a_patch(site: Site) -> tuple[str, dict[str, str]]:
    return f"/v1/components/{site.component(a_key())['key']}", {"name": "Other"}
