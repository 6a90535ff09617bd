"""The public pages that are kept in memory, as they are read: the board, and availability."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from api.http.answers import whole
from api.http.page_cache import Editions
from application.panels.availability import read_availability
from application.panels.projection import AVAILABILITY
from application.status.board import PUBLIC, Side, board
from application.status.documents import Board
from application.status.projection import BOARD

if TYPE_CHECKING:
    from application.facade import Service


def board_editions(service: Service) -> Editions:
    """Keep the public board in memory."""
    return Editions(service, BOARD.name, lambda position, now: read_board(service, position, None, now, PUBLIC), Board)


def availability_editions(service: Service) -> Editions:
    """Keep in memory what works on which panel."""

    async def read(position: int, _now: datetime) -> tuple[Mapping[str, object], datetime | None]:
        panels = await service.reads.run(lambda: read_availability(service.panel_map, position, None))
        return whole(panels), None

    return Editions(service, AVAILABILITY.name, read)


async def read_board(
    service: Service, position: int, at: datetime | None, now: datetime, side: Side
) -> tuple[Board, datetime | None]:
    """Read the board at a position, and say when it will change by itself."""

    def read() -> tuple[Board, datetime | None]:
        components, causes = service.board.read(position, at, now=now)
        begins = [row.vouched_from for row in components if row.vouched_from and row.vouched_from > now]
        return board(components, causes, side=side, at=at, now=now), min(begins, default=None)

    return await service.reads.run(read)
