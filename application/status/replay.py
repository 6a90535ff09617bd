"""The boards of the past, one after the other, each with what changed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from application.audit.queries import EventFilter
from application.status.board import BEGINNING, board

if TYPE_CHECKING:
    from application.audit.documents import EventDocument
    from application.audit.queries import EventQueries
    from application.status.board import Viewer
    from application.status.documents import Board
    from application.status.panel_board import PanelRecord
    from application.status.projection import CauseRow, ComponentRow
    from application.status.queries import BoardQueries


@dataclass(frozen=True, kw_only=True)
class BoardStep:
    """A change of the board from ``before`` to ``board``, at the moment ``at``.

    ``position`` is that of the last event then. It is the ``event`` that changed the board, or none: the day may have
    come from which a component is vouched for.
    """

    at: datetime
    position: int
    event: EventDocument | None
    before: Board
    board: Board


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """What the board is folded from, as it is known at a position."""

    position: int
    components: Sequence[ComponentRow] = ()
    causes: Sequence[CauseRow] = ()
    panels: Sequence[PanelRecord] = ()


class BoardReplay:
    """Steps through the boards of one side (public or private) in their order."""

    def __init__(self, boards: BoardQueries, events: EventQueries, side: Viewer) -> None:
        """Begin before the first event.

        ``boards`` are read at positions that they have come to, ``events`` name what has changed them.
        """
        self._boards = boards
        self._events = events
        self._side = side
        self._rows = _Rows(position=0)
        self._seen_at = BEGINNING
        self.board = self._at(BEGINNING)

    def go_to(self, position: int, at: datetime) -> None:
        """Go on to the board at a position, as it was shown at the moment ``at``, without a step."""
        self._rows, self._seen_at = self._read(position, at), at
        self.board = self._at(at)

    def steps(self, positions: Sequence[int]) -> Iterator[BoardStep]:
        """Give the steps up to the last of some positions, rising, at which something on the board may have changed."""
        times = self._events.times(positions)
        for position in positions:
            at = times[position].recorded_at
            yield from self._by_the_calendar(at)
            # What changes by the calendar between two events has changed before the second one.
            before = self._at(at)
            self.go_to(position, at)
            if self.board != before:
                (event,) = self._events.page(EventFilter(), position - 1, 1)
                yield BoardStep(at=at, position=position, event=event, before=before, board=self.board)

    def end(self, position: int, at: datetime) -> Iterator[BoardStep]:
        """Give the steps that follow until the moment ``at``, when the log ended at ``position``."""
        yield from self._by_the_calendar(at)
        self.go_to(position, at)

    def _by_the_calendar(self, until: datetime) -> Iterator[BoardStep]:
        begins = {row.vouched_from for row in self._rows.components if row.vouched_from}
        for moment in sorted(each for each in begins if self._seen_at < each <= until):
            before, self.board = self.board, self._at(moment)
            self._seen_at = moment
            if self.board != before:
                yield BoardStep(at=moment, position=self._rows.position, event=None, before=before, board=self.board)

    def _read(self, position: int, at: datetime) -> _Rows:
        components, causes, panels = self._boards.read(position, None, now=at)
        return _Rows(position=position, components=components, causes=causes, panels=panels)

    def _at(self, moment: datetime) -> Board:
        rows = self._rows
        return board(rows.components, rows.causes, rows.panels, side=self._side, at=None, now=moment)
