"""What a page was asked for stays when a reader goes to another language, or to another moment of the same page."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.client import Site
from tests.api.windows import planned

if TYPE_CHECKING:
    import httpx

HOSTILE = '"><script>alert(1)</script>&lang=pl'


def page_of(site: Site, path: str, **query: str) -> httpx.Response:
    """Read a page that exists, as everybody does."""
    site.tick()
    page = site.reader.get(path, params=query)
    assert page.status_code == 200, page.text
    return page


def links(page: httpx.Response, pattern: str) -> list[tuple[str, dict[str, list[str]]]]:
    """Give path and query of each link that a pattern finds."""
    parts = [urlsplit(unescape(found)) for found in re.findall(pattern, page.text)]
    return [(each.path, parse_qs(each.query)) for each in parts]


def languages_of(page: httpx.Response) -> list[tuple[str, dict[str, list[str]]]]:
    return links(page, r'<a href="([^"]*)" lang="es" hreflang="es"')


@pytest.fixture(name="labels", autouse=True)
def _labels(site: Site) -> None:
    site.component("labels", name={"en": "Labels", "es": "Etiquetas"})


class TestLanguages:
    def test_of_a_page_of_the_past_lead_to_the_same_moment(self, site: Site) -> None:
        page = page_of(site, "/en/components/labels", as_of="2025-03-04T08:00:00Z")

        assert languages_of(page) == [("/es/components/labels", {"as_of": ["2025-03-04T08:00:00Z"]})]

    def test_keep_what_the_page_was_asked_for(self, site: Site) -> None:
        page = page_of(site, "/en/history", month="2025-01", component="labels", as_of="2025-03-04T08:00:00Z")

        asked = {"month": ["2025-01"], "component": ["labels"], "as_of": ["2025-03-04T08:00:00Z"]}
        assert languages_of(page) == [("/es/history", asked)]

    def test_are_the_alternates_for_search_engines_too(self, site: Site) -> None:
        page = page_of(site, "/en/history", month="2025-01")

        alternates = links(page, r'<link rel="alternate" hreflang="es" href="([^"]*)"')
        assert alternates == [("/es/history", {"month": ["2025-01"]})] == languages_of(page)

    def test_drop_what_the_page_does_not_know_or_was_left_empty(self, site: Site) -> None:
        page = page_of(site, "/en/history", month="2025-01", component="", utm_source="mail", audience="sellers")

        assert languages_of(page) == [("/es/history", {"month": ["2025-01"]})]
        assert "utm_source" not in page.text

    def test_escape_what_they_keep_and_bound_its_length(self, site: Site) -> None:
        window = planned(site)
        site.tick()
        page = site.reader.get(
            f"/en/maintenance/{window.id}", params={"audience": HOSTILE, "zone": HOSTILE + "x" * 1000}
        )

        ((path, query),) = languages_of(page)
        assert path.startswith("/es/maintenance/")
        assert query == {"audience": [HOSTILE], "zone": [(HOSTILE + "x" * 1000)[:255]]}
        assert "<script>alert" not in page.text


def test_other_moments_of_a_page_keep_what_it_was_asked_for(site: Site) -> None:
    site.set_clock("09:00")
    site.incident({"labels": "major_outage"}, title="No labels")
    site.set_clock("10:00")

    page = page_of(site, "/en/history", component="labels", as_of="2025-03-04T08:30:00Z")

    assert links(page, r'<a href="([^"]*)">See it as it is now') == [("/en/history", {"component": ["labels"]})]
    ((_, after),) = links(page, r'<a rel="nofollow" href="([^"]*)">See the page after this change')
    assert after["component"] == ["labels"]
    form = page.text.partition('<details id="past-time"')[2].partition("</form>")[0]
    assert '<input type="hidden" name="component" value="labels">' in form
