"""Every page in every language, width and theme: readable by everybody, and never wider than the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.site.crawling import crawl, pages_of
from tests.e2e.site.browser import ALL, Setting, faults, looking
from tests.e2e.site.owner_visit import visiting
from tests.e2e.site.pages import PAGES, address_of, filled

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.api.client import Site
    from tests.databases import SQLiteFiles

pytestmark = pytest.mark.long


@pytest.mark.parametrize("setting", ALL, ids=str)
def test_no_page_has_faults(browser: Browser, demo_site: Site, demo: str, setting: Setting) -> None:
    found_by_links = pages_of(crawl(demo_site), setting.language)
    names = tuple(dict.fromkeys((*(filled(demo_site, name) for name in PAGES), *found_by_links)))
    assert len(names) > len(PAGES)

    found = {}
    with looking(browser, setting) as page:
        for name in names:
            page.goto(address_of(demo, setting.language, name))
            found[name] = [*faults(page), *([] if page.locator("h1").count() == 1 else ["it has not one title"])]

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_the_page_of_an_owner_has_none_either(browser: Browser, sqlite_files: SQLiteFiles, tmp_path: Path) -> None:
    with visiting(sqlite_files.migrated(tmp_path)) as visit:
        found = {}
        for setting in ALL:
            with looking(browser, setting) as page:
                page.goto(visit.address(setting.language))
                found[setting] = faults(page)

    assert {setting: wrong for setting, wrong in found.items() if wrong} == {}
