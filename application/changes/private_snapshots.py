"""What operators and auditors see of each thing, as far as a change of it is told to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from application.changes.snapshots import (
    Snapshot,
    Statuses,
    component_snapshot,
    digest,
    incident_snapshot,
    panel_snapshot,
    restoration_snapshot,
    window_snapshot,
)
from application.document import duration, instant, request_policies
from application.panels.recovery_documents import loss_document
from domain.components import Component
from domain.impact import Status, current, worst
from domain.incidents import Incident, Standing
from domain.maintenance import MaintenanceWindow
from domain.panels.panel import Panel
from domain.panels.restoration import PanelRestoration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.aggregate import Aggregate

DISMISSED = "dismissed"


class PrivateSnapshot(TypedDict):
    """A thing as operators and auditors see it."""

    seen: Snapshot
    """As readers would see it if all of it were public, internal notes excepted."""
    public: bool
    components: list[str]
    """Those that an incident has affected, voided spans included."""
    notes: int
    """How many internal notes it has."""
    held: bool
    """Whether its publication is held back."""
    relapse: bool
    """Whether a problem has come back that is not public yet."""
    inside: str
    """A digest of what only operators and auditors see of it, and no other member tells."""


def private_snapshot(aggregate: Aggregate) -> PrivateSnapshot | None:
    """Write what operators and auditors see of a thing; None if it is none whose changes are told."""
    match aggregate:
        case Component():
            return _of_component(aggregate)
        case Incident():
            return _of_incident(aggregate)
        case MaintenanceWindow():
            return _of_window(aggregate)
        case Panel():
            return _snapshot(panel_snapshot(aggregate), digest(sorted(aggregate.hidden)))
        case PanelRestoration():
            return _of_restoration(aggregate)
        case _:
            return None


def _of_component(component: Component) -> PrivateSnapshot:
    pins = sorted([str(id), pin.reason] for id, pin in component.pins.items() if pin.span.end is None)
    return _snapshot(
        component_snapshot(component, shown=component.retired_at is None),
        digest(pins, duration(component.heartbeat), component.is_public),
        public=component.is_public,
    )


def _of_incident(incident: Incident) -> PrivateSnapshot:
    seen = incident_snapshot(incident)
    seen["updates"] = len(incident.timeline) - incident.notes
    seen["expected_at"] = instant(incident.expected_at) if incident.is_open else None
    seen["reconciled"] = incident.reconciled_at is not None
    if incident.standing is Standing.DISMISSED:
        seen["state"] = DISMISSED
    if incident.relapse is not None:
        back = {key: str(status) for key, status in current(incident.relapse.impact).items()}
        seen["statuses"] = _worst_of(seen["statuses"], back)
    return _snapshot(
        seen,
        digest(
            incident.held,
            incident.postmortem_draft and dict(incident.postmortem_draft),
            request_policies(incident.request_policies),
            incident.reconciliation.is_shown,
            incident.corrections,
        ),
        public=incident.is_public,
        components=incident.components,
        notes=incident.notes,
        held=incident.held is not None,
        relapse=incident.relapse is not None,
    )


def _of_window(window: MaintenanceWindow) -> PrivateSnapshot:
    seen = window_snapshot(window)
    seen["updates"] = len(window.timeline) - window.notes
    seen["expected_at"] = instant(window.expected_at) if window.is_under_way else None
    seen["reconciled"] = window.reconciled_at is not None
    return _snapshot(
        seen,
        digest(window.is_held, window.held_because, window.reconciliation.is_shown),
        public=window.is_public,
        notes=window.notes,
    )


def _of_restoration(restoration: PanelRestoration) -> PrivateSnapshot:
    seen = restoration_snapshot(restoration)
    seen["reconciled"] = restoration.reconciled_at is not None
    return _snapshot(
        seen,
        digest(
            [loss_document(loss) for loss in restoration.losses],
            request_policies(restoration.request_policies),
            restoration.reconciliation.is_shown,
        ),
        notes=len(restoration.timeline) - restoration.public_updates,
    )


def _worst_of(some: Statuses, others: Statuses) -> Statuses:
    found = dict(some)
    for key, status in others.items():
        found[key] = str(worst(Status(each) for each in (status, found.get(key)) if each))
    return found


def _snapshot(
    seen: Snapshot,
    inside: str,
    *,
    public: bool = True,
    components: Iterable[str] = (),
    notes: int = 0,
    held: bool = False,
    relapse: bool = False,
) -> PrivateSnapshot:
    return {
        "seen": seen,
        "public": public,
        "components": list(components),
        "notes": notes,
        "held": held,
        "relapse": relapse,
        "inside": inside,
    }
