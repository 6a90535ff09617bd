"""What is the matter right now, as badges, frames and banners on pages of others say it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from api.site.incidents import lapses_at
from api.site.windows import changes_at
from application.incidents.documents import PublicIncidentDocument
from application.maintenance.documents import PublicWindowDocument
from application.maintenance.projection import WindowStage
from application.status.documents import Board

if TYPE_CHECKING:
    from api.site.kernel.reading import PageRead

MOST_ACTIVE = 20


class PresentState(TypedDict):
    """The board, the incidents that go on, and the windows that are in progress."""

    board: Board
    incidents: list[PublicIncidentDocument]
    active: list[PublicWindowDocument]


async def read_state(read: PageRead) -> tuple[PresentState, datetime | None]:
    """Read it, and when it changes by itself."""
    board, until = await read.board()
    incidents = await read.open_incidents()
    active = await read.windows(WindowStage.ACTIVE, MOST_ACTIVE)
    moments = [until, changes_at(active, read.now), *(lapses_at(each, read.now) for each in incidents)]
    return (
        {"board": board, "incidents": incidents, "active": active},
        min(filter(None, moments), default=None),
    )
