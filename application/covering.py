"""Which problems wait for the end of a maintenance window before they have to persist."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from application.caller import by_policy
from domain.incident import Cover, Incident
from domain.maintenance import MaintenanceWindow

if TYPE_CHECKING:
    from application.incidents import Incidents
    from application.log import Log

COVERING = by_policy("cover")
NEVER = datetime.max.replace(tzinfo=UTC)


def take_cover(
    log: Log, incident: Incident, component: str, *, incidents: Incidents, occurred_at: datetime, causation: int
) -> None:
    """Let a problem that began inside a window that covers its component count from the end of that window."""
    began = incident.persists_from
    window = _covering(log, component, began) if began is not None else None
    if window is not None:
        _cover(log, incident, window, incidents=incidents, occurred_at=occurred_at, causation=causation)


def tell_covered(
    log: Log, window: MaintenanceWindow, *, incidents: Incidents, occurred_at: datetime, causation: int
) -> None:
    """Let the problems that a window covers know when it ends now."""
    if not window.plan.covers or window.started_at is None:
        return
    for id in log.all_named(f"covered-by:{window.id}"):
        incident = log.load(Incident, id)
        _cover(log, incident, window, incidents=incidents, occurred_at=occurred_at, causation=causation)
        incidents.save(log, incident)


def _covering(log: Log, component: str, began: datetime) -> MaintenanceWindow | None:
    windows = [log.load(MaintenanceWindow, id) for id in log.named(f"covers:{component}")]
    inside = [window for window in windows if window.covers(component, began)]
    return max(inside, key=lambda window: window.ends_for_signals or NEVER, default=None)


def _cover(
    log: Log,
    incident: Incident,
    window: MaintenanceWindow,
    *,
    incidents: Incidents,
    occurred_at: datetime,
    causation: int,
) -> None:
    incident.take_cover(
        cover=Cover(window=window.id, until=window.ends_for_signals),
        policy=incidents.policy,
        provenance=COVERING.says(log, occurred_at=occurred_at, causation=causation),
    )
