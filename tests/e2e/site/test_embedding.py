"""The banner and the frame on a page of another site, whose policy is strict: what a reader and his browser notice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.api.client import Site, made
from tests.e2e.site.browser import Setting, faults, looking, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOST = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><script src="{ours}/embed.js" {more} async></script>
</head><body><main><h1>Shop</h1><p>Buy something.</p>{body}</main></body></html>"""
FRAME = '<iframe src="{ours}/embed?lang=es" title="Status" width="300" height="260"></iframe>'
POLICY = (
    "default-src 'none'; script-src {ours}; connect-src {ours}; frame-src {ours};"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
"""No style may be within the page, and no text may become a script."""


class Shop:
    """A page of another origin, which has the banner."""

    def __init__(self, ours: str) -> None:
        self.ours = ours
        self.language, self.more, self.body = "es-MX", "", ""

    def answer(self) -> tuple[bytes, str]:
        """Give the page, and its policy."""
        body = self.body.format(ours=self.ours)
        page = HOST.format(ours=self.ours, language=self.language, more=self.more, body=body)
        return page.encode(), POLICY.format(ours=self.ours)


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, shop: Shop, *arguments: object) -> None:
        self._shop = shop
        super().__init__(*arguments)  # type: ignore[arg-type]  # what the server hands on

    def do_GET(self) -> None:
        """Answer with the page."""
        body, policy = self._shop.answer()
        self.send_response(200 if self.path == "/" else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body if self.path == "/" else b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(name="our_site")
def _our_site(sqlite_url: str) -> Iterator[Site]:
    with Site(sqlite_url, site_name="Acme") as site:
        site.component("labels", name={"en": "Labels", "es": "Etiquetas"})
        yield site


@pytest.fixture(name="shop")
def _shop(our_site: Site) -> Iterator[tuple[Shop, str]]:
    with served(our_site) as ours:
        shop = Shop(ours)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, shop))
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield shop, f"http://localhost:{server.server_address[1]}/"
        finally:
            server.shutdown()
            server.server_close()


def asked(page: Page, address: str) -> list[str]:
    """Open a page, and give the paths that were asked of us."""
    found: list[str] = []
    host = urlsplit(address).netloc
    page.on("request", lambda each: None if urlsplit(each.url).netloc == host else found.append(each.url))
    page.goto(address, wait_until="networkidle")
    return [f"{parts.path}?{parts.query}" if parts.query else parts.path for parts in map(urlsplit, found)]


def test_a_banner_is_silent_while_all_is_well(browser: Browser, shop: tuple[Shop, str], our_site: Site) -> None:
    our_site.tick()
    with looking(browser, Setting("en", 390, "light")) as page:
        assert asked(page, shop[1]) == ["/embed.js", "/embed.json?lang=es-MX"]

        assert page.locator("aside").count() == 0
        assert page.locator("body > *").count() == 1


@pytest.mark.parametrize("setting", [Setting("en", 320, "dark"), Setting("en", 1280, "light")], ids=str)
def test_a_banner_says_what_is_the_matter_until_it_is_closed(
    browser: Browser, shop: tuple[Shop, str], our_site: Site, setting: Setting
) -> None:
    made(our_site.update(our_site.incident({"labels": "major_outage"})["id"], "identified"))
    our_site.tick()
    with looking(browser, setting) as page:
        assert asked(page, shop[1]) == ["/embed.js", "/embed.json?lang=es-MX"]

        banner = page.get_by_role("status")
        assert banner.get_by_role("link").inner_text() == "No funciona: Etiquetas"
        assert banner.get_by_role("link").get_attribute("href") == f"{our_site.bitacora.settings.site.url}/es/"
        assert page.get_by_role("complementary", name="Acme").get_attribute("lang") == "es"
        assert faults(page) == []
        box = page.locator("aside").bounding_box()
        assert box is not None
        # It has its style, though the page allows none within it.
        assert box["x"] + box["width"] > setting.width - 40
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0

        banner.get_by_role("button", name="Cerrar este aviso").click()

        assert page.locator("aside").count() == 0


def test_a_banner_can_be_closed_however_much_it_says(browser: Browser, shop: tuple[Shop, str], our_site: Site) -> None:
    incident = our_site.incident({"labels": "major_outage"}, title="It broke. " * 2_000)
    made(our_site.update(incident["id"], "monitoring", components={"labels": "operational"}))
    our_site.tick()
    with looking(browser, Setting("en", 390, "light")) as page:
        asked(page, shop[1])
        banner = page.locator("aside div").bounding_box()

        assert banner is not None
        assert banner["y"] > 0
        assert banner["height"] < 300
        page.locator("aside button").click(timeout=2_000)
        assert page.locator("aside").count() == 0


def test_a_banner_is_in_the_language_that_its_page_says(
    browser: Browser, shop: tuple[Shop, str], our_site: Site
) -> None:
    our_site.incident({"labels": "major_outage"})
    our_site.tick()
    shop[0].more = 'data-lang="pl"'
    with looking(browser, Setting("en", 390, "light")) as page:
        assert asked(page, shop[1])[1:] == ["/embed.json?lang=pl"]

        assert page.get_by_role("status").get_by_role("link").inner_text() == "Nie działa: Labels"


def test_a_frame_shows_the_state_within_the_page(browser: Browser, shop: tuple[Shop, str], our_site: Site) -> None:
    our_site.incident({"labels": "partial_outage"}, title={"en": "It broke", "es": "Se rompió"})
    our_site.tick()
    shop[0].body = FRAME
    with looking(browser, Setting("en", 390, "dark")) as page:
        page.goto(shop[1], wait_until="networkidle")

        frame = page.frame_locator("iframe")
        assert frame.get_by_role("heading").inner_text() == "Funciona solo en parte: Etiquetas"
        assert frame.get_by_role("link", name="Se rompió").get_attribute("target") == "_blank"
        assert page.context.cookies() == []


@pytest.mark.parametrize("setting", [Setting("es", 320, "light"), Setting("pl", 1280, "dark")], ids=str)
def test_the_page_for_a_frame_has_no_faults(
    browser: Browser, shop: tuple[Shop, str], our_site: Site, setting: Setting
) -> None:
    our_site.incident({"labels": "partial_outage"})
    our_site.tick()
    with looking(browser, setting) as page:
        page.goto(f"{shop[0].ours}/embed?lang={setting.language}")

        assert faults(page) == []
