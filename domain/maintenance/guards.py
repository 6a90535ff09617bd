"""The guards of a maintenance window: what a command may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import AlreadyCompleted, EndsBeforeItBegins, NoImpact, UnknownMoment
from domain.impact import Status
from domain.instants import written
from domain.ledger.reconciliation import CauseOfRequests
from domain.maintenance.errors import AlreadyAnnounced, AlreadyBegun, Cancelled, NotYetBegun
from domain.maintenance.state import WindowInMotion
from domain.maintenance.values import WindowState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from domain.maintenance.values import Timetable
    from domain.provenance import Provenance


class GuardedWindow(WindowInMotion, CauseOfRequests):
    """A window that knows what it refuses."""

    def _require_not_over(self) -> None:
        if self.state is WindowState.COMPLETED:
            msg = f"window {self.id} is completed"
            raise AlreadyCompleted(msg)
        self._require_not_cancelled()

    def _require_not_cancelled(self) -> None:
        if self.state is WindowState.CANCELLED:
            msg = f"window {self.id} was cancelled"
            raise Cancelled(msg)

    def _require_scheduled(self, otherwise: str) -> None:
        self._require_not_over()
        if self.is_under_way:
            msg = f"window {self.id} has begun; {otherwise}"
            raise AlreadyBegun(msg)

    def _require_under_way(self, otherwise: str) -> None:
        self._require_not_over()
        if not self.is_under_way:
            msg = f"window {self.id} has not begun; {otherwise}"
            raise NotYetBegun(msg)

    def _require_unannounced(self) -> None:
        if self.is_public:
            msg = f"window {self.id} is announced already"
            raise AlreadyAnnounced(msg)

    def _require_timely(self, provenance: Provenance) -> None:
        provenance.require_past()
        self._require_after_start(provenance.occurred_at)

    def _require_after_start(self, moment: datetime) -> None:
        if self.started_at is not None and moment < self.started_at:
            msg = f"window {self.id} began at {written(self.started_at)}, after {written(moment)}"
            raise UnknownMoment(msg)


def require_order(timetable: Timetable) -> None:
    """Refuse a window without length.

    Raises:
        EndsBeforeItBegins: if it would end before it begins, or as it begins.
    """
    if timetable.ends_at <= timetable.starts_at:
        start, end = written(timetable.starts_at), written(timetable.ends_at)
        msg = f"a window that begins at {start} cannot end at {end}"
        raise EndsBeforeItBegins(msg)


def require_carried(components: Mapping[str, Status]) -> None:
    """Refuse a status that no window can let a component carry.

    Raises:
        NoImpact: if a component is said to be ``operational`` or ``unknown`` by a plan.
    """
    for key, status in components.items():
        if not status.is_impact:
            msg = f"component {key} cannot be {status} by a maintenance window"
            raise NoImpact(msg)
