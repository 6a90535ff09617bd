"""Each page can be read by everybody, on every device: no findings of axe, and nothing that scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from tests.api.client import Site
from tests.e2e.site.browser import LANGUAGES, PAIRS, Setting, faults, looking, put_into
from tests.e2e.site.pages import PAGES, address_of, filled


@pytest.fixture(scope="module")
def tabs(browser: Browser) -> Iterator[Mapping[str, Page]]:
    """A tab in each language: to open another one takes as long as to look at two pages."""
    with ExitStack() as open_until_the_end:
        yield {
            language: open_until_the_end.enter_context(looking(browser, Setting(language, 320, "light")))
            for language in LANGUAGES
        }


@pytest.mark.parametrize(
    ("name", "setting"), [(name, PAIRS[place % len(PAIRS)]) for place, name in enumerate(PAGES)], ids=str
)
def test_a_page_has_no_faults(
    tabs: Mapping[str, Page], demo_site: Site, demo: str, name: str, setting: Setting
) -> None:
    page = tabs[setting.language]
    put_into(page, setting)
    page.goto(address_of(demo, setting.language, filled(demo_site, name)))

    assert faults(page) == []
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1


def test_every_language_width_and_theme_meets_each_of_the_others() -> None:
    assert len({(each.language, each.width) for each in PAIRS}) == 12
    assert len({(each.language, each.theme) for each in PAIRS}) == 8
    assert len({(each.width, each.theme) for each in PAIRS}) == 6
    assert len(PAGES) >= len(PAIRS)


def test_a_page_with_faults_is_found(browser: Browser) -> None:
    with looking(browser, PAIRS[0]) as page:
        page.set_content('<body><div style="width:200vw">x</div><img src="data:,"><nav><a href="#">x</a></nav></body>')

        found = " ".join(faults(page))

    assert "image-alt" in found
    assert "scrolled sideways" in found
    assert "too small" in found
