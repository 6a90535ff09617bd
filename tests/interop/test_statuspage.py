"""Programs that read Statuspage: a client library, an exporter for Prometheus, a widget, and a dashboard of Grafana."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.interop.observing import Observed

INCIDENT, WINDOW, LOSS = "Labels cannot be created", "New servers", "No access to Panel A"
WELL = "All Systems Operational"
DESCRIPTIONS = {
    "none": WELL,
    "major": "Partial System Outage",
    "critical": "Major Service Outage",
}
INDICATORS = {
    "declared": "critical",
    "identified": "major",
    "lost": "critical",
    "promised": "critical",
    "access_back": "major",
}
"""What is wrong at each step; nothing at the others."""


def indicator_at(step: str) -> str:
    """Give what is shown of everything together after a step."""
    return INDICATORS.get(step, "none")


def the(events: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """Give the event of a name."""
    (found,) = [each for each in events if each["name"] == name]
    return found


class TestTheLibrary:
    def test_reads_how_it_is_at_each_step(self, observed: Observed) -> None:
        for step, read in observed["library"].items():
            indicator = indicator_at(step)
            assert (step, read["indicator"], read["description"]) == (step, indicator, DESCRIPTIONS[indicator])
            assert read["groups"] == ["Platform", "Panels"]

    def test_reads_an_incident_to_its_end(self, observed: Observed) -> None:
        read = observed["library"]
        begun, better, over = (
            the(read[step]["incidents"], INCIDENT) for step in ("declared", "identified", "resolved")
        )

        assert [each["status"] for each in (begun, better, over)] == ["investigating", "identified", "resolved"]
        assert [read[step]["components"]["Labels"] for step in ("declared", "identified", "resolved")] == [
            *("major_outage", "partial_outage", "operational")
        ]
        assert over["updates"] == ["resolved", "identified", "investigating"]
        assert over["moves"] == [
            [["Platform - Labels", "partial_outage", "operational"]],
            [["Platform - Labels", "major_outage", "partial_outage"]],
            [["Platform - Labels", "operational", "major_outage"]],
        ]
        assert (over["resolved"], read["resolved"]["unresolved"], read["resolved"]["summary"]["incidents"]) == (
            *(True, []),
            [],
        )

    def test_reads_a_window_that_moves_twice_and_is_cancelled(self, observed: Observed) -> None:
        read, steps = observed["library"], ("announced", "moved", "moved_again")
        starts = [the(read[step]["upcoming"], WINDOW)["scheduled_for"] for step in steps]
        cancelled = the(read["cancelled"]["maintenances"], WINDOW)

        assert starts == sorted(set(starts))
        assert [the(read[step]["summary"]["maintenances"], WINDOW)["status"] for step in steps] == ["scheduled"] * 3
        assert (cancelled["status"], cancelled["resolved"], cancelled["scheduled_for"]) == (
            "completed",
            True,
            starts[-1],
        )
        assert read["cancelled"]["upcoming"] == read["cancelled"]["active"] == []

    def test_reads_why_a_panel_is_lost_until_all_is_done(self, observed: Observed) -> None:
        read, steps = observed["library"], ("lost", "promised", "access_back", "works_again", "completed")
        losses = [the(read[step]["incidents"], LOSS) for step in steps]

        assert [each["status"] for each in losses] == [
            *("identified", "identified", "monitoring", "monitoring", "resolved")
        ]
        assert [len(each["updates"]) for each in losses] == [1, 3, 4, 4, 5]
        assert [len(read[step]["unresolved"]) for step in steps] == [1, 1, 1, 1, 0]
        assert [read[step]["components"]["Panel A"] for step in steps] == [
            *("major_outage", "major_outage", "partial_outage", "operational", "operational")
        ]


class TestTheExporter:
    def test_reads_each_step(self, observed: Observed) -> None:
        for step, read in observed["exporter"].items():
            is_calm = indicator_at(step) == "none" and step != "works_again"
            assert (step, read["could_read"], read["works"]) == (step, True, is_calm)

    def test_tells_of_incidents_and_what_they_affect(self, observed: Observed) -> None:
        read = observed["exporter"]
        (incident,), (loss,) = read["declared"]["incidents"], read["lost"]["incidents"]

        assert (incident["incident_name"], incident["impact"], incident["affected_components"]) == (
            *(INCIDENT, "critical"),
            "Labels",
        )
        assert (loss["incident_name"], loss["affected_components"]) == (LOSS, "Panel A")
        assert [read[step]["components"]["Labels"] for step in ("calm", "declared", "resolved")] == [1.0, 0.0, 1.0]
        assert [read[step]["components"]["Panel A"] for step in ("calm", "lost", "completed")] == [1.0, 0.0, 1.0]

    def test_tells_of_maintenance_while_it_is_planned(self, observed: Observed) -> None:
        read = observed["exporter"]
        starts = [read[step]["maintenance"][0]["scheduled_start"] for step in ("announced", "moved", "moved_again")]

        assert starts == sorted(set(starts))
        assert WINDOW not in str(read["cancelled"]["maintenance"])


class TestTheWidget:
    def test_shows_each_step_on_the_page_of_another_site(self, observed: Observed) -> None:
        for step, read in observed["widget"].items():
            indicator = indicator_at(step)
            assert (step, read) == (
                step,
                {"indicator": indicator, "text": DESCRIPTIONS[indicator], "complaints": []},
            )


class TestTheDashboard:
    def test_shows_what_does_not_work(self, observed: Observed) -> None:
        shown = {step: read["What does not work"] for step, read in observed["dashboard"].items()}

        assert [[each["Component"] for each in shown[step]] for step in ("calm", "declared", "resolved", "lost")] == [
            *([], ["Labels"], []),
            ["Panel A"],
        ]

    def test_shows_incidents_with_their_last_news(self, observed: Observed) -> None:
        (incident,) = observed["dashboard"]["identified"]["Open incidents"]

        assert (incident["Incident"], incident["Impact"], incident["State"]) == (INCIDENT, "critical", "identified")
        assert incident["Last news"] == "The carrier answers again for most <orders>."
        assert observed["dashboard"]["resolved"]["Open incidents"] == []

    def test_shows_maintenance(self, observed: Observed) -> None:
        (window,) = observed["dashboard"]["moved"]["Maintenance"]

        assert (window["Maintenance"], window["Components"]) == (WINDOW, "Order import")
        assert observed["dashboard"]["cancelled"]["Maintenance"] == []
