"""People who use the console in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.api.client import Caller, Site
from tests.e2e.site.browser import Setting, looking

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SETTINGS = (Setting("en", 390, "light"), Setting("en", 1280, "dark"), Setting("en", 390, "dark"))
"""How screens are looked at."""


@dataclass(frozen=True)
class Console:
    """A console that is served, and where."""

    site: Site
    root: str

    @contextmanager
    def opened(self, browser: Browser, caller: Caller, setting: Setting = SETTINGS[1]) -> Iterator[Page]:
        """Open a window of somebody who has signed in with their token."""
        with looking(browser, setting) as page:
            page.goto(f"{self.root}/console/sign-in")
            page.get_by_label("Token").fill(caller.token or "")
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url(f"{self.root}/console")
            yield page
