"""The screens of maintenance in Chromium: how they look, and that the form says what times mean as one types."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, expect

from tests.api.client import Site, made
from tests.e2e.console.staff import SETTINGS, Console
from tests.e2e.site.browser import faults, faults_in

PLACE, WINDOWS, SERIES = "/console/maintenance-windows", "/v1/maintenance-windows", "/v1/maintenance-series"
MOST_BYTES = 30_000
TIMES: dict[str, Any] = {"zone": "Europe/Warsaw", "start": "2025-11-29T09:30", "end": "2025-11-29T12:00"}


def windows(site: Site) -> dict[str, str]:
    """Give the addresses of screens that are worth a look; what is missing in the example data is planned first."""
    keys = [each["key"] for each in made(site.operator.get("/v1/components"))["data"][:2]]
    plan = {**TIMES, "title": {"en": "Move of the label printers"}, "components": dict.fromkeys(keys, "partial_outage")}
    markets = [{"market": "MX", "zone": "America/Mexico_City"}, {"market": "ES", "zone": "Europe/Madrid"}]
    known = {each["title"]["en"]: each for each in made(site.operator.get(WINDOWS, params={"limit": 200}))["data"]}
    if plan["title"]["en"] not in known:
        made(site.operator.post(WINDOWS, plan))
        draft = {"title": "Draft", "announced": False, "start": "2025-12-06T22:00", "end": "2025-12-07T02:00"}
        made(site.operator.post(WINDOWS, {**plan, **draft, "markets": markets}))
        weekly = {"title": "Upkeep", "start": "2025-12-06T23:00", "end": "2025-12-07T01:00", "rule": "FREQ=WEEKLY"}
        made(site.operator.post(SERIES, {**plan, **weekly}))
        site.tick()
        return windows(site)
    whole = next(each["id"] for each in known.values() if each["all"])
    series = made(site.operator.get(SERIES))["data"][0]["id"]
    return {
        "list": PLACE,
        "past": f"{PLACE}?view=past",
        "all series": f"{PLACE}/series",
        "series": f"{PLACE}/series/{series}",
        "in progress": f"{PLACE}/{known[plan['title']['en']]['id']}",
        "draft": f"{PLACE}/{known['Draft']['id']}",
        "whole product": f"{PLACE}/{whole}",
        "plan": f"{PLACE}/{whole}/plan",
        "new": f"{PLACE}/new",
        "new from another": f"{PLACE}/new?from={whole}",
    }


class TestScreens:
    def test_have_no_fault_and_are_small(self, browser: Browser, demo_console: Console) -> None:
        found = {}
        with demo_console.opened(browser, demo_console.site.operator, SETTINGS[0]) as page:
            for name, path in windows(demo_console.site).items():
                answer = page.goto(demo_console.root + path)
                assert answer is not None
                assert answer.status == 200, path
                assert int(answer.headers["content-length"]) < MOST_BYTES, path
                page.locator("main details").evaluate_all("all => { for (const each of all) each.open = true }")
                if said := faults_in(page, SETTINGS[:2]):
                    found[name] = said

        assert found == {}


class TestPlanning:
    def test_shows_what_times_are_as_one_types(self, browser: Browser, demo_console: Console) -> None:
        site = demo_console.site
        path = windows(site)["new"]
        component = made(site.operator.get("/v1/components"))["data"][0]["key"]
        with demo_console.opened(browser, site.operator) as page:
            page.goto(demo_console.root + path)
            checked = page.locator("#checked")
            page.get_by_label("By the clocks of").fill("Europe/Warsaw")
            page.get_by_label("Markets").fill("MX America/Mexico_City")
            page.get_by_label("Start", exact=True).fill("2025-12-06T23:00")
            expect(checked.get_by_text("Say either when it ends or how long it lasts.")).to_be_visible()

            page.get_by_label("Or how long it lasts").fill("4h")

            expect(checked.get_by_role("row", name="Mexico Saturday, December 6, 2025, 16:00 – 20:00")).to_be_visible()
            expect(checked.get_by_text("At this time, with other components")).to_be_visible()
            page.locator(f'[name="components.{component}"]').select_option("major_outage")
            expect(checked.get_by_text("2 other windows affect the same things at this time.")).to_be_visible()
            assert faults(page) == []

            page.get_by_label("Start", exact=True).fill("2026-03-29T02:30")
            expect(checked.get_by_text("This hour does not exist.")).to_be_visible()
            page.get_by_label("If the clocks change at that hour").select_option("later")
            expect(checked.get_by_text("Sunday, March 29, 2026, 03:30 – 07:30 (UTC+2)")).to_be_visible()

            page.get_by_text("It repeats", exact=True).click()
            page.get_by_label("Repeat", exact=True).select_option("FREQ=WEEKLY")
            expect(checked.get_by_role("listitem")).to_have_count(10)
            assert page.url == demo_console.root + path

    def test_of_a_window_that_is_moved_does_so_too(self, browser: Browser, demo_console: Console) -> None:
        path = windows(demo_console.site)["draft"]
        with demo_console.opened(browser, demo_console.site.operator) as page:
            page.goto(demo_console.root + path)
            page.get_by_text("Move it", exact=True).first.click()
            expect(page.locator("#moved").get_by_text("Another window affects the same things")).to_be_visible()

            page.locator("#move-start").fill("2025-12-08T22:00")
            page.locator("#move-end").fill("2025-12-09T02:00")

            expect(page.locator("#moved").get_by_text("Nothing else is planned at this time.")).to_be_visible()
            assert faults(page) == []
