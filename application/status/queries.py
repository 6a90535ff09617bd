"""The status board, as it can be read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.status.panel_board import PanelRecord
    from application.status.projection import CauseRow, ComponentRow


class BoardQueries(Protocol):
    """Components and panels, and what is the matter with them."""

    def read(
        self, at: int, moment: datetime | None, *, now: datetime | None = None
    ) -> tuple[Sequence[ComponentRow], Sequence[CauseRow], Sequence[PanelRecord]]:
        """Give components, causes and panels, from one and the same building of the view.

        Raises:
            NotYetVisible: if the view is being built anew.
        """
        ...

    def components(self, at: int) -> Sequence[ComponentRow]:
        """Give every component, as known at position ``at``."""
        ...

    def causes(self, at: int, moment: datetime | None, *, now: datetime | None = None) -> Sequence[CauseRow]:
        """Give the causes that are open, or were at ``moment``, and what before them tells since when.

        ``now`` is when the position was the last; a reader that knows it need not look behind what came later.
        """
        ...

    def panels(self, at: int, moment: datetime | None) -> Sequence[PanelRecord]:
        """Give the panels, each with its restoration that began last, or had begun last at ``moment``."""
        ...

    def history(self, at: int, component: str, start: datetime, until: datetime) -> Sequence[CauseRow]:
        """Give the causes of one component that hold at any time from ``start`` to ``until``."""
        ...
