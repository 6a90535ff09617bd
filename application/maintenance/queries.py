"""The queries on maintenance windows and series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from application.maintenance.projection import WindowStage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.pieces import Piece


@dataclass(frozen=True, kw_only=True)
class WindowFilter:
    """Which maintenance windows to list; None means any.

    With ``moment`` the ``stage`` is that of then; without, that of now. Upcoming and active ones are listed from the
    first start on, the others from the last one back.
    """

    stage: WindowStage | None = None
    state: str | None = None
    component: str | None = None
    series: UUID | None = None
    public: bool | None = None
    moment: datetime | None = None

    @property
    def rises(self) -> bool:
        """Whether the first start comes first."""
        return self.stage in {WindowStage.UPCOMING, WindowStage.ACTIVE}


class WindowQueries(Protocol):
    """Reads windows with their newest updates, and series, as JSON texts, at a position of the log."""

    def find(self, at: int, id: UUID) -> tuple[str, str | None] | None:
        """Give private and public side of one window; None if there was none at position ``at``."""
        ...

    def page(self, at: int, wanted: WindowFilter, after: str | None, limit: int) -> Piece[tuple[str, str, str | None]]:
        """Give place, private and public side of windows, in the order of the filter, beyond the place ``after``."""
        ...

    def began(
        self, at: int, *, component: str | None, start: datetime, end: datetime, before: str | None, limit: int
    ) -> Sequence[tuple[str, str, str]]:
        """Give place, private and public side of windows that were to begin from ``start`` to ``end``, the last first.

        Of those that are announced and no longer upcoming, ``limit`` at most, of which the place in time is less than
        ``before``.
        """
        ...

    def beginning(self, at: int, moment: datetime, *, component: str | None, later: bool) -> datetime | None:
        """Give when the last of these before a moment was to begin, or with ``later`` the first one from then on."""
        ...

    def updates(
        self, at: int, id: UUID, *, public: bool, after: str | None, limit: int
    ) -> Sequence[tuple[str, str]] | None:
        """Give number and document of ``limit`` updates at most, the oldest first, beyond the number ``after``.

        Of those that readers see, if ``public``, with their numbers among these. None if there was no such window at
        position ``at``, or readers do not see it.
        """
        ...

    def counts(self, at: int) -> Mapping[str, int]:
        """Count the windows of each state."""
        ...

    def find_series(self, at: int, id: UUID) -> str | None:
        """Give one series; None if there was none at position ``at``."""
        ...

    def page_of_series(self, at: int, before: str | None, limit: int) -> Piece[tuple[str, str]]:
        """Give id and document of series, the newest first, of those whose id is less than ``before``."""
        ...
