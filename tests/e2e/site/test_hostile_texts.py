"""Hostile texts in a real browser: no page runs them, makes an element of them, or is wider than the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.client import Site
from tests.api.site.crawling import crawl, pages_of
from tests.api.site.hostile_world import MARK, SETTINGS, fill
from tests.e2e.site.browser import Setting, looking, served, sideways

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.databases import SQLiteFiles

NARROW = Setting("en", 320, "dark")
MADE = f'document.querySelectorAll("{MARK}, [data-{MARK}], [onerror], [onx], [onclick], main img").length'


def test_neither_run_nor_make_elements_nor_widen_a_page(
    browser: Browser, sqlite_files: SQLiteFiles, tmp_path: Path
) -> None:
    with Site(sqlite_files.migrated(tmp_path), **SETTINGS) as site, served(site) as root:
        secret = fill(site)
        paths = [secret, *(f"/{NARROW.language}/{path}" for path in pages_of(crawl(site), NARROW.language))]
        with looking(browser, NARROW) as page:
            page.add_init_script(f"window.{MARK} = () => {{ document.title = 'it ran' }}")
            found = {}
            for path in paths:
                page.goto(f"{root}{path}", wait_until="domcontentloaded")
                found[path] = (sideways(page), page.evaluate(MADE), "it ran" in page.title())

    assert len(found) > 15
    assert {path: wrong for path, wrong in found.items() if any(wrong)} == {}
