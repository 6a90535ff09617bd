"""Pages of the past, and those that a query asked for, in memory: as long as they hold, and within their bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.http.page_cache import Rendered, rendered
from api.site.kernel.asked_pages import OVERHEAD, AskedPages
from tests.api.client import at

if TYPE_CHECKING:
    from tests.api.client import Site

STAND = ("one building", 7)
NOON = at("12:00")


def page(length: int = 1) -> Rendered:
    """Render a page of so many bytes."""
    return rendered(b"x" * length, "text/plain", compress=False)


class TestAPage:
    def test_is_found_as_long_as_nothing_has_changed(self) -> None:
        pages, kept = AskedPages(), page()
        pages.keep("asked", kept, STAND, None)

        assert pages.find("asked", STAND, NOON) is kept
        assert pages.find("other", STAND, NOON) is None
        assert pages.find("asked", ("one building", 8), NOON) is None
        assert (len(pages), pages.size) == (0, 0)

    def test_is_forgotten_when_its_time_is_over(self) -> None:
        pages, kept = AskedPages(), page()
        pages.keep("asked", kept, STAND, at("12:01"))

        assert pages.find("asked", STAND, at("12:00:59")) is kept
        assert pages.find("asked", STAND, at("12:01")) is None

    def test_is_neither_kept_nor_found_while_nobody_knows_whether_the_views_are_current(self) -> None:
        pages = AskedPages()
        pages.keep("asked", page(), None, None)
        assert len(pages) == 0

        pages.keep("asked", page(), STAND, None)
        assert pages.find("asked", None, NOON) is None


class TestPages:
    def test_that_were_not_asked_for_longest_go_first(self) -> None:
        pages = AskedPages(3 * (OVERHEAD + 101))
        for name in "abc":
            pages.keep(name, page(100), STAND, None)
        pages.find("a", STAND, NOON)
        pages.keep("d", page(100), STAND, None)

        assert [name for name in "abcd" if pages.find(name, STAND, NOON)] == ["a", "c", "d"]
        assert pages.size == 3 * (OVERHEAD + 101)

    def test_that_are_larger_than_all_may_be_are_not_kept(self) -> None:
        pages = AskedPages(OVERHEAD + 50)
        pages.keep("small", page(10), STAND, None)
        pages.keep("large", page(100), STAND, None)

        assert pages.find("small", STAND, NOON) is not None

    def test_that_are_kept_again_count_once(self) -> None:
        pages = AskedPages()
        for length in (10, 20):
            pages.keep("asked", page(length), STAND, None)

        assert pages.size == OVERHEAD + len("asked") + 20


class TestASite:
    @pytest.mark.parametrize("query", ["as_of=2025-03-03T08:30:00Z", "as_of=0", "month=2025-03"])
    def test_renders_what_is_asked_for_again_once(
        self, site: Site, query: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path, pages = "/en/history?" + query, site.app.state.site
        first = site.reader.get(path)
        monkeypatch.setattr(pages, "render", None)

        assert site.reader.get(path).content == first.content
        assert len(pages.asked) == 1

    def test_renders_it_anew_after_a_change(self, site: Site) -> None:
        site.component("labels")
        site.incident({"labels": "major_outage"})
        site.tick()
        path = "/en/history?month=2025-03"
        before = site.reader.get(path).text

        site.incident({"labels": "partial_outage"}, title="Labels are late")
        site.tick()

        assert "Labels are late" not in before
        assert "Labels are late" in site.reader.get(path).text
