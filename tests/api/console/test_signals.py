"""Signals in the console, with forms alone."""

from __future__ import annotations

import pytest

from tests.api.client import Site, made
from tests.api.console.visitor import Visitor, signed_in

SIGNALS = "/console/signals"


@pytest.fixture
def site(site: Site) -> Site:
    site.component("orders", name="Order import")
    site.component("labels", name="Label printing")
    return site


@pytest.fixture
def operator(site: Site) -> Visitor:
    return signed_in(site, site.operator)


def fires(site: Site, fingerprint: str, component: str, **more: object) -> str:
    id: str = site.signal(fingerprint, component, **more)["signal"]
    site.tick()
    return id


class TestSignals:
    def test_are_none_at_first(self, operator: Visitor) -> None:
        operator.opens(SIGNALS).reads("Signals", "Firing", "None fires.", "Clear", "There are none here.")

    def test_that_fire_stand_first_and_lead_to_their_incident(self, site: Site, operator: Visitor) -> None:
        fires(site, "old", "labels")
        fires(site, "old", "labels", state="clear")
        fires(site, "errors", "orders", summary="error rate above 20 %", status="partial_outage")

        operator.opens(SIGNALS)

        operator.reads(
            "Firing", "tests Fires Partial outage", "error rate above 20 %", "Clear", "tests Clear Major outage"
        )
        operator.opens(operator.link("its incident")).reads("No title yet: Order import")

    def test_are_cleared_by_hand_with_a_reason(self, site: Site, operator: Visitor) -> None:
        id = fires(site, "errors", "orders")

        operator.opens(SIGNALS).sends(f"clear-{id}", {"reason": ""}, status=422)
        operator.reads("Nothing was changed: see what is wrong")
        operator.sends(f"clear-{id}", {"reason": "The probe was switched off."})

        operator.reads("The signal is cleared.", "None fires.", "Cleared by hand: The probe was switched off.")
        assert site.operator.get(f"/v1/signals/{id}").json()["state"] == "clear"

    def test_that_are_still_reported_can_be_let_fire_again(self, site: Site, operator: Visitor) -> None:
        id = fires(site, "errors", "orders")
        made(site.operator.post(f"/v1/signals/{id}/clearance", {"reason": "Noise."}))
        site.set_clock("08:10")
        fires(site, "errors", "orders", occurred_at="2025-03-04T08:00:00Z")

        operator.opens(SIGNALS).reads("tests Clear Cleared by hand, still reported Major outage")
        operator.sends(f"refire-{id}", {"reason": "It was none."})

        operator.reads("The signal fires again.", "Firing", "tests Fires Major outage")

    def test_are_not_cleared_twice(self, site: Site, operator: Visitor) -> None:
        id = fires(site, "errors", "orders")
        operator.opens(SIGNALS)
        fires(site, "errors", "orders", state="clear")

        operator.sends(f"clear-{id}", {"reason": "The probe was switched off."}, status=412)

        operator.reads("None fires.", "Clear", "tests Clear Major outage")

    def test_without_a_known_component_are_routed(self, site: Site, operator: Visitor) -> None:
        id = fires(site, "disk", "no-such-part", summary="disk full")

        operator.opens(SIGNALS)
        operator.reads(
            "Nobody knows what these are about",
            "Names “no-such-part” · fires since March 4, 2025, 08:00 UTC",
            "Firing",
            "None fires on a component that is known.",
        )
        operator.sends(f"route-{id}", {}, status=422)
        operator.sends(f"route-{id}", {"component": "labels"})

        operator.reads("The signal has its component.", "Firing", "tests Fires Major outage")
        operator.does_not_read("Nobody knows what these are about")
        assert site.operator.get(f"/v1/signals/{id}").json()["component"] == "labels"

    def test_show_what_an_alert_says_as_it_is_written(self, site: Site, operator: Visitor) -> None:
        alert = {
            "status": "firing",
            "fingerprint": "a1",
            "labels": {"host": "<b>7</b>"},
            "annotations": {"summary": "<script>x</script>"},
            "startsAt": "2025-03-04T07:00:00Z",
            "generatorURL": "javascript:alert(1)",
        }
        made(site.emitter.post("/v1/ingest/alertmanager", {"alerts": [alert]}))
        site.tick()

        operator.opens(SIGNALS).reads("Names no component · fires since March 4, 2025, 07:00 UTC", "host", "<b>7</b>")

        assert "<script>x" not in operator.answer.text
        assert 'href="javascript' not in operator.answer.text

    def test_are_many_on_further_pages(self, site: Site, operator: Visitor) -> None:
        for number in range(60):
            site.signal(f"s{number}", "orders")
            site.signal(f"s{number}", "orders", state="clear")
        site.tick()

        first = operator.opens(SIGNALS).lines.count("tests Clear Major outage")
        operator.opens(operator.link("Next")).reads("Clear, further")

        assert (first, operator.lines.count("tests Clear Major outage")) == (50, 10)

    def test_are_read_by_auditors_who_change_nothing(self, site: Site) -> None:
        id = fires(site, "errors", "orders")
        auditor = signed_in(site, site.auditor)

        auditor.opens(SIGNALS).reads("tests Fires Major outage").does_not_read("Clear by hand", "Declare")

        assert auditor.request("POST", SIGNALS, f"form=clear-{id}&reason=x").status_code == 403

    def test_take_no_other_form(self, operator: Visitor) -> None:
        assert operator.request("POST", SIGNALS, "form=delete-7").status_code == 400
