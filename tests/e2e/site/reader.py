"""A reader of the site in Chromium, who knows of a page only what can be read and clicked on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.api.page_text import assert_in_order
from tests.e2e.site.browser import Setting, looking

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

LINES = re.compile(r"[\n\t]+")


@dataclass(frozen=True)
class TimeControl:
    """What the control that picks another time is called in a language."""

    summary: str
    field: str
    button: str


CONTROLS = {
    "en": TimeControl("See what this page said at another time", "Day and time (Warsaw)", "Show"),
    "es": TimeControl("Ver qué decía esta página en otro momento", "Día y hora (Varsovia)", "Mostrar"),
    "pl": TimeControl("Zobacz, co ta strona pokazywała w innym czasie", "Dzień i godzina (Warszawa)", "Pokaż"),
    "pt": TimeControl("Ver o que esta página dizia noutro momento", "Dia e hora (Varsóvia)", "Mostrar"),
}


@dataclass(frozen=True)
class Reader:
    """Somebody who reads in one language."""

    page: Page
    language: str

    def arrives(self, root: str) -> None:
        """Open the address of the site, as its name says it."""
        self.page.goto(f"{root}/")

    def follows(self, name: str) -> None:
        """Click the first link of this name."""
        self.opens(self.page.get_by_role("link", name=name, exact=True).first)

    def goes_to(self, moment: str) -> None:
        """See what the page said at a time, by the clocks of the page: ``2021-03-12T12:00``."""
        control = CONTROLS[self.language]
        field = self.page.get_by_label(control.field)
        if not field.is_visible():
            self.page.get_by_text(control.summary).click()
        field.fill(moment)
        self.opens(self.page.locator("footer").get_by_role("button", name=control.button))

    def opens(self, what: Locator) -> None:
        """Click something that opens a page, and wait until it is there."""
        with self.page.expect_navigation():
            what.click()

    def reads(self, *wanted: str) -> None:
        """Hold that these sentences can be seen, each whole, in this order."""
        assert_in_order(self.lines, *wanted)

    @property
    def lines(self) -> list[str]:
        """The lines that can be seen in the main part of the page, from its top to its bottom."""
        text = self.page.locator("main").inner_text()
        return [" ".join(line.split()) for line in LINES.split(text) if line.strip()]


@contextmanager
def a_reader(browser: Browser, root: str, setting: Setting, language: str) -> Iterator[Reader]:
    """Arrive with a browser in one language, and choose that of the reader."""
    with looking(browser, setting) as page:
        reader = Reader(page, language)
        reader.arrives(root)
        yield reader
