"""The pages in a real browser: the site on a socket, Chromium, and what each page is held to."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import uvicorn
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import sync_playwright

from tests.api.client import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LANGUAGES, WIDTHS, THEMES = ("en", "es", "pl", "pt"), (320, 390, 1280), ("light", "dark")
HEIGHT = 900
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Of what is right, axe would describe every element, which takes a quarter of its time.
    "resultTypes": ["violations"],
}
"""What pages are held to: WCAG 2.2 AA, and what axe calls best practice."""
VIOLATIONS = """async (options) => (await axe.run(options)).violations
  .map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 200)}`)"""
"""Gives what axe finds; to hand over the rest of its report takes a tenth of its time."""
REFUSED = re.compile(r"status of 4\d\d")
"""How the browser takes down the status of what was refused."""


@dataclass(frozen=True)
class Setting:
    """How a page is looked at."""

    language: str
    width: int
    theme: str


# The last two save a sixth of its processor time: what is done ahead, beside the page, is not needed.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--in-process-gpu", "--js-flags=--single-threaded"]

ALL = tuple(Setting(*each) for each in product(LANGUAGES, WIDTHS, THEMES))
PAIRS = tuple(
    Setting(language, width, THEMES[(place + other) % 2])
    for place, language in enumerate(LANGUAGES)
    for other, width in enumerate(WIDTHS)
)
"""Settings in which each language, width and theme meets each of the others."""


@contextmanager
def opened_browser(program: str) -> Iterator[Browser]:
    """Open a Chromium without a window.

    While it is open, a loop runs in this thread, in which no other test could run one of its own.
    """
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        opened.close()


@contextmanager
def served(site: Site, port: int = 0) -> Iterator[str]:
    """Serve a site that is open on a socket, of a port if one is named, and give its address."""
    listener = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(site.app, log_config=None, lifespan="off", ws="none"))
    serving = site.start(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        serving.result(20)
        listener.close()


@contextmanager
def looking(browser: Browser, setting: Setting, *, scripts: bool = True) -> Iterator[Page]:
    """Open an empty page in a setting; what goes wrong in it fails the test."""
    context = browser.new_context(
        viewport={"width": setting.width, "height": HEIGHT},
        color_scheme="dark" if setting.theme == "dark" else "light",
        locale=setting.language,
        reduced_motion="reduce",
        java_script_enabled=scripts,
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(f"{page.url}: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    try:
        yield page
        # A page that is not there says so with its status, which the browser takes for an error.
        assert [each for each in wrong if not REFUSED.search(each)] == []
    finally:
        context.close()


def put_into(page: Page, setting: Setting) -> None:
    """Look at an open page in another width and theme; its language stays."""
    page.set_viewport_size({"width": setting.width, "height": HEIGHT})
    page.emulate_media(color_scheme="dark" if setting.theme == "dark" else "light")


def faults_in(page: Page, settings: Iterable[Setting]) -> list[tuple[Setting, str]]:
    """Say what is wrong with an open page in each of some settings; to load it for each takes three times as long."""
    found = []
    for setting in settings:
        put_into(page, setting)
        found += [(setting, fault) for fault in faults(page)]
    return found


def faults(page: Page) -> list[str]:
    """Say what is wrong with a page: of accessibility, of its width, of its structure."""
    if not page.evaluate("typeof window.axe?.run === 'function'"):
        page.evaluate(f"{AXE_SCRIPT};0")
    said: list[str] = page.evaluate(VIOLATIONS, RULES)
    if sideways(page) > 0:
        said.append(f"it can be scrolled sideways by {sideways(page)} px")
    small = page.evaluate(SMALL_TARGETS)
    if small:
        said.append(f"targets are too small: {small}")
    return said


def sideways(page: Page) -> int:
    """Give by how many pixels a page can be scrolled sideways."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


SMALL_TARGETS = """() => [...document.querySelectorAll("nav a, h3 a, button, input, select, summary")]
  .map((each) => (["radio", "checkbox"].includes(each.type) && each.closest("label")) || each)
  .filter((each) => each.offsetParent && !each.closest(".skip") && each.getBoundingClientRect().height < 43.5)
  .map((each) => each.outerHTML.slice(0, 120))"""
"""Gives what is to be touched and is lower than 44 px, as the contract of the pages has it."""
