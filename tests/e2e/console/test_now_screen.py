"""The first screen in Chromium: how it looks, and that it is kept current."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from domain.access.keyring import Role
from tests.api.console.busy_night import a_busy_night
from tests.e2e.console.staff import SETTINGS, Console
from tests.e2e.site.browser import faults_in


class TestNow:
    def test_has_no_fault(self, browser: Browser, console: Console) -> None:
        a_busy_night(console.site)

        with console.opened(browser, console.site.a(Role.ADMIN), SETTINGS[0]) as page:
            page.goto(f"{console.root}/console")

            assert faults_in(page, SETTINGS) == []

    def test_shows_what_happens_while_it_is_open(self, browser: Browser, console: Console) -> None:
        site = console.site
        site.component("orders", name="Order import")
        with console.opened(browser, site.operator) as page:
            page.goto(f"{console.root}/console")
            expect(page.get_by_text("Nothing needs you.")).to_be_visible()

            site.incident({"orders": "major_outage"}, title="Orders do not arrive")

            expect(page.get_by_role("link", name="Orders do not arrive")).to_be_visible()
            expect(page.get_by_text("Nothing needs you.")).to_have_count(0)

    def test_says_that_the_session_has_ended(self, browser: Browser, console: Console) -> None:
        site = console.site
        caller = site.issue(Role.OPERATOR, "gone")
        with console.opened(browser, caller) as page:
            page.goto(f"{console.root}/console")
            site.revoke("gone")

            expect(page.get_by_role("status").get_by_text("Your session has ended")).to_be_visible()
