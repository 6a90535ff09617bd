"""The public pages that are kept in memory, as they are read: the board, and availability."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from api.http.answers import JSON, dump, whole
from api.http.page_cache import CachedPages, Rendered, Rendering, rendered
from api.http.visibility import in_language
from application.panels.availability import read_availability
from application.panels.documents import AvailabilityPage
from application.panels.projection import PANEL_VIEW
from application.status.board import PUBLIC, Viewer, board
from application.status.documents import Board
from application.status.projection import BOARD_VIEW

if TYPE_CHECKING:
    from application.facade import Facade


def board_pages(facade: Facade) -> CachedPages:
    """Keep the public board in memory."""
    return CachedPages(
        facade,
        BOARD_VIEW.name,
        lambda position, now: read_board(facade, position, None, now, PUBLIC),
        as_json(facade, Board),
    )


def availability_pages(facade: Facade) -> CachedPages:
    """Keep in memory what works on which panel."""

    async def read(position: int, _now: datetime) -> tuple[Mapping[str, object], datetime | None]:
        panels = await facade.reads.run(lambda: read_availability(facade.queries.panels, position, None))
        return whole(panels), None

    return CachedPages(facade, PANEL_VIEW.name, read, as_json(facade, AvailabilityPage))


def as_json(facade: Facade, shape: object) -> Rendering:
    """Render documents of a shape as JSON."""
    default = facade.settings.languages[0]

    def render(document: Mapping[str, object], language: str | None) -> Rendered:
        return rendered(dump(in_language(document, language, default, shape)).encode(), JSON, compress=False)

    return render


async def read_board(
    facade: Facade, position: int, at: datetime | None, now: datetime, side: Viewer
) -> tuple[Board, datetime | None]:
    """Read the board at a position, and say when it will change by itself."""

    def read() -> tuple[Board, datetime | None]:
        components, causes, panels = facade.queries.board.read(position, at, now=now)
        begins = [row.vouched_from for row in components if row.vouched_from and row.vouched_from > now]
        return board(components, causes, panels, side=side, at=at, now=now), min(begins, default=None)

    return await facade.reads.run(read)
