"""Incidents, maintenance windows and restorations as causes of held requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import Invalid
from domain.incidents import Incident
from domain.incidents.values import Standing
from domain.ledger.cause import Cause, CauseType, Holding, Void
from domain.maintenance import MaintenanceWindow, WindowState
from domain.panels.restoration import PanelRestoration

if TYPE_CHECKING:
    from datetime import datetime

    from application.log import Log

CauseAggregate = Incident | MaintenanceWindow | PanelRestoration
"""What can hold requests up."""

KINDS: dict[CauseType, type[CauseAggregate]] = {
    CauseType.INCIDENT: Incident,
    CauseType.MAINTENANCE_WINDOW: MaintenanceWindow,
    CauseType.RESTORATION: PanelRestoration,
}
TURNS = (
    Incident.WasResolved,
    Incident.WasDismissed,
    Incident.WasWithdrawn,
    Incident.Reopened,
    MaintenanceWindow.Completed,
    MaintenanceWindow.WasCancelled,
    PanelRestoration.AccessRestored,
    PanelRestoration.AccessLost,
)
"""The events that end a cause, take it back, or resume one that had ended."""
VOID = {Standing.DISMISSED: Void.DISMISSED, Standing.WITHDRAWN: Void.WITHDRAWN}


def find_holding(log: Log, cause: Cause) -> Holding:
    """Find what a request names as its cause.

    Raises:
        Invalid: if there is none.
    """
    return holding_of(load_cause(log, cause))


def load_cause(log: Log, cause: Cause) -> CauseAggregate:
    """Load what a request names as its cause.

    Raises:
        Invalid: if there is none.
    """
    found = log.find(KINDS[cause.type], cause.id)
    if found is None:
        raise Invalid(f"there is no {cause.type} {cause.id}", pointer="/cause")
    return found


def holding_of(aggregate: CauseAggregate) -> Holding:
    """Summarize a cause for its ledger: from when to when it holds requests up, and the policies that apply then."""
    if isinstance(aggregate, Incident):
        return Holding(
            cause=Cause(type=CauseType.INCIDENT, id=aggregate.id),
            began_at=aggregate.started_at,
            ended_at=aggregate.ended_at,
            policies=aggregate.request_policies,
            void=VOID.get(aggregate.standing),
        )
    if isinstance(aggregate, MaintenanceWindow):
        return Holding(
            cause=Cause(type=CauseType.MAINTENANCE_WINDOW, id=aggregate.id),
            began_at=min(filter(None, (aggregate.timetable.starts_at, aggregate.started_at))),
            ended_at=aggregate.ended_at,
            policies=aggregate.plan.request_policies,
            void=Void.CANCELLED if aggregate.state is WindowState.CANCELLED else None,
        )
    return Holding(
        cause=Cause(type=CauseType.RESTORATION, id=aggregate.id),
        began_at=_gap_of(aggregate),
        ended_at=aggregate.ended_at,
        policies=aggregate.request_policies,
    )


def _gap_of(restoration: PanelRestoration) -> datetime | None:
    """Find since when data can be missing; None while no recovery point is known."""
    starts = [gap.start for gap in restoration.gaps]
    return min((*starts, restoration.began_at)) if starts else None
