"""Incidents as programs read them that know Statuspage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.impact import Status
from tests.api.client import made
from tests.api.statuspage.reading import incident_of, moves, read

if TYPE_CHECKING:
    from tests.api.client import Site

LABELS = "labels"


@pytest.fixture(autouse=True)
def _component(site: Site) -> None:
    site.set_clock("09:00")
    site.component(LABELS, name={"en": "Labels", "es": "Etiquetas"})


class TestAnIncident:
    def test_is_read_from_its_declaration_to_its_end(self, site: Site) -> None:
        id = site.incident({LABELS: "major_outage"})["id"]
        begun = incident_of(site, id, "incidents/unresolved")
        site.set_clock("09:10")
        made(site.update(id, "identified", components={LABELS: "partial_outage"}))
        site.set_clock("09:20")
        made(site.update(id, "monitoring"))
        site.set_clock("09:40")
        made(site.update(id, "resolved"))
        over = incident_of(site, id)

        assert [begun[name] for name in ("name", "status", "impact", "monitoring_at", "resolved_at")] == [
            *("Trouble", "investigating", "critical"),
            *(None, None),
        ]
        assert begun["shortlink"] == f"http://127.0.0.1:8080/en/incidents/{id}"
        assert [each["name"] for each in begun["components"]] == ["Labels"]
        assert begun["components"][0]["status"] == "major_outage"
        assert [over[name] for name in ("status", "impact")] == ["resolved", "critical"]
        assert {name: over[name] for name in over if name.endswith("_at")} == {
            "created_at": "2025-03-04T09:00:00.000Z",
            "updated_at": "2025-03-04T09:40:00.000Z",
            "monitoring_at": "2025-03-04T09:20:00.000Z",
            "resolved_at": "2025-03-04T09:40:00.000Z",
            "started_at": "2025-03-04T09:00:00.000Z",
        }
        assert over["id"] == begun["id"]
        assert [each["status"] for each in over["incident_updates"]] == [
            *("resolved", "monitoring", "identified", "investigating")
        ]
        assert [moves(each) for each in over["incident_updates"]] == [
            [("Platform - Labels", "partial_outage", "operational")],
            [("Platform - Labels", "partial_outage", "partial_outage")],
            [("Platform - Labels", "major_outage", "partial_outage")],
            [("Platform - Labels", "operational", "major_outage")],
        ]
        assert over["incident_updates"][-1]["id"] == begun["incident_updates"][0]["id"]
        assert read(site, "incidents/unresolved")["incidents"] == read(site, "summary")["incidents"] == []

    def test_of_signals_says_what_they_showed(self, site: Site) -> None:
        site.signal("a", LABELS, cause="code_change", status="partial_outage")
        site.set_clock("09:05")
        site.signal("b", LABELS, status="major_outage")
        found = read(site, "summary")["incidents"][0]
        id = str(site.operator.get("/v1/incidents").json()["data"][0]["id"])
        site.set_clock("09:10")
        made(site.update(id, "identified"))

        assert moves(found["incident_updates"][0]) == [("Platform - Labels", "operational", "partial_outage")]
        assert found["updated_at"] == "2025-03-04T09:05:00.000Z"
        assert moves(incident_of(site, id)["incident_updates"][0]) == [
            ("Platform - Labels", "partial_outage", "major_outage")
        ]

    def test_that_was_withdrawn_is_resolved_and_says_why(self, site: Site) -> None:
        id = site.incident({LABELS: "major_outage"})["id"]
        site.set_clock("09:30")
        made(site.operator.post(f"/v1/incidents/{id}/withdrawal", {"reason": "a secret reason"}))
        found = incident_of(site, id)

        assert [found["status"], found["impact"], found["resolved_at"]] == [
            *("resolved", "none", "2025-03-04T09:30:00.000Z")
        ]
        last = found["incident_updates"][0]
        assert last["body"] == "This report was withdrawn: it was a false alarm."
        assert moves(last) == [("Platform - Labels", "major_outage", "operational")]
        assert read(site, "incidents/unresolved")["incidents"] == []

    def test_with_a_report_is_at_postmortem(self, site: Site) -> None:
        id = site.incident(
            {LABELS: "major_outage"}, resolved_at="2025-03-04T09:00:00Z", occurred_at="2025-03-04T08:00:00Z"
        )["id"]
        made(site.operator.post(f"/v1/incidents/{id}/postmortem", {"body": "What we learned.", "publish": True}))
        found = incident_of(site, id)

        assert found["status"] == "postmortem"
        assert next((each["status"], each["body"]) for each in found["incident_updates"]) == (
            "postmortem",
            "What we learned.",
        )
        assert found["incident_updates"][0]["affected_components"] is None

    def test_that_is_reopened_leaves_its_report_where_it_was(self, site: Site) -> None:
        id = site.incident(
            {LABELS: "major_outage"}, resolved_at="2025-03-04T09:00:00Z", occurred_at="2025-03-04T08:00:00Z"
        )["id"]
        made(site.operator.post(f"/v1/incidents/{id}/postmortem", {"body": "What we learned.", "publish": True}))
        site.set_clock("09:10")
        made(site.operator.post(f"/v1/incidents/{id}/reopening", {"reason": "It broke again."}))
        found = incident_of(site, id)

        assert found["status"] == "investigating"
        assert [each["status"] for each in found["incident_updates"]][:3] == ["investigating", "postmortem", "resolved"]

    def test_has_an_update_that_was_written_late_at_its_time(self, site: Site) -> None:
        id = site.incident({LABELS: "major_outage"})["id"]
        site.set_clock("09:20")
        site.update(id, "monitoring", components={LABELS: "degraded_performance"})
        site.set_clock("09:30")
        made(site.update(id, "identified", occurred_at="2025-03-04T09:10:00Z"))
        found = incident_of(site, id)

        assert found["status"] == found["incident_updates"][0]["status"] == "monitoring"
        assert [(each["status"], moves(each)[0][1:]) for each in found["incident_updates"]] == [
            ("monitoring", ("major_outage", "degraded_performance")),
            ("identified", ("major_outage", "major_outage")),
            ("investigating", ("operational", "major_outage")),
        ]

    def test_that_ended_before_its_last_update_says_so_last(self, site: Site) -> None:
        id = site.incident({LABELS: "major_outage"})["id"]
        site.set_clock("09:20")
        site.update(id, "identified")
        made(site.update(id, "resolved", override_reason="It worked.", occurred_at="2025-03-04T09:10:00Z"))
        found = incident_of(site, id)

        assert [each["status"] for each in found["incident_updates"]] == ["resolved", "identified", "investigating"]

    def test_entered_when_it_was_over_was_created_when_it_began(self, site: Site) -> None:
        id = site.incident(
            {LABELS: "major_outage"}, resolved_at="2025-03-04T08:30:00Z", occurred_at="2025-03-04T08:00:00Z"
        )["id"]

        assert incident_of(site, id)["created_at"] == "2025-03-04T08:00:00.000Z"

    def test_does_not_name_what_is_private(self, site: Site) -> None:
        site.component("vault", public=False)
        id = site.incident({LABELS: "degraded_performance", "vault": "major_outage"})["id"]
        found = incident_of(site, id)

        assert found["impact"] == "minor"
        assert moves(found["incident_updates"][0]) == [("Platform - Labels", "operational", "degraded_performance")]
        assert len(found["components"]) == 1

    def test_keeps_the_name_of_a_component_that_is_retired(self, site: Site) -> None:
        id = site.incident({LABELS: "major_outage"})["id"]
        site.set_clock("09:15")
        made(site.update(id, "resolved", override_reason="it is over"))
        made(site.operator.post(f"/v1/components/{LABELS}/retirement"))
        found = incident_of(site, id)

        assert found["components"] == read(site, "components")["components"] == []
        assert moves(found["incident_updates"][0]) == [("Platform - Labels", "major_outage", "operational")]

    def test_keeps_the_ids_of_its_updates_however_many_there_are(self, site: Site) -> None:
        id = site.incident({LABELS: "major_outage"})["id"]
        for number in range(30):
            made(site.update(id, "identified", message=f"News {number}."))
        before = incident_of(site, id)["incident_updates"]
        for number in range(80):
            made(site.update(id, "identified", message=f"More {number}."))
        after = incident_of(site, id)["incident_updates"]

        assert (len(before), len(after)) == (31, 100)
        assert {each["id"]: each["body"] for each in before[:20]}.items() <= {
            each["id"]: each["body"] for each in after
        }.items()
        assert moves(after[-1]) == [("Platform - Labels", "major_outage", "major_outage")]

    def test_of_many_components_names_those_that_change(self, site: Site) -> None:
        keys = [site.component(f"part-{number}", name=f"Part {number}")["key"] for number in range(51)]
        id = site.incident(dict.fromkeys(keys, "partial_outage"))["id"]
        site.set_clock("09:10")
        made(site.update(id, "identified"))
        site.set_clock("09:20")
        made(site.update(id, "identified", components={keys[0]: "major_outage"}))
        third, second, first = incident_of(site, id)["incident_updates"]

        assert [len(first["affected_components"]), second["affected_components"]] == [51, None]
        assert moves(third) == [("Platform - Part 0", "partial_outage", "major_outage")]

    def test_is_one_of_fifty(self, site: Site) -> None:
        ids = [site.incident({LABELS: str(Status.PARTIAL_OUTAGE)})["id"] for _ in range(52)]
        newest = [each["shortlink"].rpartition("/")[2] for each in read(site, "incidents")["incidents"]]

        assert len(newest) == 50
        assert set(newest) <= set(ids)
