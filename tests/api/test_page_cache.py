"""The age of a page in memory, while its view comes up with the log after a fault."""

import asyncio
from datetime import datetime

from api.http.answers import JSON, dump
from api.http.page_cache import CachedPages, rendered
from tests.api.client import Site
from tests.api.standing_view import StandingView


class Page:
    """A page of a view, in memory; ``is_busy`` if an event changes the view while it is read."""

    def __init__(self, site: Site) -> None:
        self.view = StandingView()
        self.is_busy = False
        self.kept = CachedPages(
            site.bitacora.facade,
            "board",
            self._read,
            lambda document, _language: rendered(dump(document).encode(), JSON),
            visibility=self.view,
        )

    def age(self, seconds: float) -> int | None:
        """Give its age when its view has one; the clock of a test stands still meanwhile."""
        self.view.seconds = seconds
        return asyncio.run(self.kept.public(None))[1]

    async def _read(self, position: int, _now: datetime) -> tuple[dict[str, object], None]:
        self.view.changes += self.is_busy
        return {"position": position}, None


class TestAge:
    def test_grows_until_the_page_is_current_again(self, site: Site) -> None:
        page = Page(site)

        assert [page.age(seconds) for seconds in (0.2, 3.5, 5.2, 4.1, 6.0, 3.0)] == [None, 3, 5, 5, 6, 6]
        assert [page.age(seconds) for seconds in (0.1, 4.0)] == [None, 4]

    def test_begins_anew_once_the_page_was_current_within_a_second(self, site: Site) -> None:
        page = Page(site)
        page.is_busy = True

        assert [page.age(seconds) for seconds in (0.2, 5.0, 0.5, 4.0)] == [0, 5, 0, 4]
