"""Each page can be read by everybody, on every device: no findings of axe, and nothing that scrolls sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.api.client import Site
from tests.e2e.site.browser import PAIRS, Setting, faults, looking
from tests.e2e.site.pages import PAGES, address_of, filled


@pytest.mark.parametrize(
    ("name", "setting"), [(name, PAIRS[place % len(PAIRS)]) for place, name in enumerate(PAGES)], ids=str
)
def test_a_page_has_no_faults(browser: Browser, demo_site: Site, demo: str, name: str, setting: Setting) -> None:
    with looking(browser, setting) as page:
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
