"""Panels, and their restorations, as programs read them that know Statuspage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.statuspage import ids
from tests.api.client import made
from tests.api.panel_steps import lost, registered
from tests.api.statuspage.reading import moves, named, read

if TYPE_CHECKING:
    from tests.api.client import Site

pytestmark = pytest.mark.both_stores


def a_panel(site: Site) -> None:
    """Register the one panel of these tests."""
    site.set_clock("08:00")
    registered(site, "panel-a", name="Panel A", capabilities=["login", "orders"])
    site.set_clock("09:00")


def newest(site: Site) -> dict[str, Any]:
    """Read the newest incident."""
    found: dict[str, Any] = read(site, "incidents")["incidents"][0]
    return found


class TestAPanel:
    def test_is_a_member_of_one_group(self, site: Site) -> None:
        a_panel(site)
        group, panel = read(site, "components")["components"]

        assert [group["name"], group["group"], group["components"]] == ["Panels", True, [panel["id"]]]
        assert [panel["name"], panel["status"], panel["group_id"]] == ["Panel A", "operational", group["id"]]
        assert panel["created_at"] == panel["updated_at"] == "2025-03-04T08:00:00.000Z"
        assert panel["id"] == ids.code("panel", "panel-a")

    def test_that_is_lost_is_explained_until_all_is_done(self, site: Site) -> None:
        a_panel(site)
        restoration = lost(site, "panel-a", provider="Data centre", reason="a secret fire")
        begun, status, panel = newest(site), read(site, "status")["status"], named(site, "Panel A")
        site.set_clock("09:10")
        promise = {"promised_by": "The provider", "promised_for": "2025-03-04T09:30:00Z", "note": "They work on it."}
        restoration.done("promises", promise)
        site.set_clock("09:40")
        restoration.done("updates", {"message": "We wait with you."})
        restoration.done("updates", {"message": "For us alone.", "internal": True})
        site.set_clock("10:00")
        restoration.done("access-restored", {"note": "It is here again."})
        back = newest(site)
        restoration.says("login", "available")
        site.set_clock("10:30")
        restoration.says("orders", "available")
        restoration.done("completion", {"note": "All works."})
        over = newest(site)

        assert [begun[name] for name in ("name", "status", "impact", "started_at")] == [
            *("No access to Panel A", "identified", "critical", "2025-03-04T09:00:00.000Z")
        ]
        assert begun["shortlink"] == "http://127.0.0.1:8080/en/panels/panel-a"
        assert [each["name"] for each in begun["components"]] == ["Panel A"]
        assert status == {"indicator": "critical", "description": "Major Service Outage"}
        assert panel["status"] == "major_outage"
        assert [back["status"], back["monitoring_at"], back["resolved_at"]] == [
            *("monitoring", "2025-03-04T10:00:00.000Z", None)
        ]
        assert [(each["status"], each["body"], moves(each)[0][1:]) for each in over["incident_updates"]] == [
            ("resolved", "Panel A: the restoration is complete.\n\nAll works.", ("partial_outage", "operational")),
            ("monitoring", "Panel A: access is back.\n\nIt is here again.", ("major_outage", "partial_outage")),
            ("identified", "We wait with you.", ("major_outage", "major_outage")),
            (
                "identified",
                "Panel A: access was promised for March 4, 2025, 09:30 UTC and is not back yet.",
                ("major_outage", "major_outage"),
            ),
            (
                "identified",
                "Panel A: The provider promises access for March 4, 2025, 09:30 UTC.\n\nThey work on it.",
                ("major_outage", "major_outage"),
            ),
            ("identified", "Panel A: access is lost.", ("operational", "major_outage")),
        ]
        assert over["resolved_at"] == over["updated_at"] == "2025-03-04T10:30:00.000Z"
        assert read(site, "incidents/unresolved")["incidents"] == []
        assert read(site, "status")["status"]["indicator"] == "none"

    def test_is_lost_again_under_the_same_id(self, site: Site) -> None:
        a_panel(site)
        restoration = lost(site, "panel-a")
        first = newest(site)
        site.set_clock("09:10")
        restoration.done("access-restored")
        site.set_clock("09:20")
        restoration.done("access-lost")
        again = newest(site)

        assert [again["id"], again["status"], again["monitoring_at"]] == [first["id"], "identified", None]
        assert [each["status"] for each in again["incident_updates"]] == ["identified", "monitoring", "identified"]

    def test_has_more_of_its_updates_than_its_own_document(self, site: Site) -> None:
        a_panel(site)
        restoration = lost(site, "panel-a")
        for number in range(25):
            restoration.done("updates", {"message": f"News {number}."})

        assert len(newest(site)["incident_updates"]) == 26

    def test_stands_among_incidents_by_when_it_was_lost(self, site: Site) -> None:
        a_panel(site)
        site.component("labels")
        site.incident({"labels": "partial_outage"})
        site.set_clock("09:05")
        lost(site, "panel-a")
        site.set_clock("09:10")
        site.incident({"labels": "major_outage"}, title="Later")

        names = [each["name"] for each in read(site, "incidents")["incidents"]]
        assert names == ["Later", "No access to Panel A", "Trouble"]

    def test_names_no_capability_that_is_hidden(self, site: Site) -> None:
        a_panel(site)
        lost(site, "panel-a")
        made(site.operator.patch("/v1/panels/panel-a", {"name": "Panel A"}))

        assert "login" not in str(read(site, "summary"))
