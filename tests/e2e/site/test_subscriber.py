"""A reader who subscribes from a page, confirms from the mailbox, changes what she gets, and leaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.api.subscriptions.mailbox import an_address
from tests.databases import SQLiteFiles
from tests.e2e.site.browser import PAIRS, Setting, faults, looking
from tests.e2e.site.reader import Reader
from tests.e2e.site.subscriber import Mailing, mailing

PHONE = Setting("en", 390, "light")
SETTINGS = (PAIRS[0], PAIRS[4], PAIRS[8], PAIRS[9], PAIRS[11])
"""Each language, each width and each theme."""


@pytest.fixture(scope="module")
def site(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailing]:
    """A site that sends mails."""
    with mailing(sqlite_files.migrated(tmp_path_factory.mktemp("mailing"))) as site:
        yield site


def presses(page: Page, name: str) -> None:
    """Press a button, and wait for what it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


class TestReader:
    def test_subscribes_confirms_changes_and_leaves(self, browser: Browser, site: Mailing) -> None:
        address = an_address()
        with looking(browser, PHONE) as page:
            reader = Reader(page, "en")
            page.goto(site.address("en", "components/labels"))
            self.subscribes(reader, address)
            page.goto(site.link_in_mail(address))
            self.confirms(reader, address)
            self.changes(reader)
            self.leaves(reader)
        (found,) = site.mailed.found(address)
        assert (found["state"], found["ended_because"], found["language"]) == ("ended", "reader", "pl")

    def subscribes(self, reader: Reader, address: str) -> None:
        """She comes from the page of a component, which is chosen already."""
        page = reader.page
        page.get_by_role("navigation", name="Pages").get_by_role("link", name="Get updates").click()
        reader.reads("Get updates by e-mail", "Your e-mail address", "What do you want to hear about?")
        assert page.get_by_label("Shipping labels").is_checked()
        page.get_by_label("Your e-mail address").fill(address)
        page.get_by_label("Together, once a day").check()
        presses(page, "Subscribe")
        reader.reads("Look into your mailbox")

    def confirms(self, reader: Reader, address: str) -> None:
        """She presses the one button of the page."""
        reader.reads("Confirm your subscription", "Press the button, and we send you updates from Acme from now on.")
        presses(reader.page, "Confirm the subscription")
        reader.reads("Your subscription", f"We send updates to {address}.")
        assert reader.page.get_by_label("Together, once a day").is_checked()
        assert not reader.page.get_by_label("Order import").is_checked()

    def changes(self, reader: Reader) -> None:
        """She wants everything, in Polish; first she chooses nothing at all."""
        page = reader.page
        page.get_by_label("Shipping labels").uncheck()
        presses(page, "Save the changes")
        reader.reads("Nothing was saved", "Choose at least one, or choose everything.")
        page.get_by_label("Everything", exact=True).check()
        page.get_by_label("Language of the mails").select_option("pl")
        presses(page, "Save the changes")
        reader.reads("Your changes are saved.")
        assert page.get_by_label("Language of the mails").input_value() == "pl"

    def leaves(self, reader: Reader) -> None:
        """She unsubscribes, and is offered to come back."""
        manage = reader.page.url
        presses(reader.page, "Unsubscribe")
        reader.reads("You have unsubscribed", "You get nothing more from us.", "Subscribe again", "See what works now")
        reader.page.goto(manage)
        reader.reads("This link opens no subscription")


def _forms(site: Mailing, page: Page, language: str) -> Iterator[str]:
    """Walk all pages of a subscription, and give the name of each while it is open."""
    address = an_address()
    page.goto(site.address(language, "subscribe?component=labels"))
    yield "subscribe"
    page.locator("#address").evaluate("each => each.type = 'text'")
    page.locator("#address").fill("nobody")
    page.locator("form[method=post] button").click()
    page.wait_for_load_state()
    yield "subscribe-faults"
    page.goto(site.address(language, "subscribe?asked=yes"))
    yield "subscribe-asked"
    site.mailed.ask(address, language=language)
    link = site.link_in_mail(address)
    page.goto(link)
    yield "confirm"
    page.locator("form button").click()
    page.wait_for_load_state()
    yield "manage"
    manage = page.url
    page.goto(link)
    yield "confirmed"
    page.goto(manage)
    page.locator("#data form button").click()
    page.wait_for_load_state()
    yield "erase"
    page.locator("form button").click()
    page.wait_for_load_state()
    yield "erased"
    page.goto(manage)
    yield "not-open"


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_no_page_has_faults(browser: Browser, site: Mailing, setting: Setting) -> None:
    with looking(browser, setting) as page:
        for name in _forms(site, page, setting.language):
            assert faults(page) == [], name
            assert page.locator("h1").count() == 1, name
            assert page.locator("main").count() == 1, name
