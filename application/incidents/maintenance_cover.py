"""Which problems wait for the end of a maintenance window before they have to persist."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from application.caller import by_policy
from domain.incidents import Cover, Incident
from domain.maintenance import MaintenanceWindow

if TYPE_CHECKING:
    from application.incidents.commands import Incidents
    from application.log import Log

COVERING = by_policy("cover")
NEVER = datetime.max.replace(tzinfo=UTC)


def is_covered(log: Log, incident: Incident, component: str, at: datetime) -> bool:
    """Tell whether a firing waits as long as its problem does: on a component that a window covers, or if none does."""
    return incident.signals.cover is None or bool(_windows_over(log, component, incident.signals.began_if_fired(at)))


def take_cover(log: Log, incident: Incident, *, incidents: Incidents, occurred_at: datetime, causation: int) -> None:
    """Let a problem that has just begun inside a window that covers its component count from the end of that."""
    began = incident.persists_from
    if began is None or began != incident.counted_from(occurred_at):
        return
    window = _covering(log, incident, began)
    if window is not None:
        _cover(log, incident, window, incidents=incidents, occurred_at=occurred_at, causation=causation)


def tell_covered(
    log: Log,
    window: MaintenanceWindow,
    *,
    incidents: Incidents,
    occurred_at: datetime,
    causation: int,
    looks_back: bool,
) -> None:
    """Let the problems that a window covers know when it ends.

    With ``looks_back`` those too that began after it, but before its start was told of.
    """
    if not window.plan.covers:
        return
    covered = dict.fromkeys(log.find_ids(f"covered-by:{window.id}", limit=None))
    found = dict(covered)
    if looks_back:
        for key in window.plan.covers:
            found |= dict.fromkeys((*log.find_ids(f"open:{key}"), *log.find_ids(f"resolved:{key}")))
    for id in found:
        incident = log.load(Incident, id)
        began = incident.persists_from
        best = None if began is None else _covering(log, incident, began)
        if best is None and id in covered:
            best = window
        if best is not None:
            _cover(log, incident, best, incidents=incidents, occurred_at=occurred_at, causation=causation)
            incidents.save(log, incident)


def _covering(log: Log, incident: Incident, began: datetime) -> MaintenanceWindow | None:
    """Give the window for whose end a problem waits that is covered wherever it is seen.

    On each component that is the one that ends last, and of all components the one that ends first.
    """
    over = [_windows_over(log, component, began) for component in incident.persists_on]
    if not over or not all(over):
        return None
    return min((max(windows, key=_end) for windows in over), key=_end)


def _windows_over(log: Log, component: str, moment: datetime) -> list[MaintenanceWindow]:
    found = []
    # They come by their ends, the last one first.
    for id in log.find_ids(f"covers:{component}"):
        window = log.load(MaintenanceWindow, id)
        if window.ended_at is not None and window.ended_at <= moment:
            break
        if window.covers(component, moment):
            found.append(window)
    return found


def _end(window: MaintenanceWindow) -> datetime:
    return window.ends_for_signals or NEVER


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
