"""An incident as a document."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from application.document import IMPACT_SPANS, Document, instant, request_policies
from application.ids import written
from application.ledger.reconciliation_documents import public_reconciliation, reconciliation
from application.memo import Remembered
from domain.impact import Status
from domain.incidents import Progress, Standing, Update

if TYPE_CHECKING:
    from domain.incidents import Incident
    from domain.incidents.values import Postmortem, Relapse

UPDATES = "updates"
"""The member that lists the entries of the timeline: a timeline grows, and must not be written anew with each event."""
FEW = 20
"""How many firing signals and past relapses a document names; an alert must not make it longer with each event."""


def incident_document(incident: Incident) -> Document:
    """Write the private side with its updates: everything but the raw text of its signals."""
    private, _ = incident_sides(incident)
    return private | {UPDATES: [PRIVATE_ENTRIES(entry) for entry in incident.timeline]}


def incident_sides(incident: Incident) -> tuple[Document, Document | None]:
    """Write the private side, and the one that readers see, if they see any, both without the updates."""
    both = _both_sides(incident)
    return _private_side(incident, both), _public_side(incident, both) if incident.is_public else None


def _private_side(incident: Incident, both: Document) -> Document:
    signals = incident.signals
    last = next((entry for entry in reversed(incident.timeline) if not entry.internal), None)
    return {
        "id": written(incident.id),
        "version": incident.version,
        "visibility": "public" if incident.is_public else "private",
        "standing": str(incident.standing),
        **both,
        "origin": "signals" if incident.is_automatic else "person",
        "cause": incident.cause,
        "backfilled": incident.is_backfilled,
        "publication_hold": incident.held,
        "next_due": instant(incident.next_due),
        "signals_firing": [written(signal) for signal in islice(signals.firing, FEW)],
        "signals_firing_count": len(signals.firing),
        "last_cleared_at": instant(signals.last_cleared_at),
        "covered_by": str(signals.cover.window) if signals.cover else None,
        "ended_because": incident.ended_because,
        "expected_at": instant(last.expected_at) if last and incident.is_open else None,
        "relapse": _relapse(incident.relapse) if incident.relapse else None,
        "relapses": RELAPSES(incident.relapses[-1], incident.relapses) if incident.relapses else [],
        "relapses_count": len(incident.relapses),
        "corrections": list(incident.corrections),
        "postmortem_draft": dict(incident.postmortem_draft) if incident.postmortem_draft else None,
        **reconciliation(incident),
        "request_policies": request_policies(incident.request_policies),
    }


def _public_side(incident: Incident, both: Document) -> Document:
    """Write what moves only when readers can see something move."""
    last = next((entry for entry in reversed(incident.timeline) if entry.is_public), None)
    return {
        "id": written(incident.id),
        **both,
        "expected_at": instant(last.expected_at) if last and incident.is_open else None,
        **public_reconciliation(incident),
    }


def _both_sides(incident: Incident) -> Document:
    resolved, statuses = incident.standing is Standing.RESOLVED, incident.statuses
    return {
        "title": dict(incident.title),
        "state": str(_state(incident)),
        "impact": str(incident.level),
        "components": {key: str(statuses.get(key, Status.OPERATIONAL)) for key in incident.components},
        "markets": list(incident.markets),
        "impact_spans": IMPACT_SPANS(incident.impact),
        "started_at": instant(incident.started_at),
        "published_at": instant(incident.published_at),
        "resolved_at": instant(incident.ended_at) if resolved else None,
        "postmortem": _postmortem(incident.postmortem) if incident.postmortem else None,
    }


def _postmortem(postmortem: Postmortem) -> Document:
    return {"body": dict(postmortem.body), "published_at": instant(postmortem.published_at)}


def _state(incident: Incident) -> Progress | Standing:
    ended = incident.standing in {Standing.WITHDRAWN, Standing.DISMISSED}
    return incident.standing if ended else incident.progress


def _entry(entry: Update) -> Document:
    return {
        "state": str(entry.progress),
        "message": dict(entry.message),
        "occurred_at": instant(entry.occurred_at),
        "components": {key: str(status) for key, status in entry.components.items()},
        "expected_at": instant(entry.expected_at),
        "corrected": entry.original is not None,
    }


def _private_entry(entry: Update) -> Document:
    return {
        "number": entry.number,
        **ENTRIES(entry),
        "recorded_at": instant(entry.recorded_at),
        "internal": entry.internal,
        "public": entry.is_public,
        "by_policy": entry.by_policy,
        "original": _private_entry(entry.original) if entry.original else None,
    }


def _relapse(relapse: Relapse) -> Document:
    return {
        "began_at": instant(relapse.began_at),
        "ended_at": instant(relapse.ended_at),
        "ended_because": relapse.because,
        "impact_spans": IMPACT_SPANS(relapse.impact),
    }


def _up_to(_last: Relapse, relapses: tuple[Relapse, ...]) -> list[Document]:
    return [RELAPSE(relapse) for relapse in relapses[-FEW:]]


ENTRIES = Remembered(_entry)
PRIVATE_ENTRIES = Remembered(_private_entry)
RELAPSE = Remembered(_relapse)
RELAPSES = Remembered(_up_to)
