"""Which problems wait for the end of a maintenance window before they have to persist."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from application.caller import by_policy
from domain.incident import Cover, Incident
from domain.maintenance import MaintenanceWindow, WindowState

if TYPE_CHECKING:
    from application.incidents import Incidents
    from application.log import Log

COVERING = by_policy("cover")
NEVER = datetime.max.replace(tzinfo=UTC)


def take_cover(log: Log, incident: Incident, *, incidents: Incidents, occurred_at: datetime, causation: int) -> None:
    """Let a problem that began inside a window that covers its components count from the end of that window."""
    window = _covering(log, incident)
    if window is not None:
        _cover(log, incident, window, incidents=incidents, occurred_at=occurred_at, causation=causation)


def tell_covered(
    log: Log, window: MaintenanceWindow, *, incidents: Incidents, occurred_at: datetime, causation: int
) -> None:
    """Let the problems that a window covers, or now turns out to, know when it ends."""
    if not window.plan.covers or window.started_at is None:
        return
    found = dict.fromkeys(log.all_named(f"covered-by:{window.id}"))
    if window.state is WindowState.IN_PROGRESS:
        # What fired before the start was told of is covered, too.
        for key in window.plan.covers:
            found |= dict.fromkeys((*log.named(f"open:{key}"), *log.named(f"resolved:{key}")))
    for id in found:
        incident = log.load(Incident, id)
        best = _covering(log, incident) or (window if incident.is_covered_by(window.id) else None)
        if best is not None:
            _cover(log, incident, best, incidents=incidents, occurred_at=occurred_at, causation=causation)
            incidents.save(log, incident)


def _covering(log: Log, incident: Incident) -> MaintenanceWindow | None:
    """Give the window inside which the problem began, the one that ends last if there are several."""
    began = incident.persists_from
    if began is None:
        return None
    inside = {
        id: window
        for component in incident.persists_on
        for id in log.named(f"covers:{component}")
        if (window := log.load(MaintenanceWindow, id)).covers(component, began)
    }
    return max(inside.values(), key=lambda window: window.ends_for_signals or NEVER, default=None)


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
