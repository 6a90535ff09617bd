"""The guards of an incident: what a command may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import NoImpact, UnknownMoment
from domain.impact import Status
from domain.incidents.errors import (
    AlreadyPublished,
    AlreadyResolved,
    Dismissed,
    NotPublished,
    NotResolved,
    NotStableYet,
    Withdrawn,
)
from domain.incidents.state import IncidentState
from domain.incidents.values import Progress, Standing
from domain.instants import written
from domain.ledger.reconciliation import CauseOfRequests

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from domain.policy import Policy
    from domain.provenance import Provenance


class GuardedIncident(IncidentState, CauseOfRequests):
    """An incident that knows what it refuses."""

    def _require_open(self) -> None:
        self._require_not_dismissed()
        if self.standing is Standing.RESOLVED:
            msg = f"incident {self.id} is resolved; reopen it first"
            raise AlreadyResolved(msg)

    def _require_not_dismissed(self) -> None:
        if self.standing is Standing.DISMISSED:
            msg = f"incident {self.id} was dismissed"
            raise Dismissed(msg)
        if self.standing is Standing.WITHDRAWN:
            msg = f"incident {self.id} was withdrawn"
            raise Withdrawn(msg)

    def _require_private(self) -> None:
        self._require_not_dismissed()
        if self.is_public:
            msg = f"incident {self.id} is public already"
            raise AlreadyPublished(msg)

    def _require_public(self) -> None:
        self._require_not_dismissed()
        if not self.is_public:
            msg = f"incident {self.id} is not public"
            raise NotPublished(msg)

    def _require_resolved(self) -> None:
        if self.standing is not Standing.RESOLVED:
            msg = f"incident {self.id} is {self.standing}, not resolved"
            raise NotResolved(msg)

    def _require_timely(self, provenance: Provenance) -> None:
        provenance.require_past()
        self.require_after_start(provenance.occurred_at)

    def require_after_start(self, moment: datetime) -> None:
        """Refuse to say something of a time before the incident.

        Raises:
            UnknownMoment: if ``moment`` lies before its start.
        """
        if self.started_at is not None and moment < self.started_at:
            msg = f"incident {self.id} began at {written(self.started_at)}, after {written(moment)}"
            raise UnknownMoment(msg)

    def _require_stable(self, at: datetime, policy: Policy) -> None:
        if self.progress is not Progress.MONITORING or self.monitoring_since is None:
            raise NotStableYet(self.id, because=f"it is {self.progress}, not in monitoring", possible_after=None)
        if not self.signals.all_clear:
            count = len(self.signals.firing)
            raise NotStableYet(self.id, because=f"{count} signal(s) still fire", possible_after=None)
        since = max(self.monitoring_since, self.signals.last_cleared_at or self.monitoring_since)
        possible_after = since + policy.stable_for
        if at <= possible_after:
            raise NotStableYet(self.id, because="the fix has to hold first", possible_after=possible_after)


def require_impact(components: Mapping[str, Status]) -> None:
    """Refuse a status that no cause can have.

    Raises:
        NoImpact: if a component is said to be ``operational`` or ``unknown`` by a cause.
    """
    for key, status in components.items():
        if not status.is_impact:
            msg = f"component {key} cannot be {status} by an incident"
            raise NoImpact(msg)


def require_sayable(components: Mapping[str, Status]) -> None:
    """Refuse a status that nobody can say of a component; ``operational`` ends an impact.

    Raises:
        NoImpact: if a component is said to be ``unknown``.
    """
    for key, status in components.items():
        if status is Status.UNKNOWN:
            msg = f"component {key} cannot be said to be unknown"
            raise NoImpact(msg)
