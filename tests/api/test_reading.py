"""Reads of now, of then and of what was true then; lists that go on, and languages."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.api.commands import WHY, a_key
from tests.api.given import REQUEST_ID, Caller, Site, at, problem, written

LISTS = ("/v1/components", "/v1/incidents", "/v1/signals", "/v1/unrouted-signals")


def pages(caller: Caller, path: str, **parameters: str | int) -> Iterator[list[dict[str, Any]]]:
    """Follow a list from page to page by its links."""
    answer = caller.get(path, params=parameters)
    while True:
        document = answer.json()
        assert document.keys() == {"data", "has_more", "next_cursor"}
        yield document["data"]
        if not document["has_more"]:
            assert document["next_cursor"] is None
            assert "Link" not in answer.headers
            return
        target, _, relation = answer.headers["Link"].partition(">; ")
        assert relation == 'rel="next"'
        query = {name: values[0] for name, values in parse_qs(urlsplit(target[1:]).query).items()}
        assert document["next_cursor"] in query.values()
        kept = parameters.keys() - {"from"}
        assert {name: query[name] for name in kept} == {name: str(parameters[name]) for name in kept}
        answer = caller.get(target[1:])


class TestAsOf:
    def test_before_the_first_event_is_empty_for_lists_and_404_for_one(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        incident = shared_site.incident({key: "major_outage"})["id"]
        shared_site.tick()

        for then in ("0", "1999-01-01T00:00:00Z", "1999-01-01T00:00:00+14:00"):
            for caller in (shared_site.reader, shared_site.operator):
                board = caller.get("/v1/status", params={"as_of": then}).json()
                assert (board["indicator"], board["components"]) == ("none", [])
            for path in LISTS:
                assert shared_site.operator.get(path, params={"as_of": then}).json()["data"] == [], path
            for path in (f"/v1/components/{key}", f"/v1/components/{key}/history", f"/v1/incidents/{incident}"):
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
        assert board["indicator"] == "none"


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
        assert all(one["until"] == other["from"] for one, other in zip(found, found[1:], strict=False))

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


class TestLists:
    def test_of_incidents_are_the_newest_first_and_stand_still_while_new_ones_come(self, site: Site) -> None:
        site.component("labels")
        made = []
        for minute in range(7):
            site.set_clock(f"09:0{minute}")
            made.append(site.incident({"labels": "degraded_performance"}, title=f"Number {minute}")["id"])
        site.tick()

        for caller in (site.reader, site.operator):
            seen: list[str] = []
            for number, page in enumerate(pages(caller, "/v1/incidents", limit=3)):
                seen += [incident["id"] for incident in page]
                site.set_clock(f"09:{10 + number}")
                site.incident({"labels": "degraded_performance"})
                site.tick()
            assert seen[-7:] == made[::-1]
            site.set_clock(site.clock.moment)
            break

    def test_of_signals_go_on_to_their_end(self, shared_site: Site) -> None:
        made = {shared_site.signal(a_key(), "nowhere-at-all")["signal"] for _ in range(5)}
        shared_site.tick()

        for path in ("/v1/signals", "/v1/unrouted-signals"):
            seen = [signal["id"] for page in pages(shared_site.operator, path, limit=2) for signal in page]
            assert made <= set(seen)
            assert len(seen) == len(set(seen))

    def test_of_events_go_on_to_their_end(self, shared_site: Site) -> None:
        shared_site.component(a_key())
        last = shared_site.last_position()

        seen = [event["position"] for page in pages(shared_site.auditor, "/v1/events", limit=7) for event in page]

        assert seen[: last + 1][:last] == list(range(1, last + 1))

    @pytest.mark.parametrize("path", ["/v1/incidents", "/v1/signals", "/v1/unrouted-signals"])
    @pytest.mark.parametrize("cursor", ["?", "not a cursor", "AA\x00", "4pig", "AAAA", "%00", "ยง"])
    def test_never_fail_on_a_cursor_of_somebody_else(self, shared_site: Site, path: str, cursor: str) -> None:
        answer = shared_site.operator.get(path, params={"cursor": cursor})

        assert answer.status_code in {200, 422}, answer.text

    def test_take_a_limit_from_1_to_200(self, shared_site: Site) -> None:
        for limit, status in ((0, 422), (1, 200), (200, 200), (201, 422)):
            assert shared_site.operator.get("/v1/incidents", params={"limit": limit}).status_code == status

    def test_of_incidents_are_narrowed_down(self, shared_site: Site) -> None:
        key, other = (shared_site.component(a_key())["key"] for _ in range(2))
        public = shared_site.incident({key: "major_outage"})["id"]
        private = shared_site.incident({key: "major_outage", other: "major_outage"}, publish=False)["id"]
        shared_site.update(public, "identified")
        shared_site.tick()

        def found(caller: Caller, **parameters: str) -> set[str]:
            asked = {"component": key, **parameters}
            return {incident["id"] for incident in caller.get("/v1/incidents", params=asked).json()["data"]}

        operator, reader = shared_site.operator, shared_site.reader
        assert found(operator) == {public, private}
        assert found(operator, component=other) == {private}
        assert found(operator, visibility="private") == {private}
        assert found(operator, visibility="public") == {public}
        assert found(operator, state="identified") == {public}
        assert found(operator, state="investigating") == {private}
        assert found(reader) == {public}
        assert found(reader, visibility="private") == set()
        assert found(reader, state="investigating") == set()
        assert found(reader, component=other) == set()

    @pytest.mark.parametrize(
        "wrong", [{"state": "broken"}, {"visibility": "hidden"}, {"component": "No Key"}, {"lang": "?!"}]
    )
    def test_refuse_what_they_do_not_know(self, shared_site: Site, wrong: dict[str, str]) -> None:
        problem(shared_site.operator.get("/v1/incidents", params=wrong), 422, "invalid")


class TestLanguages:
    def test_are_all_given_unless_one_is_asked_for(self, shared_site: Site) -> None:
        name = {"en": "Labels", "es": "Etiquetas"}
        key = shared_site.component(a_key(), name=name)["key"]
        shared_site.tick()

        def said(**parameters: str) -> Any:  # noqa: ANN401 - a map or a string
            return shared_site.reader.get(f"/v1/components/{key}", params=parameters).json()["name"]

        assert said() == name
        assert (said(lang="es"), said(lang="en")) == ("Etiquetas", "Labels")
        assert (said(lang="pl"), said(lang="de-AT")) == ("Labels", "Labels")

    def test_fall_back_to_any_there_is(self, shared_site: Site) -> None:
        key = shared_site.component(a_key(), name={"pl": "Etykiety"})["key"]
        shared_site.tick()

        document = shared_site.reader.get(f"/v1/components/{key}", params={"lang": "es"}).json()

        assert document["name"] == "Etykiety"

    def test_are_chosen_by_no_header(self, shared_site: Site) -> None:
        key = shared_site.component(a_key(), name={"en": "Labels", "es": "Etiquetas"})["key"]
        shared_site.tick()

        document = shared_site.reader.get(f"/v1/components/{key}", headers={"Accept-Language": "es"}).json()

        assert document["name"] == {"en": "Labels", "es": "Etiquetas"}

    def test_are_chosen_in_boards_lists_and_timelines(self, site: Site) -> None:
        site.component("labels", name={"en": "Labels", "es": "Etiquetas"})
        text = {"title": {"en": "Trouble", "es": "Avería"}, "message": {"en": "Wait.", "es": "Espere."}}
        incident = site.incident({"labels": "major_outage"}, **text)["id"]
        site.tick()

        board = site.reader.get("/v1/status", params={"lang": "es"}).json()["components"][0]
        listed = site.reader.get("/v1/incidents", params={"lang": "es"}).json()["data"][0]
        one = site.reader.get(f"/v1/incidents/{incident}", params={"lang": "es"}).json()

        assert (board["name"], board["causes"][0]["title"]) == ("Etiquetas", "Avería")
        assert (listed["title"], one["title"], one["updates"][0]["message"]) == ("Avería", "Avería", "Espere.")


class TestEvents:
    def test_have_their_form_on_the_wire(self, site: Site) -> None:
        site.component("labels")
        event = site.auditor.get("/v1/events", params={"type": "component.registered"}).json()["data"][0]

        assert event.keys() == {
            "position",
            "id",
            "type",
            "version",
            "aggregate",
            "occurred_at",
            "recorded_at",
            "actor",
            "source",
            "request_id",
            "causation",
            "data",
        }
        assert event["aggregate"].keys() == {"type", "id", "version"}
        assert (event["actor"], event["source"], event["causation"]) == ("token:the-operator", "http", None)
        assert event["request_id"] == "request-of-the-test"

    def test_are_streamed_one_a_line_and_narrowed_down_in_pages(self, site: Site) -> None:
        site.component("labels")
        incident = site.incident({"labels": "major_outage"})["id"]
        auditor, last = site.auditor, site.last_position()

        lines = auditor.get("/v1/events.ndjson", params={"after": 2}).text.splitlines()
        of_one = auditor.get("/v1/events", params={"aggregate": incident}).json()["data"]
        by_actor = auditor.get("/v1/events", params={"actor": "token:the-operator"}).json()["data"]
        none = auditor.get("/v1/events", params={"until": written(at("08:00"))}).json()["data"]
        every = auditor.get("/v1/events", params={"since": written(at("08:00"))}).json()["data"]

        assert len(lines) == last - 2
        assert [event["type"] for event in of_one] == ["incident.declared"]
        assert {event["type"] for event in by_actor} == {"component.registered", "incident.declared"}
        assert (none, len(every)) == ([], last)

    @pytest.mark.parametrize(
        "wrong",
        [{"type": "\x00"}, {"actor": "\x00"}, {"aggregate": "x"}, {"since": "x"}, {"after": "-1"}, {"after": "9" * 40}],
    )
    def test_never_fail_on_what_cannot_be(self, shared_site: Site, wrong: dict[str, str]) -> None:
        assert shared_site.auditor.get("/v1/events", params=wrong).status_code in {200, 422}

    def test_of_an_aggregate_that_there_is_not_are_404(self, shared_site: Site) -> None:
        path = "/v1/aggregates/00000000-0000-7000-8000-000000000000/events"

        problem(shared_site.auditor.get(path), 404, "not_found")


class TestOperations:
    def test_tell_of_life_readiness_and_measures(self, shared_site: Site) -> None:
        assert shared_site.reader.get("/livez").status_code == 200
        assert shared_site.reader.get("/readyz").json() == {"status": "ready", "reasons": []}
        key = shared_site.component(a_key())["key"]
        shared_site.tick()
        outside, inside = (caller.get("/metrics").text for caller in (shared_site.reader, shared_site.auditor))
        line = f'bitacora_component_status{{component="{key}",status="operational"}} 1.0'
        assert line in outside
        assert line in inside
        assert "bitacora_position" in inside
        assert "bitacora_position" not in outside

    def test_describe_every_route(self, shared_site: Site) -> None:
        described = shared_site.reader.get("/openapi.json").json()

        assert described["openapi"].startswith("3.")
        assert set(described["paths"]) == {route.path for _, route in shared_site.routes()}
        assert shared_site.reader.get("/docs").status_code == 200


async def _both_wait(site: Site, token: str) -> list[httpx.Response]:
    named = {"X-Request-Id": REQUEST_ID}
    beyond = {"min_position": 10**15}
    return await asyncio.gather(
        site.client.get("/v1/status", params=beyond, headers=named),
        site.client.get("/v1/status", params=beyond, headers={**named, "Authorization": f"Bearer {token}"}),
    )


def _a_patch(site: Site) -> tuple[str, dict[str, str]]:
    return f"/v1/components/{site.component(a_key())['key']}", {"name": "Other"}
