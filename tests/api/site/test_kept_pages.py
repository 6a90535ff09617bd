"""Pages in memory: read once for everybody who asks, bounded, and forgotten where there is none any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from api.http.page_cache import CachedPages, Rendered, rendered
from api.site.kernel.kept_pages import KeptPages
from application.errors import StoreUnavailable
from domain.errors import NotFound
from tests.api.standing_view import StandingView

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tests.api.client import Site

ASKING = 20


class Pages:
    """Pages of so many bytes that count how often they are read."""

    def __init__(self, site: Site, **bounds: int) -> None:
        self.kept, self.view = KeptPages(**bounds), StandingView()
        self.reads = 0
        self.length = 1
        self.fault: Exception | None = None
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self._facade = site.bitacora.facade

    async def ask(self, path: str = "", language: str | None = None) -> bytes:
        """Ask for a page."""
        rendered, _ = await self.kept.public(path, language, self._make)
        return rendered.body

    def _make(self) -> CachedPages:
        return CachedPages(self._facade, "view", self._read, self._render, visibility=self.view)

    async def _read(self, position: int, _now: datetime) -> tuple[Mapping[str, object], None]:
        self.reads += 1
        await self.goes_on.wait()
        if self.fault is not None:
            raise self.fault
        return {"position": position}, None

    def _render(self, document: Mapping[str, object], _language: str | None) -> Rendered:
        return rendered(str(document["position"]).encode() * self.length, "text/plain", compress=False)


@pytest.fixture(name="pages")
def _pages(site: Site) -> Pages:
    return Pages(site)


async def crowd(pages: Pages) -> list[bytes]:
    """Let many ask for one page while it is read."""
    pages.goes_on.clear()
    asking = [asyncio.ensure_future(pages.ask()) for _ in range(ASKING)]
    # Each of them has come as far as it can.
    for _ in range(ASKING):
        await asyncio.sleep(0)
    pages.goes_on.set()
    return await asyncio.gather(*asking)


class TestCrowd:
    def test_reads_a_page_once_and_again_once_when_it_changed(self, pages: Pages) -> None:
        async def change() -> None:
            assert await crowd(pages) == [b"1"] * ASKING
            assert pages.reads == 1

            pages.view.changes = 2

            assert await crowd(pages) == [b"2"] * ASKING
            assert pages.reads == 2

        asyncio.run(change())

    def test_gets_what_is_kept_if_the_store_is_away_by_then(self, pages: Pages) -> None:
        asyncio.run(pages.ask())
        pages.view.changes, pages.fault = 2, StoreUnavailable("away")

        assert asyncio.run(crowd(pages)) == [b"1"] * ASKING

    def test_loses_nothing_if_one_of_it_leaves(self, pages: Pages) -> None:
        async def leave() -> bytes:
            await pages.ask()
            pages.view.changes = 2
            pages.goes_on.clear()
            leaving = asyncio.ensure_future(pages.ask())
            await asyncio.sleep(0)
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
            pages.fault = StoreUnavailable("away")
            pages.goes_on.set()
            return await pages.ask()

        assert asyncio.run(leave()) == b"1"


class TestForgetting:
    def test_keeps_so_many_bytes_of_those_asked_for_last(self, site: Site) -> None:
        pages = Pages(site, most_bytes=30)
        pages.length = 10

        async def walk() -> None:
            for path in ("a", "b", "c", "a", "d"):
                await pages.ask(path)
            await pages.ask("a")

        asyncio.run(walk())

        # "b" went, and "a" did not.
        assert (len(pages.kept), pages.kept.size, pages.reads) == (3, 30, 4)

    def test_counts_every_language_of_a_page(self, site: Site) -> None:
        pages = Pages(site, most_bytes=30)
        pages.length = 10

        async def walk() -> None:
            await pages.ask("a")
            for language in ("en", "es", "pl", "pt"):
                await pages.ask("b", language)

        asyncio.run(walk())

        # A page alone is kept however large it is.
        assert (len(pages.kept), pages.kept.size) == (1, 40)

    def test_keeps_so_many_pages(self, site: Site) -> None:
        pages = Pages(site, most_pages=2)

        async def walk() -> None:
            for path in ("a", "b", "c", "c", "b"):
                await pages.ask(path)

        asyncio.run(walk())

        assert (len(pages.kept), pages.kept.size, pages.reads) == (2, 2, 3)

    def test_keeps_nothing_of_what_is_not_there_or_no_longer(self, pages: Pages) -> None:
        async def gone() -> None:
            await pages.ask("was there")
            pages.view.changes, pages.fault = 2, NotFound("there is none")
            for path in ("was there", "never there"):
                with pytest.raises(NotFound):
                    await pages.ask(path)
            pages.fault = StoreUnavailable("away")
            with pytest.raises(StoreUnavailable):
                await pages.ask("was there")

        asyncio.run(gone())

        assert (len(pages.kept), pages.kept.size) == (0, 0)
