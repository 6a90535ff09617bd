"""The page of an owner in a browser: it can be read on every device, and its forms do what they say, once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.databases import SQLiteFiles
from tests.e2e.site.browser import PAIRS, Setting, faults, looking
from tests.e2e.site.owner_visit import Visit, visiting

PHONE = Setting("pl", 390, "light")


@pytest.fixture
def visit(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """A site on the days after the loss."""
    with visiting(sqlite_files.migrated(tmp_path_factory.mktemp("owner"))) as visit:
        yield visit


class TestPage:
    @pytest.mark.parametrize("setting", [PAIRS[0], PAIRS[4], PAIRS[7], PAIRS[11]], ids=str)
    def test_has_no_faults_before_and_after_a_mistake(self, browser: Browser, visit: Visit, setting: Setting) -> None:
        with looking(browser, setting) as page:
            page.goto(visit.address(setting.language))
            before = faults(page)
            page.locator("summary").click()
            page.locator("#by").fill(" ")
            page.locator("#acceptance button").click()
            expect(page.locator("[role=alert]")).to_be_visible()

            assert (before, faults(page)) == ([], [])
            assert page.locator("h1").count() == 1

    def test_tells_no_other_site_its_address(self, browser: Browser, visit: Visit) -> None:
        with looking(browser, PHONE) as page:
            told: list[str] = []
            page.on("request", lambda request: told.append(request.headers.get("referer", "")))
            page.goto(visit.address("pl"))
            page.locator(".bottom nav a").first.click()
            page.go_back()
            page.locator("header a").first.click()

            assert len(told) > 3
            assert not [each for each in told if visit.secret in each]


class TestOwner:
    def test_reads_chooses_asks_and_accepts(self, browser: Browser, visit: Visit) -> None:
        with looking(browser, PHONE) as page:
            page.goto(visit.address("pl"))
            expect(page.locator("h1")).to_have_text("Konto sklep-1001")

            self.chooses(page, visit)
            self.asks(page, visit)
            self.accepts(page, visit)

    def chooses(self, page: Page, visit: Visit) -> None:
        """Keep the warehouse as it is; loading the page again sends nothing again."""
        page.get_by_label("Zachować stan obecny").check()
        page.get_by_role("button", name="Zapisz wybór").click()
        expect(page.locator("#warehouse")).to_contain_text("Zachować stan obecny (obecny wybór)")
        assert page.url == f"{visit.address('pl')}#warehouse"
        events = visit.events
        page.reload()

        expect(page.get_by_role("button", name="Zmień wybór")).to_be_visible()
        assert visit.events == events

    def asks(self, page: Page, visit: Visit) -> None:
        """Ask for orders of two days, after a mistake that the page explains beside the field."""
        page.get_by_label("Zamówienia").check()
        page.get_by_label("Pierwszy dzień").fill("2021-03-10")
        page.get_by_label("Ostatni dzień").fill("2021-03-09")
        page.get_by_role("button", name="Wyślij prośbę").click()
        expect(page.locator("[role=alert]")).to_contain_text("Nic nie zostało wysłane")
        expect(page.locator("#until-fault")).to_have_text("Ostatni dzień jest wcześniejszy niż pierwszy.")
        expect(page).to_have_title(re.compile("^Nie wysłano: Konto sklep-1001"))
        page.get_by_label("Pierwszy dzień").fill("2021-03-08")
        page.get_by_role("button", name="Wyślij prośbę").dblclick()

        expect(page.locator("#backfill")).to_contain_text("Zamówienia: 8 marca 2021 – 9 marca 2021")
        assert [each["kinds"] for each in visit.account.inside["backfills"]] == [["offers"], ["orders"]]

    def accepts(self, page: Page, visit: Visit) -> None:
        """Accept the account."""
        page.get_by_label("Imię i nazwisko").fill("Marta Nowak")
        page.get_by_role("button", name="Potwierdź odbiór konta").click()

        expect(page.locator("#acceptance")).to_contain_text(
            "Odbiór potwierdzono 12 marca 2021, 12:00 UTC+1: Marta Nowak."
        )
        assert visit.account.inside["accepted_by"] == "Marta Nowak"
