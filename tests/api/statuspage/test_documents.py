"""The answers as Atlassian's own ones are: members and their order, moments, ids; and what is asked of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from api.statuspage.ids import code
from api.statuspage.stamps import latest, stamp
from tests.api.client import Site, at, made, problem
from tests.api.panel_steps import lost, registered
from tests.api.statuspage.reading import PATHS, named, read
from tests.api.windows import planned, under_way

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = ["id", "name", "url", "time_zone", "updated_at"]
COMPONENT = [
    *("id", "name", "status", "created_at", "updated_at", "position", "description", "showcase", "start_date"),
    *("group_id", "page_id", "group", "only_show_if_degraded"),
]
INCIDENT = [
    *("id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at", "impact", "shortlink"),
    *("started_at", "page_id", "incident_updates", "components", "reminder_intervals"),
]
UPDATE = [
    *("id", "status", "body", "incident_id", "created_at", "updated_at", "display_at", "affected_components"),
    *("deliver_notifications", "custom_tweet", "tweet_id"),
]
SUMMARY = ["page", "components", "incidents", "scheduled_maintenances", "status"]


@pytest.fixture(name="world")
def _world(site: Site) -> Site:
    site.set_clock("08:00")
    site.component("labels", name={"en": "Labels", "es": "Etiquetas"}, description="They are printed.")
    registered(site, "panel-a", name="Panel A")
    site.incident({"labels": "partial_outage"}, title={"en": "Trouble", "es": "Problemas"})
    planned(site)
    lost(site, "panel-a")
    site.tick()
    return site


def objects(found: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any JSON
    """Walk the objects of a document."""
    if isinstance(found, dict):
        yield found
    for each in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from objects(each)


class TestAnswers:
    def test_have_the_members_of_the_original_in_its_order(self, world: Site) -> None:
        found = read(world, "summary")
        (maintenance,) = found["scheduled_maintenances"]

        assert list(found) == SUMMARY
        assert list(found["page"]) == PAGE
        assert list(found["status"]) == ["indicator", "description"]
        assert {tuple(each) for each in found["components"]} == {(*COMPONENT, "components"), tuple(COMPONENT)}
        assert {tuple(each) for each in found["incidents"]} == {tuple(INCIDENT)}
        assert list(maintenance) == [*INCIDENT, "scheduled_for", "scheduled_until"]
        for each in (*found["incidents"], maintenance):
            assert {tuple(update) for update in each["incident_updates"]} == {tuple(UPDATE)}
            assert {tuple(one) for update in each["incident_updates"] for one in update["affected_components"]} == {
                ("code", "name", "old_status", "new_status")
            }

    def test_say_of_which_page_they_are(self, world: Site) -> None:
        pages = [read(world, name)["page"] for name in PATHS]

        assert pages == [pages[0]] * len(PATHS)
        assert pages[0] == {
            "id": code("page"),
            "name": "Status",
            "url": "http://127.0.0.1:8080",
            "time_zone": "UTC",
            "updated_at": "2025-03-04T08:00:00.000Z",
        }

    def test_have_what_their_address_names(self, world: Site) -> None:
        members = [[*read(world, name)] for name in PATHS]

        assert members == [
            SUMMARY,
            ["page", "status"],
            ["page", "components"],
            *[["page", "incidents"]] * 2,
            *[["page", "scheduled_maintenances"]] * 3,
        ]

    def test_are_in_the_language_that_is_asked_for(self, world: Site) -> None:
        found = read(world, "summary", lang="es-MX")

        assert [each["name"] for each in found["components"]] == ["Plataforma", "Etiquetas", "Paneles", "Panel A"]
        assert {each["name"] for each in found["incidents"]} == {"Problemas", "Sin acceso a Panel A"}
        assert found["status"]["description"] == "Interrupción grave del servicio"
        assert found["incidents"][0]["shortlink"].startswith("http://127.0.0.1:8080/es/")
        assert read(world, "summary", lang="xx") == read(world, "summary")

    def test_tell_what_was_shown_at_an_earlier_moment(self, world: Site) -> None:
        world.set_clock("09:00")
        made(world.operator.patch("/v1/components/labels", {"name": "Labels of parcels"}))
        then = read(world, "components", as_of="2025-03-04T08:30:00Z")

        assert [each["name"] for each in then["components"]][:2] == ["Platform", "Labels"]
        assert read(world, "incidents", as_of="0")["incidents"] == []

    @pytest.mark.parametrize("asked", ["2999-01-01T00:00:00Z", "2025-03-04T08:30:00", "yesterday", ""])
    def test_are_refused_for_a_moment_that_is_none(self, world: Site, asked: str) -> None:
        problem(world.reader.get("/api/v2/summary.json", params={"as_of": asked}), 422, "invalid")

    def test_ignore_what_else_is_asked(self, world: Site) -> None:
        assert made(world.reader.get("/api/v2/summary.json?_=1741075200&utm_source=x")) == read(world, "summary")

    def test_are_kept_by_scripts_of_other_sites(self, world: Site) -> None:
        headers = {"Origin": "https://shop.example"}
        first = world.reader.get("/api/v2/summary.json", headers=headers)
        again = world.reader.get("/api/v2/summary.json", headers={**headers, "If-None-Match": first.headers["ETag"]})
        since = {**headers, "If-Modified-Since": first.headers["Last-Modified"]}

        assert first.headers["Content-Type"] == "application/json"
        assert first.headers["Access-Control-Allow-Origin"] == again.headers["Access-Control-Allow-Origin"] == "*"
        assert first.headers["Last-Modified"] == "Tue, 04 Mar 2025 08:00:00 GMT"
        assert first.headers["Cache-Control"] == "no-cache"
        assert [again.status_code, again.content] == [304, b""]
        assert world.reader.get("/api/v2/summary.json", headers=since).status_code == 304

    @pytest.mark.parametrize(
        ("name", "page"),
        [
            *(("summary", ""), ("incidents/unresolved", "history")),
            ("scheduled-maintenances/active", "maintenance"),
        ],
    )
    def test_point_browsers_to_the_page_that_says_the_same(self, shared_site: Site, name: str, page: str) -> None:
        found = shared_site.reader.get(f"/api/v2/{name}.json", headers={"Accept": "text/html,*/*"})

        assert f'</es/{page}>; rel="alternate"; type="text/html"; hreflang="es"' in found.headers["Link"]

    def test_are_for_reading_alone(self, world: Site) -> None:
        problem(world.reader.post("/api/v2/summary.json"), 405, "method_not_allowed")
        problem(world.reader.get("/api/v2/nothing.json"), 404, "not_found")

    def test_do_not_move_because_of_what_is_private(self, world: Site) -> None:
        before = {name: world.reader.get(f"/api/v2/{name}.json") for name in PATHS}
        world.set_clock("08:30")
        world.component("vault", public=False)
        id = world.incident({"labels": "major_outage"}, publish=False)["id"]
        made(world.update(id, "identified"))
        planned(world, announced=False)
        world.tick()

        for name in PATHS:
            after = world.reader.get(f"/api/v2/{name}.json")
            assert (after.content, dict(after.headers)) == (before[name].content, dict(before[name].headers)), name

    def test_have_ids_that_no_address_changes(self, sqlite_url: str) -> None:
        with Site(sqlite_url) as site:
            site.component("labels")
            site.incident({"labels": "partial_outage"})
            before = read(site, "summary")
        with Site(sqlite_url, site_url="https://status.example") as moved:
            after = read(moved, "summary")

        assert after["page"]["url"] == "https://status.example"
        assert after["incidents"][0]["shortlink"].startswith("https://status.example/en/incidents/")
        assert [each["id"] for each in objects(after) if "id" in each] == [
            each["id"] for each in objects(before) if "id" in each
        ]


class TestAnUnknownStatus:
    def test_is_degraded_and_says_so(self, site: Site) -> None:
        site.component("labels", name="Labels", since="2025-06-01", description="They are printed.")
        labels, group = named(site, "Labels"), named(site, "Platform")

        assert labels["status"] == group["status"] == "degraded_performance"
        assert labels["description"] == "Status not known. They are printed."
        assert group["description"] == "Status not known"
        assert read(site, "status")["status"] == {"indicator": "minor", "description": "Status not known"}

    def test_does_not_hide_what_is_worse(self, site: Site) -> None:
        site.component("labels", since="2025-06-01")
        site.component("orders")
        site.incident({"orders": "major_outage"})

        assert read(site, "status")["status"] == {"indicator": "critical", "description": "Major Service Outage"}

    def test_is_that_of_a_page_on_which_nothing_is_watched(self, site: Site) -> None:
        found = read(site, "summary")

        assert found["status"] == {"indicator": "minor", "description": "Status not known"}
        assert found["page"]["updated_at"] == "1970-01-01T00:00:00.000Z"
        assert found["components"] == []

    def test_is_known_once_its_day_has_come(self, site: Site) -> None:
        site.set_clock("12:00")
        site.component("labels", since="2025-03-05")
        before = read(site, "status")["status"]["indicator"]
        site.set_clock(at("00:00:01") + timedelta(days=1))

        assert [before, read(site, "status")["status"]["indicator"]] == ["minor", "none"]


class TestTheIndicator:
    def test_is_never_none_while_an_incident_goes_on_whose_components_work_again(self, site: Site) -> None:
        site.component("labels")
        incident = site.incident({"labels": "partial_outage"})
        site.update(incident["id"], "monitoring", components={"labels": "operational"})

        assert named(site, "Labels")["status"] == "operational"
        for answer in ("status", "summary"):
            assert read(site, answer)["status"] == {"indicator": "minor", "description": "Partially Degraded Service"}

        site.update(incident["id"], "resolved", override_reason="It works.")
        assert read(site, "status")["status"] == {"indicator": "none", "description": "All Systems Operational"}

    def test_is_never_none_while_maintenance_of_nothing_that_readers_see_is_in_progress(self, site: Site) -> None:
        site.component("labels")
        site.component("secret", public=False)
        under_way(site, components={"secret": "major_outage"})

        assert read(site, "status")["status"] == {
            "indicator": "maintenance",
            "description": "Service Under Maintenance",
        }


class TestGroups:
    def test_stand_before_their_components_in_the_order_of_the_page(self, site: Site) -> None:
        site.component("a", name="A", group="carriers")
        site.component("b", name="B", group="platform")
        site.component("c", name="C", group="carriers")
        made(site.operator.send("PUT", "/v1/groups/platform", json={"name": "The platform", "position": 1}))
        made(site.operator.send("PUT", "/v1/groups/carriers", json={"name": "Carriers", "position": 2}))
        found = read(site, "components")["components"]

        assert [(each["name"], each["group"], each["position"]) for each in found] == [
            ("The platform", True, 1),
            ("B", False, 1),
            ("Carriers", True, 2),
            ("A", False, 1),
            ("C", False, 2),
        ]
        assert found[2]["components"] == [each["id"] for each in found[3:]]
        assert {each["group_id"] for each in found[3:]} == {found[2]["id"]}

    def test_show_the_worst_of_their_components(self, site: Site) -> None:
        site.component("a", name="A")
        site.component("b", name="B")
        site.incident({"b": "partial_outage"})

        assert [named(site, name)["status"] for name in ("Platform", "A", "B")] == [
            *("partial_outage", "operational", "partial_outage")
        ]


class TestMoments:
    @pytest.mark.parametrize(
        ("instant", "written"),
        [
            ("2025-03-04T08:00:00Z", "2025-03-04T08:00:00.000Z"),
            ("2025-03-04T08:00:00.5Z", "2025-03-04T08:00:00.500Z"),
            ("2025-03-04T08:00:00.999999Z", "2025-03-04T08:00:00.999Z"),
        ],
    )
    def test_have_milliseconds(self, instant: str, written: str) -> None:
        assert stamp(instant) == written

    def test_are_compared_as_moments(self) -> None:
        assert latest("2025-03-04T08:00:00Z", None, "2025-03-04T08:00:00.5Z") == "2025-03-04T08:00:00.500Z"


class TestIds:
    def test_never_change(self) -> None:
        assert [code("page"), code("component", "labels"), code("update", "ng87dxxn05ni", 1)] == [
            "ng87dxxn05ni",
            "88si9cmgolwd",
            "hhy52sj2bnyf",
        ]

    def test_differ_by_kind_and_thing(self) -> None:
        found = {code(kind, key) for kind in ("component", "group", "panel") for key in map(str, range(1_000))}

        assert len(found) == 3_000
        assert {len(each) for each in found} == {12}
