"""An open page is kept current: in every tab, without losing the reader's place, and it says when it no longer is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.api.client import Site
from tests.e2e.site.browser import Setting, looking, served

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

SETTING = Setting("en", 390, "light")
SLOW = 60_000
"""How long, in milliseconds, a busy machine may take."""
COUNT_STREAMS = (
    """() => performance.getEntriesByType("resource").filter((each) => each.name.includes("/live")).length"""
)
NO_LOCKS = 'Object.defineProperty(navigator, "locks", { value: undefined });'
QUICK = """const wait = window.setInterval;
window.setInterval = (act, span, ...more) => wait(act, Math.min(span, 300), ...more);"""


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Iterator[Site]:
    with Site(f"sqlite:///{tmp_path / 'live.sqlite3'}") as site:
        site.component("labels", name={"en": "Labels", "pl": "Etykiety"})
        site.component("imports", name="Imports")
        site.tick()
        yield site


@pytest.fixture(name="address")
def _address(site: Site) -> Iterator[str]:
    with served(site) as address:
        yield address


def opened(page: Page, address: str) -> Page:
    """Open the board, and wait until it listens."""
    page.goto(f"{address}/en/")
    page.wait_for_load_state("load")
    return page


def break_labels(site: Site) -> None:
    """Let labels break, in public."""
    site.incident({"labels": "major_outage"}, title="Labels cannot be created")
    site.tick()


def listens(site: Site, streams: int) -> bool:
    """Tell whether so many streams are open."""
    return len(site.app.state.live) == streams


def wait_for_streams(page: Page, site: Site, streams: int) -> None:
    """Wait until so many streams are open."""
    for _ in range(SLOW // 100):
        if listens(site, streams):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{len(site.app.state.live)} streams are open, not {streams}")


class TestPage:
    def test_shows_and_says_what_changed_in_every_tab_over_one_stream(
        self, browser: Browser, site: Site, address: str
    ) -> None:
        with looking(browser, SETTING) as page:
            opened(page, address)
            other = opened(page.context.new_page(), address)
            wait_for_streams(page, site, 1)

            break_labels(site)

            for each in (other, page):
                each.bring_to_front()
                expect(each.locator("h1")).to_have_text("Does not work: Labels", timeout=SLOW)
                expect(each.get_by_role("status")).to_have_text(
                    "New incident: “Labels cannot be created”.", timeout=SLOW
                )
                expect(each.locator("#open h3")).to_have_text("Labels cannot be created")
                assert each.title().startswith("Does not work: Labels")
            assert listens(site, 1)

    def test_lets_the_reader_stay_where_they_are(self, browser: Browser, site: Site, address: str) -> None:
        site.incident({"imports": "partial_outage"}, title="Imports are slow")
        site.set_clock("08:30")
        site.tick()
        with looking(browser, SETTING) as page:
            opened(page, address)
            wait_for_streams(page, site, 1)
            days = page.locator("#bad-imports")
            days.click()
            expect(days).to_be_focused()

            break_labels(site)
            expect(page.locator("h1")).to_contain_text("Labels", timeout=SLOW)

            expect(days).to_be_focused()
            assert page.locator("details:has(#bad-imports)").evaluate("(each) => each.open")
            expect(page.locator("#lost")).to_be_hidden()

            page.locator("#g-platform a[href='/en/components/labels']").focus()
            site.incident({"imports": "major_outage"}, title="Imports are down")
            site.tick()
            expect(page.locator("#open h3")).to_have_count(3, timeout=SLOW)

            assert page.evaluate("document.activeElement.getAttribute('href')") == "/en/components/labels"

    def test_leaves_alone_what_did_not_change(self, browser: Browser, site: Site, address: str) -> None:
        with looking(browser, SETTING) as page:
            opened(page, address)
            wait_for_streams(page, site, 1)
            page.evaluate("document.querySelector('#past').marked = true")

            break_labels(site)
            expect(page.locator("h1")).to_have_text("Does not work: Labels", timeout=SLOW)

            assert page.evaluate("document.querySelector('#past').marked")
            assert page.locator("[data-part]").first.get_attribute("id") == "now"

    def test_removes_what_is_gone(self, browser: Browser, site: Site, address: str) -> None:
        incident = str(site.incident({"labels": "major_outage"}, title="Labels cannot be created")["id"])
        site.tick()
        with looking(browser, SETTING) as page:
            opened(page, address)
            wait_for_streams(page, site, 1)
            expect(page.locator("#open")).to_have_count(1)

            site.update(incident, "monitoring")
            site.update(incident, "resolved", override_reason="It is fine.")
            site.tick()

            expect(page.locator("#open")).to_have_count(0, timeout=SLOW)
            expect(page.locator("h1")).to_have_text("Everything works")

    def test_asks_again_where_tabs_cannot_share(self, browser: Browser, site: Site, address: str) -> None:
        with looking(browser, SETTING) as page:
            page.add_init_script(NO_LOCKS + QUICK)
            opened(page, address)

            break_labels(site)

            expect(page.locator("h1")).to_have_text("Does not work: Labels", timeout=SLOW)
            assert listens(site, 0)

    def test_says_that_it_has_lost_its_server_and_how_old_it_is(self, browser: Browser, address: str) -> None:
        with looking(browser, SETTING) as page:
            page.add_init_script(NO_LOCKS + QUICK)
            opened(page, address)
            expect(page.locator("#lost")).to_be_hidden()

            def answer_late(route: Route) -> None:
                answer = route.fetch()
                route.fulfill(response=answer, headers={**answer.headers, "age": "300"})

            page.route("**/en/", answer_late)
            expect(page.get_by_role("alert")).to_have_text(
                "There is no connection to our server. Last update: 5 minutes ago", timeout=SLOW
            )

            page.unroute_all(behavior="ignoreErrors")
            expect(page.locator("#lost")).to_be_hidden(timeout=SLOW)

    def test_of_the_past_does_not_listen(self, browser: Browser, site: Site, address: str) -> None:
        with looking(browser, SETTING) as page:
            page.goto(f"{address}/en/?as_of=2025-03-04T08:00:00Z")

            expect(page.locator("[data-live]")).to_have_count(0)
            assert page.evaluate(COUNT_STREAMS) == 0
            assert listens(site, 0)
