"""Lists that go on, languages, events, and how the service itself is doing."""

from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Caller, Site, at, problem, written
from tests.api.commands import a_key
from tests.api.pages import pages

pytestmark = pytest.mark.both_stores

CURSORED = (
    "/v1/incidents",
    "/v1/signals",
    "/v1/unrouted-signals",
    "/v1/maintenance-windows",
    "/v1/maintenance-series",
    "/v1/restorations",
    "/v1/held-requests",
    "/v1/reprocessing-runs",
    "/v1/sessions",
    "/v1/tokens",
    "/v1/endpoints",
    "/v1/deliveries",
    "/v1/suppressions",
    "/v1/templates",
)


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

    @pytest.mark.parametrize("path", CURSORED)
    @pytest.mark.parametrize("cursor", ["?", "not a cursor", "AA\x00", "4pig", "AAAA", "%00", "ยง"])
    def test_never_fail_on_a_cursor_of_somebody_else(self, shared_site: Site, path: str, cursor: str) -> None:
        answer = shared_site.a(Role.ADMIN).get(path, params={"cursor": cursor})

        assert answer.status_code in {200, 422}, answer.text

    def test_take_a_limit_from_1_to_200(self, shared_site: Site) -> None:
        for limit, status in ((0, 422), (1, 200), (200, 200), (201, 422)):
            for path in CURSORED:
                assert shared_site.a(Role.ADMIN).get(path, params={"limit": limit}).status_code == status, path

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

    def test_say_that_nobody_was_to_be_notified_and_why(self, site: Site) -> None:
        site.component("labels")
        site.incident({"labels": "major_outage"}, notify=False, notify_reason="A drill")
        site.incident({"labels": "major_outage"}, notify_reason="A storm")
        site.incident({"labels": "major_outage"})

        found = site.auditor.get("/v1/events", params={"type": "incident.declared"}).json()["data"]

        names = ("notify", "notify_reason")
        assert [{name: each[name] for name in names if name in each} for each in found] == [
            {"notify": False, "notify_reason": "A drill"},
            {"notify_reason": "A storm"},
            {},
        ]

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
        assert shared_site.reader.get("/readyz").json() == {"status": "ready", "stale": False, "reasons": []}
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
