"""The screens of panels, restorations and accounts in Chromium: how they look, and a long import with its progress."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.api.client import made
from tests.api.console.recovering import Recovery, a_lost_panel, a_recovery
from tests.e2e.console.staff import SETTINGS, Console
from tests.e2e.site.browser import Setting, faults, faults_in

LINES = 1_000


def addresses(recovery: Recovery) -> list[str]:
    """Name each of the screens, with what can be asked of it."""
    return [
        "/console/panels?account_created_on=2020-01-01&automation=order_paid",
        "/console/panels/panel-a?capability=orders&automation=order_paid&created=2025-03-01T10:00",
        "/console/restorations?begin=panel-d",
        recovery.path,
        f"{recovery.path}/updates",
        f"{recovery.path}/capabilities/price_sync",
        recovery.accounts,
        f"{recovery.accounts}/shop-1",
    ]


class TestScreens:
    def test_have_no_fault(self, browser: Browser, console: Console) -> None:
        recovery = a_recovery(console.site)
        with console.opened(browser, console.site.operator, SETTINGS[0]) as page:
            for address in addresses(recovery):
                page.goto(console.root + address)
                assert (address, faults_in(page, SETTINGS[:2])) == (address, [])
                # What is folded away is looked at, too.
                page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
                assert (address, faults_in(page, SETTINGS[:2])) == (address, [])

    def test_of_the_example_data_have_no_fault(self, browser: Browser, demo_console: Console) -> None:
        auditor = demo_console.site.auditor
        found = made(auditor.get("/v1/restorations"))["data"]
        of_accounts = next(each["id"] for each in found if each["panel"] == "panel-c")
        ids = [each["id"] for each in found]
        with demo_console.opened(browser, auditor, SETTINGS[0]) as page:
            for path in ("panels", "panels/panel-a", "restorations", *(f"restorations/{id}" for id in ids)):
                page.goto(f"{demo_console.root}/console/{path}")
                assert (path, faults_in(page, SETTINGS[:2])) == (path, [])
            page.goto(f"{demo_console.root}/console/restorations/{of_accounts}/accounts/shop-1")
            assert faults_in(page, SETTINGS[:2]) == []

    def test_point_at_what_was_refused(self, browser: Browser, console: Console) -> None:
        recovery = a_recovery(console.site)
        with console.opened(browser, console.site.operator) as page:
            page.goto(console.root + recovery.path)
            recovery.restoration.says("orders", "degraded")
            page.get_by_label("Invoices: Works", exact=True).check()
            page.get_by_role("button", name="Save what works").click()

            expect(page.locator("[data-focus]")).to_be_focused()
            expect(page.get_by_label("Invoices: Works", exact=True)).to_be_checked()
            assert faults(page) == []


class TestImport:
    @pytest.mark.parametrize("setting", SETTINGS[:2], ids=str)
    def test_shows_how_far_a_long_file_is(
        self, browser: Browser, console: Console, setting: Setting, tmp_path: Path
    ) -> None:
        recovery = a_lost_panel(console.site)
        rows = [f'"Calls\neach day";shop-{number}' for number in range(LINES)]
        rows[700] = ";shop 700"
        file = tmp_path / "accounts.csv"
        file.write_text("\n".join(["note;account", *rows]) + "\n")
        with console.opened(browser, console.site.operator, setting) as page:
            page.goto(console.root + recovery.accounts)
            page.get_by_label("File").set_input_files(file)
            page.get_by_role("button", name="Import the accounts").click()

            expect(
                page.get_by_text("All lines are read: 999 added, 0 changed, 0 there already, 1 refused.")
            ).to_be_visible()
            expect(page.locator("[data-refused] li")).to_contain_text("Line 1402: /account")
            assert faults(page) == []
            page.get_by_role("link", name="Show the accounts").click()
            expect(page.get_by_text("0 of 999 accounts are merged, kept apart or accepted.")).to_be_visible()
        assert recovery.account("shop-999")["note"] == "Calls\neach day"

    def test_says_that_the_session_has_ended(self, browser: Browser, console: Console, tmp_path: Path) -> None:
        recovery = a_lost_panel(console.site)
        file = tmp_path / "accounts.csv"
        file.write_text("".join(f"shop-{number}\n" for number in range(LINES)))
        with console.opened(browser, console.site.operator) as page:
            page.goto(console.root + recovery.accounts)
            page.context.clear_cookies()
            page.get_by_label("File").set_input_files(file)
            page.get_by_role("button", name="Import the accounts").click()

            expect(page.get_by_text("Your session has ended: sign in again.", exact=False)).to_be_visible()
