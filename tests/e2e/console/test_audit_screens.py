"""The audit and the settings in Chromium: how they look, and the slider of the replay."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from domain.access.keyring import Role
from tests.api.console.visitor import signed_in
from tests.e2e.console.staff import SETTINGS, Console
from tests.e2e.site.browser import faults_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

SPAN = "from=2021-03-09T00:00&until=2021-04-09T00:00"
SCREENS = (
    "audit",
    "audit?type=incident.published&since=nothing",
    "audit/{incident}",
    "audit/events/28270",
    f"audit/replay?{SPAN}&step=3",
    "settings",
    "settings/tokens",
    "settings/tokens/demo-reviewer",
    "settings/people",
    "settings/components",
    "settings/components/carrier-a",
    "settings/groups",
    "settings/audiences?edit=integrators",
    "settings/subscribers?address=nobody",
    "settings/subscribers/endpoints",
    "settings/subscribers/endpoints/{endpoint}",
    "settings/subscribers/deliveries",
    "settings/subscribers/suppressions",
    "settings/health",
)


@pytest.fixture(scope="module")
def filled(demo_console: Console) -> dict[str, str]:
    """The ids that stand in addresses, and some of what the example data has not."""
    site = demo_console.site
    (incident, *_) = site.auditor.get("/v1/incidents").json()["data"]
    endpoint = site.operator.post(
        "/v1/endpoints", {"name": "Order desk", "channel": "webhook", "url": "https://hooks.example.com/status"}
    ).json()
    site.operator.post("/v1/suppressions", {"address": "ana@example.com"})
    site.operator.post("/v1/components/carrier-a/pins", {"status": "degraded_performance", "reason": "They said so."})
    return {"incident": incident["id"], "endpoint": endpoint["id"]}


class TestScreens:
    def test_have_no_faults(self, browser: Browser, demo_console: Console, filled: dict[str, str]) -> None:
        with demo_console.opened(browser, demo_console.site.a(Role.ADMIN), SETTINGS[0]) as page:
            wrong = {}
            for screen in SCREENS:
                page.goto(f"{demo_console.root}/console/{screen.format(**filled)}")
                # What stands behind a summary is a part of the screen, too.
                page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
                found = faults_in(page, SETTINGS[:2])
                if found or page.locator("h1").count() != 1:
                    wrong[screen] = found
            assert wrong == {}

    def test_are_small(self, demo_console: Console, filled: dict[str, str]) -> None:
        """30 kB over the wire."""
        visitor = signed_in(demo_console.site, demo_console.site.a(Role.ADMIN))
        sizes = {}
        for screen in SCREENS:
            answer = visitor.request("GET", f"/console/{screen.format(**filled)}")
            sizes[screen] = len(gzip.compress(answer.content, 5))
        assert {screen: size for screen, size in sizes.items() if size > 30_000} == {}


class TestTheReplay:
    def test_moves_with_its_slider_and_its_keys(self, browser: Browser, demo_console: Console) -> None:
        with demo_console.opened(browser, demo_console.site.auditor) as page:
            page.goto(f"{demo_console.root}/console/audit/replay?{SPAN}")
            loads = navigations(page)
            slider = page.get_by_role("slider", name="Change")
            expect(page.get_by_role("heading", level=2)).to_contain_text("At the beginning of the span")
            expect(page.get_by_role("button", name="Show this change")).to_be_hidden()

            slider.focus()
            page.keyboard.press("ArrowRight")
            expect(page.get_by_role("heading", level=2)).to_contain_text("Change 1 of")
            page.keyboard.press("ArrowRight")
            expect(page.get_by_role("heading", level=2)).to_contain_text("Change 2 of")
            expect(slider).to_be_focused()
            expect(slider).to_have_attribute("aria-valuetext", re.compile("^Change 2 of [0-9]+$"))

            page.get_by_role("link", name="Next change").click()
            expect(page.get_by_role("heading", level=2)).to_contain_text("Change 3 of")
            expect(slider).to_have_value("3")
            expect(page.get_by_role("link", name="Next change")).to_be_focused()
            assert loads == []

            page.reload()
            expect(page.get_by_role("heading", level=2)).to_contain_text("Change 3 of")

    def test_asks_to_sign_in_when_the_session_has_ended(self, browser: Browser, demo_console: Console) -> None:
        caller = demo_console.site.issue(Role.AUDITOR, "gone")
        with demo_console.opened(browser, caller) as page:
            page.goto(f"{demo_console.root}/console/audit/replay?{SPAN}")
            demo_console.site.revoke("gone")

            page.get_by_role("slider", name="Change").press("ArrowRight")

            expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def navigations(page: Page) -> list[str]:
    """Note every load of a whole screen from now on."""
    found: list[str] = []
    page.on("load", lambda loaded: found.append(loaded.url))
    return found
