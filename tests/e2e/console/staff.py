"""People who use the console in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.api.client import Caller, Site
from tests.api.console.visitor import signed_in
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
        """Open an empty window of somebody who has signed in with their token.

        To sign in within the window takes as long as three screens; that it works is seen where signing in is tested.
        """
        cookies = signed_in(self.site, caller).cookies
        with looking(browser, setting) as page:
            page.context.add_cookies(
                [
                    {"name": name, "value": value, "url": self.root, "httpOnly": True, "sameSite": "Lax"}
                    for name, value in cookies.items()
                ]
            )
            yield page
