"""The screens of incidents, signals and templates in Chromium: how they look, and what counts down."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.e2e.console.staff import SETTINGS, Console
from tests.e2e.site.browser import faults, faults_in

LONG = "Extraordinarilylongnamewithoutanyblankthatnobodyexpectedbutsomebodytyped " * 3


@pytest.fixture(scope="module")
def things(demo_console: Console) -> dict[str, str]:
    """What the screens are about: incidents of every kind, a signal nobody knows, and templates."""
    site = demo_console.site
    watched = site.incident({"labels": "partial_outage", "tracking": "degraded_performance"}, title="Labels are slow")
    made(site.update(watched["id"], "monitoring", message={"en": "**A fix** is in.", "es": "Está arreglado."}))
    long = site.incident({"shop-x": "major_outage"}, title=LONG)
    site.signal("disk-7", "no-such-part", summary=f"disk full on host 7 {LONG}")
    detected = site.signal("carrier-b-errors", "carrier-b", status="partial_outage", summary="error rate above 20 %")
    for key, purpose in (("slow", "incident"), ("on-it", "incident_update")):
        body = {"key": key, "purpose": purpose, "message": {"en": "{component} is slow.", "es": "{component}: lento."}}
        made(site.operator.post("/v1/templates", body))
    site.tick()
    over = site.operator.get("/v1/incidents?state=resolved").json()["data"][0]["id"]
    made(site.operator.post(f"/v1/incidents/{over}/postmortem", {"body": "A **queue** had no limit."}))
    return {
        "watched": watched["id"],
        "long": long["id"],
        "detected": detected["incident"],
        "over": over,
        "signal": detected["signal"],
    }


SCREENS = (
    "incidents",
    "incidents?visibility=private",
    "incidents/new",
    "incidents/new?signal={signal}",
    "incidents/{watched}",
    "incidents/{long}",
    "incidents/{detected}",
    "incidents/{over}",
    "incidents/{watched}/updates",
    "incidents/{watched}/correction",
    "incidents/{watched}/correction?update=1",
    "incidents/{watched}/correction?component=labels",
    "incidents/{over}/postmortem",
    "incidents/{watched}/around",
    "signals",
    "settings/templates",
    "settings/templates/new",
    "settings/templates/slow",
)


class TestScreens:
    def test_have_no_fault_and_are_small(self, browser: Browser, demo_console: Console, things: dict[str, str]) -> None:
        wrong = {}
        with demo_console.opened(browser, demo_console.site.a(Role.ADMIN), SETTINGS[0]) as page:
            for screen in SCREENS:
                answer = page.goto(f"{demo_console.root}/console/{screen.format_map(things)}")
                unfolded(page)
                size = answer.request.sizes()["responseBodySize"] if answer else 0
                found = [*faults_in(page, SETTINGS[:2]), *([f"it has {size} bytes"] if size > 30_000 else [])]
                if found or page.locator("h1").count() != 1:
                    wrong[screen] = found
        assert wrong == {}

    def test_have_no_fault_with_a_preview(
        self, browser: Browser, demo_console: Console, things: dict[str, str]
    ) -> None:
        with demo_console.opened(browser, demo_console.site.operator, SETTINGS[0]) as page:
            page.goto(f"{demo_console.root}/console/incidents/{things['watched']}")
            page.locator("#update").get_by_label("English").fill("It **holds**.")
            page.locator("#update").get_by_role("button", name="Preview").click()

            expect(page.locator(".preview")).to_be_focused()
            assert faults(page) == []


def unfolded(page: Page) -> None:
    """Open whatever is folded away, so that it is looked at, too."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


class TestTheCountdown:
    def test_counts_by_the_clock_of_the_server_and_says_when_it_is_over(
        self, browser: Browser, console: Console
    ) -> None:
        site = console.site
        incident = watched(site)
        site.set_clock("08:09:56")
        with console.opened(browser, site.operator) as page:
            page.goto(f"{console.root}/console/incidents/{incident}")

            counter = page.get_by_role("timer").first
            expect(counter).to_have_text("in 3 s")
            expect(counter).to_have_text("possible now")

    def test_begins_anew_with_what_happens_while_the_screen_is_open(self, browser: Browser, console: Console) -> None:
        site = console.site
        incident = watched(site)
        with console.opened(browser, site.operator) as page:
            page.goto(f"{console.root}/console/incidents/{incident}")
            page.locator("#update").get_by_label("English").fill("Half a sent")
            expect(page.get_by_role("timer").first).to_contain_text("in 9 min")

            made(site.update(incident, "identified"))

            expect(page.get_by_role("timer")).to_have_count(0)
            expect(page.locator("#part-timeline").get_by_text("Now identified.")).to_be_visible()
            expect(page.locator("#update").get_by_label("English")).to_have_value("Half a sent")


def watched(site: Site) -> str:
    """Declare an incident, and say that its fix is in."""
    site.component("orders", name="Order import")
    id: str = site.incident({"orders": "major_outage"}, title="Orders do not arrive")["id"]
    made(site.update(id, "monitoring"))
    return id
