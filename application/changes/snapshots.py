"""What readers see of each thing, as far as a change of it is told: a small document that nothing private moves."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

from typing_extensions import TypedDict

from application.contacts import contact_document
from application.document import instant
from application.ids import written
from application.ledger.reconciliation_documents import public_reconciliation
from application.maintenance.plan_documents import plan_document
from application.memo import Memo
from application.panels.measure_documents import measures
from application.panels.recovery_documents import public_loss
from domain.impact import Impact, worst
from domain.incidents import Standing

if TYPE_CHECKING:
    from domain.components import Component
    from domain.incidents import Incident
    from domain.maintenance import MaintenanceWindow, Plan, Timetable
    from domain.panels.panel import Panel
    from domain.panels.restoration import PanelRestoration, Spell

Statuses = dict[str, str]
"""Component key to the status that the thing says of it now; ``*`` stands for every component."""
ACCESS = ""
"""Stands for access to the panel where the name of a capability stands."""


class ComponentSnapshot(TypedDict):
    """A component; of one that readers do not see, nothing but that."""

    type: Literal["component"]
    shown: bool
    name: dict[str, str]
    vouched_from: str | None
    says: list[str]
    """The statuses that its pins, and its silence, say of it."""


class IncidentSnapshot(TypedDict):
    """A public incident."""

    type: Literal["incident"]
    id: str
    title: dict[str, str]
    state: str
    statuses: Statuses
    spans: dict[str, str]
    """Component key to a digest of the spans of its impact."""
    expected_at: str | None
    updates: int
    postmortem: str | None
    """When it was published."""
    reconciled: bool | None
    contacts: str
    rest: str
    """A digest of the other parts that readers see, but for the contacts."""


class WindowSnapshot(TypedDict):
    """An announced window."""

    type: Literal["maintenance_window"]
    id: str
    title: dict[str, str]
    state: str
    outcome: str | None
    starts_at: str
    ends_at: str
    statuses: Statuses
    planned: Statuses
    expected_at: str | None
    updates: int
    reconciled: bool | None
    rest: str


class PanelSnapshot(TypedDict):
    """A panel; ``hidden`` are the capabilities that readers are not shown."""

    type: Literal["panel"]
    key: str
    name: dict[str, str]
    capabilities: list[str]
    names: dict[str, dict[str, str]]
    hidden: list[str]


class CapabilitySnapshot(TypedDict):
    """What is said of a capability; it ``follows`` if it only follows from a loss or its end."""

    state: str
    expected: str | None
    overdue: bool
    follows: bool
    words: str
    """A digest of its note and its workaround."""


class PromiseSnapshot(TypedDict):
    """A promise of access."""

    number: int
    promised_by: dict[str, str]
    promised_for: str
    missed: bool


class RestorationSnapshot(TypedDict):
    """A restoration."""

    type: Literal["restoration"]
    id: str
    panel: str
    state: str
    losses: int
    promises: list[PromiseSnapshot]
    """The last one of all, and those before it that were missed."""
    capabilities: dict[str, CapabilitySnapshot]
    panel_statuses: Statuses
    """Capability, or ``ACCESS``, to the status that the panel has because of it."""
    statuses: Statuses
    instructions: list[int]
    updates: int
    recovery_points: int
    progress_reports: int
    reconciled: bool | None
    rest: str


Snapshot = ComponentSnapshot | IncidentSnapshot | WindowSnapshot | PanelSnapshot | RestorationSnapshot


def component_snapshot(component: Component, *, shown: bool) -> ComponentSnapshot:
    """Write what is seen of a component, if it is ``shown``."""
    if not shown:
        return {"type": "component", "shown": False, "name": {}, "vouched_from": None, "says": []}
    pins = [str(pin.span.status) for pin in component.pins.values() if pin.span.end is None]
    silence = [str(component.silences[-1].status)] if component.is_silent else []
    return {
        "type": "component",
        "shown": True,
        "name": dict(component.name),
        "vouched_from": instant(component.vouched_from),
        "says": sorted({*pins, *silence}),
    }


def incident_snapshot(incident: Incident) -> IncidentSnapshot:
    """Write what readers see of a public incident."""
    resolved = incident.standing is Standing.RESOLVED
    return {
        "type": "incident",
        "id": written(incident.id),
        "title": dict(incident.title),
        "state": "withdrawn" if incident.standing is Standing.WITHDRAWN else str(incident.progress),
        "statuses": {key: str(status) for key, status in incident.statuses.items()},
        "spans": SPANS(incident.impact),
        "expected_at": instant(incident.public_expected_at) if incident.is_open else None,
        "updates": incident.public_updates,
        "postmortem": instant(incident.postmortem.published_at) if incident.postmortem else None,
        "reconciled": public_reconciliation(incident).get("reconciled"),
        "contacts": digest([contact_document(contact) for contact in incident.contacts]),
        "rest": digest(
            incident.markets,
            instant(incident.started_at),
            instant(incident.ended_at) if resolved else None,
            sorted(incident.times_corrected.items()),
        ),
    }


def window_snapshot(window: MaintenanceWindow) -> WindowSnapshot:
    """Write what readers see of an announced window."""
    return {
        "type": "maintenance_window",
        "id": str(window.id),
        "title": dict(window.plan.title),
        "state": str(window.state),
        "outcome": window.outcome and str(window.outcome),
        "starts_at": instant(window.timetable.starts_at),
        "ends_at": instant(window.timetable.ends_at),
        "statuses": {key: str(status) for key, status in window.statuses.items()},
        "planned": {key: str(status) for key, status in window.plan.components.items()},
        "expected_at": instant(window.public_expected_at) if window.is_under_way else None,
        "updates": window.public_entries,
        "reconciled": public_reconciliation(window).get("reconciled"),
        "rest": digest(PLANS(window.plan), TIMES(window.timetable)),
    }


def panel_snapshot(panel: Panel) -> PanelSnapshot:
    """Write what readers see of a panel, and what they are not shown of it."""
    return {
        "type": "panel",
        "key": panel.key,
        "name": dict(panel.profile.name),
        "capabilities": list(panel.profile.capabilities),
        "names": {key: dict(text) for key, text in panel.profile.capability_names.items()},
        "hidden": sorted(panel.hidden),
    }


def restoration_snapshot(restoration: PanelRestoration) -> RestorationSnapshot:
    """Write what readers see of a restoration, hidden capabilities included."""
    open_spans = {name: str(span.status) for name, span in restoration.panel_effects() if span.end is None}
    access = {ACCESS: "major_outage"} if restoration.is_lost and restoration.completed_at is None else {}
    said = measures(restoration)
    return {
        "type": "restoration",
        "id": str(restoration.id),
        "panel": restoration.panel,
        "state": str(restoration.state),
        "losses": len(restoration.losses),
        "promises": _promises(restoration),
        "capabilities": {name: _capability(spells[-1]) for name, spells in restoration.capabilities.items()},
        "panel_statuses": access | open_spans,
        "statuses": _affected(restoration),
        "instructions": [each.number for each in restoration.instructions],
        "updates": restoration.public_updates,
        "recovery_points": len(restoration.recovery_points),
        "progress_reports": len(restoration.reports),
        "reconciled": public_reconciliation(restoration).get("reconciled"),
        "rest": digest(
            [public_loss(loss) for loss in restoration.losses],
            *(said[name] for name in ("completed_note", "suppressions", "abandoned_backlogs", "contacts", "inventory")),
        ),
    }


def digest(*parts: object) -> str:
    """Give what tells some JSON from any other, in few characters."""
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _spans(impact: Impact) -> dict[str, str]:
    return {
        key: digest([[str(span.status), instant(span.start), instant(span.end)] for span in spans])
        for key, spans in impact.items()
    }


def _plan(plan: Plan) -> str:
    document: dict[str, object] = {**plan_document(plan)}
    return digest({name: part for name, part in document.items() if name not in {"title", "components", "all"}})


def _times(timetable: Timetable) -> str:
    local = [[each.market, each.zone, each.start, each.end] for each in timetable.local_times]
    return digest(timetable.zone, timetable.start, timetable.end, timetable.ambiguous, local)


def _promises(restoration: PanelRestoration) -> list[PromiseSnapshot]:
    return [
        {
            "number": promise.number,
            "promised_by": dict(promise.promised_by),
            "promised_for": promise.promised_for.said,
            "missed": restoration.overdue_since(promise) is not None,
        }
        for promise in restoration.promises
        if promise is restoration.promises[-1] or restoration.overdue_since(promise) is not None
    ]


def _capability(spell: Spell) -> CapabilitySnapshot:
    condition = spell.condition
    return {
        "state": str(condition.state),
        "expected": condition.expected.said if condition.expected else None,
        "overdue": spell.is_overdue,
        "follows": condition.follows,
        "words": WORDS(condition),
    }


def _words(condition: Any) -> str:  # noqa: ANN401 - of a spell
    return digest(dict(condition.note), dict(condition.workaround))


def _affected(restoration: PanelRestoration) -> Statuses:
    found: dict[str, list[Any]] = {}
    for _, component, span in restoration.effects():
        if span.end is None:
            found.setdefault(component, []).append(span.status)
    return {component: str(worst(statuses)) for component, statuses in found.items()}


SPANS, PLANS, TIMES, WORDS = Memo(_spans), Memo(_plan), Memo(_times), Memo(_words)
