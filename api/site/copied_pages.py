"""Which pages a copy of the site has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.site.board import read_board_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.site.kernel.reading import PageRead
    from api.site.kernel.site import PageReading


async def copied_pages(read: PageRead) -> AsyncIterator[tuple[str, PageReading]]:
    """Give the path of each page, without its language, and what reads it; what is asked most first."""
    yield "", read_board_page
