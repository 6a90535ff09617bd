"""Maintenance windows as programs read them that know Statuspage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.client import made
from tests.api.statuspage.reading import maintenance_of, moves, named, read
from tests.api.windows import LABELS, planned, under_way

if TYPE_CHECKING:
    from tests.api.client import Site


@pytest.fixture(autouse=True)
def _component(site: Site) -> None:
    site.set_clock("08:00")
    site.component(LABELS, name="Labels")


def stages(site: Site) -> list[int]:
    """Count what is upcoming, what goes on, what of both the summary has, and everything."""
    names = ("scheduled-maintenances/upcoming", "scheduled-maintenances/active", "summary", "scheduled-maintenances")
    return [len(read(site, name)["scheduled_maintenances"]) for name in names]


def bodies(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Give status and text of each update."""
    return [(each["status"], each["body"]) for each in found["incident_updates"]]


class TestAMaintenance:
    def test_is_read_while_it_moves_twice_and_is_cancelled(self, site: Site) -> None:
        window = planned(site)
        first = maintenance_of(site, window.id)
        counted = stages(site)
        site.set_clock("08:10")
        window.done("reschedule", {"start": "2025-03-04T12:00", "end": "2025-03-04T14:00"})
        site.set_clock("08:20")
        window.done("reschedule", {"start": "2025-03-05T11:00", "end": "2025-03-05T13:00", "message": "A day later."})
        moved = maintenance_of(site, window.id, "scheduled-maintenances/upcoming")
        site.set_clock("08:30")
        window.done("cancellation", {"message": "It is not needed."})
        cancelled = maintenance_of(site, window.id)

        assert counted == [1, 0, 1, 1]
        assert [first[name] for name in ("name", "status", "impact")] == [
            *("Upgrade of labels", "scheduled", "maintenance")
        ]
        assert first["shortlink"] == f"http://127.0.0.1:8080/en/maintenance/{window.id}"
        assert [first["scheduled_for"], first["scheduled_until"]] == [
            *("2025-03-04T10:00:00.000Z", "2025-03-04T12:00:00.000Z")
        ]
        assert bodies(first) == [("scheduled", "Planned for March 4, 2025, 10:00 – 12:00 UTC")]
        assert moves(first["incident_updates"][0]) == [("Platform - Labels", "operational", "operational")]
        assert [moved["scheduled_for"], moved["updated_at"]] == ["2025-03-05T10:00:00.000Z", "2025-03-04T08:20:00.000Z"]
        assert bodies(moved)[:2] == [
            ("scheduled", "Moved to March 5, 2025, 10:00 – 12:00 UTC\n\nA day later."),
            ("scheduled", "Moved to March 4, 2025, 11:00 – 13:00 UTC"),
        ]
        assert [cancelled["status"], cancelled["resolved_at"]] == ["completed", "2025-03-04T08:30:00.000Z"]
        assert bodies(cancelled)[0] == ("completed", "Cancelled\n\nIt is not needed.")
        assert {each["id"] for each in moved["incident_updates"]} < {
            each["id"] for each in cancelled["incident_updates"]
        }
        assert stages(site) == [0, 0, 0, 1]

    def test_is_read_from_its_start_to_its_end(self, site: Site) -> None:
        window = under_way(site)
        site.tick()
        begun, labels, status = maintenance_of(site, window.id), named(site, "Labels"), read(site, "status")["status"]
        site.set_clock("10:30")
        window.done("updates", {"message": "It is worse.", "components": {LABELS: "major_outage"}})
        site.set_clock("11:00")
        window.done("completion")
        done = maintenance_of(site, window.id)

        assert [begun["status"], begun["started_at"], begun["resolved_at"]] == [
            *("in_progress", "2025-03-04T10:00:00.000Z", None)
        ]
        assert labels["status"] == begun["components"][0]["status"] == "partial_outage"
        assert status == {"indicator": "major", "description": "Partial System Outage"}
        assert [moves(each) for each in done["incident_updates"]] == [
            [("Platform - Labels", "major_outage", "operational")],
            [("Platform - Labels", "partial_outage", "major_outage")],
            [("Platform - Labels", "operational", "partial_outage")],
            [("Platform - Labels", "operational", "operational")],
        ]
        assert [done["status"], done["resolved_at"]] == ["completed", "2025-03-04T11:00:00.000Z"]
        assert stages(site) == [0, 0, 0, 1]

    def test_has_what_was_written_late_at_its_time_and_its_end_last(self, site: Site) -> None:
        window = under_way(site)
        site.set_clock("10:40")
        window.done("updates", {"message": "Half of it is done."})
        window.done("updates", {"message": "It has begun.", "occurred_at": "2025-03-04T10:10:00Z"})
        window.done("completion", {"occurred_at": "2025-03-04T10:20:00Z"})
        found = maintenance_of(site, window.id)

        assert [each["body"] for each in found["incident_updates"]][:3] == [
            *("Completed", "Half of it is done.", "It has begun.")
        ]

    def test_of_the_whole_product_names_every_component(self, site: Site) -> None:
        site.component("orders", name="Orders")
        window = under_way(site, components={}, all="under_maintenance")
        found = maintenance_of(site, window.id, "scheduled-maintenances/active")

        assert [each["name"] for each in found["components"]] == ["Labels", "Orders"]
        assert moves(found["incident_updates"][0]) == [
            (f"Platform - {name}", "operational", "under_maintenance") for name in ("Labels", "Orders")
        ]
        assert read(site, "status")["status"] == {
            "indicator": "maintenance",
            "description": "Service Under Maintenance",
        }

    def test_is_not_there_before_it_is_announced(self, site: Site) -> None:
        window = planned(site, announced=False)
        before = stages(site)
        site.set_clock("08:30")
        window.done("announcement")

        assert before == [0, 0, 0, 0]
        assert stages(site) == [1, 0, 1, 1]
        assert maintenance_of(site, window.id)["created_at"] == "2025-03-04T08:30:00.000Z"

    def test_is_one_of_fifty_that_come_next_and_that_are_over(self, site: Site) -> None:
        for _ in range(30):
            planned(site).done("cancellation")
        for hour in range(24):
            for minute in ("00", "30"):
                plan = {"start": f"2025-03-05T{hour:02}:{minute}", "end": f"2025-03-06T{hour:02}:{minute}"}
                made(
                    site.operator.post(
                        "/v1/maintenance-windows",
                        {"title": "Work", "zone": "UTC", **plan, "components": {LABELS: "under_maintenance"}},
                    )
                )
        found = read(site, "scheduled-maintenances")["scheduled_maintenances"]

        assert [len(found), len(read(site, "summary")["scheduled_maintenances"])] == [50, 48]
        assert [each["status"] for each in found].count("scheduled") == 25
        assert found[24]["scheduled_for"] == "2025-03-05T00:00:00.000Z"
        assert found == sorted(found, key=lambda each: str(each["scheduled_for"]), reverse=True)
