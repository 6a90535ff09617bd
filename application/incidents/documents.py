"""An incident as a document, but for the entries of its timeline."""

from __future__ import annotations

from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal, NotRequired, cast

from typing_extensions import TypedDict

from application.contacts import ContactDocument, contact_document
from application.document import (
    IMPACT_SPANS,
    Id,
    ImpactSpans,
    Instant,
    Key,
    Localized,
    Market,
    Page,
    RequestPolicyDocument,
    StatusName,
    Visibility,
    has_passed,
    instant,
    request_policies,
)
from application.ids import written
from application.incidents.timeline_documents import PRIVATE_ENTRIES, PublicUpdateDocument, UpdateDocument
from application.ledger.reconciliation_documents import (
    PublicReconciliation,
    ReconciliationDocument,
    public_reconciliation,
    reconciliation,
)
from application.memo import Memo
from application.schema import Encodes, documented
from application.timelines import newest
from domain.impact import Level, Status
from domain.incidents import Incident, Progress, Standing
from domain.incidents.signal import SignalCause
from domain.incidents.values import Postmortem, Relapse

if TYPE_CHECKING:
    from datetime import datetime

FEW = 20
"""How many firing signals and past relapses a document names; an alert must not make it longer with each event."""


class IncidentStateName(StrEnum):
    """How far the work has come, or how else it ended."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


# It is published as ``IncidentState``, which in Python is the state of the aggregate.
IncidentStateName.__qualname__ = "IncidentState"


@documented
class PostmortemDocument(TypedDict):
    """What was learned, as readers see it."""

    body: Localized
    published_at: Instant


@documented
class RelapseDocument(TypedDict):
    """A return of the problem after the resolution, before any reader saw it."""

    began_at: Instant
    ended_at: Instant | None
    ended_because: str | None
    impact_spans: ImpactSpans


@documented
class SharedParts(TypedDict):
    """What both sides of an incident tell in the same way."""

    state: Annotated[str, Encodes(IncidentStateName)]
    impact: Annotated[str, Encodes(Level)]
    """Of the worst status that a component had."""
    components: dict[Key, StatusName]
    """Every component that it affects or affected, with its status by this incident now."""
    markets: list[Market]
    impact_spans: ImpactSpans
    started_at: Instant
    published_at: Instant | None
    resolved_at: Instant | None
    postmortem: PostmortemDocument | None
    contacts: list[ContactDocument]
    """Where to ask."""


@documented
class IncidentParts(SharedParts):
    """What everybody sees of a public incident, but for its title and its timeline."""

    id: Id
    expected_at: Instant | None
    """When the end is expected, by the last update."""
    overdue: bool
    """Whether that has passed, at the moment of which the answer is."""


@documented
class PublicSide(IncidentParts, PublicReconciliation):
    """A public incident without its timeline, as readers see it."""

    title: Localized
    updates_count: int
    """How many there are; `GET /v1/incidents/{id}/updates` lists them all."""


@documented
class PublicIncidentDocument(PublicSide):
    """A public incident, as readers see it."""

    updates: list[PublicUpdateDocument]
    """The newest twenty, the newest last."""


@documented
class PrivateSide(IncidentParts, ReconciliationDocument):
    """An incident without its timeline, as operators, auditors and admins see it."""

    title: Localized | None
    """Empty, or with `lang` null, until somebody or a policy names it."""
    version: int
    """The number of its events; the `ETag`, and what `If-Match` takes."""
    visibility: Annotated[str, Encodes(Visibility)]
    standing: Annotated[str, Encodes(Standing)]
    origin: Literal["signals", "person"]
    cause: Annotated[str, Encodes(SignalCause)] | None
    backfilled: bool
    """Whether it was entered when it was over."""
    publication_hold: str | None
    """Why no policy may publish, dismiss or reopen it; null if they may."""
    resolution_possible_after: NotRequired[Instant]
    """Once this moment has passed, it can be said to be resolved without a reason for an override.

    Left out while it is not in monitoring or a signal fires, and when it is over.
    """
    next_due: Instant | None
    """When a policy acts next, if nothing happens before."""
    signals_firing: list[Id]
    """The first twenty, in the order in which they began to fire."""
    signals_firing_count: int
    covered_by: Id | None
    """The maintenance window at whose end its signals begin to count."""
    last_cleared_at: Instant | None
    """When the last signal cleared."""
    ended_because: str | None
    """The reason that a person gave, or the rule that ended it."""
    relapse: RelapseDocument | None
    """The one that goes on."""
    relapses: list[RelapseDocument]
    """Those that are over and were never published, the last twenty; the events tell of all."""
    relapses_count: int
    corrections: list[str]
    """The reasons of corrections."""
    postmortem_draft: Localized | None
    request_policies: dict[str, RequestPolicyDocument]
    updates_count: int
    """How many there are; `GET /v1/incidents/{id}/updates` lists them all."""


@documented
class IncidentDocument(PrivateSide):
    """An incident, as operators, auditors and admins see it: everything but the texts of its signals."""

    updates: list[UpdateDocument]
    """The newest twenty, the newest last."""


@documented
class IncidentPage(Page):
    """Incidents, the newest first."""

    data: list[IncidentDocument | PublicIncidentDocument]


def incident_document(incident: Incident, now: datetime) -> IncidentDocument:
    """Write the private side with its newest updates: everything but the raw text of its signals."""
    private, _ = incident_sides(incident)
    overdue = has_passed(private["expected_at"], now)
    return {**private, "overdue": overdue, "updates": [PRIVATE_ENTRIES(entry) for entry in newest(incident.timeline)]}


def incident_sides(incident: Incident) -> tuple[PrivateSide, PublicSide | None]:
    """Write the private side, and the one that readers see, if they see any, both without the updates.

    Who answers with one says whether it is overdue by then.
    """
    both = _both_sides(incident)
    return _private_side(incident, both), _public_side(incident, both) if incident.is_public else None


def _private_side(incident: Incident, both: SharedParts) -> PrivateSide:
    signals = incident.signals
    side: PrivateSide = {
        "id": written(incident.id),
        "version": incident.version,
        "visibility": "public" if incident.is_public else "private",
        "standing": str(incident.standing),
        "title": dict(incident.title),
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
        "expected_at": instant(incident.expected_at) if incident.is_open else None,
        "overdue": False,
        "relapse": _relapse(incident.relapse) if incident.relapse else None,
        "relapses": RELAPSES(incident.relapses[-1], incident.relapses) if incident.relapses else [],
        "relapses_count": len(incident.relapses),
        "corrections": list(incident.corrections),
        "postmortem_draft": dict(incident.postmortem_draft) if incident.postmortem_draft else None,
        **reconciliation(incident),  # type: ignore[typeddict-item]  # None of the parts has what is left out here.
        "request_policies": request_policies(incident.request_policies),
        "updates_count": len(incident.timeline),
    }
    if incident.resolution_possible_after is not None:
        # Most are not watched, and their documents are written with each event.
        side["resolution_possible_after"] = instant(incident.resolution_possible_after)
    return side


def _public_side(incident: Incident, both: SharedParts) -> PublicSide:
    """Write what moves only when readers can see something move."""
    return {
        "id": written(incident.id),
        "title": dict(incident.title),
        **both,
        "expected_at": instant(incident.public_expected_at) if incident.is_open else None,
        "overdue": False,
        **public_reconciliation(incident),
        "updates_count": incident.public_updates,
    }


def _both_sides(incident: Incident) -> SharedParts:
    resolved, statuses = incident.standing is Standing.RESOLVED, incident.statuses
    return {
        "state": str(_state(incident)),
        "impact": str(incident.level),
        "components": {key: str(statuses.get(key, Status.OPERATIONAL)) for key in incident.components},
        "markets": list(incident.markets),
        "impact_spans": IMPACT_SPANS(incident.impact),
        # Every incident that was recorded has begun.
        "started_at": instant(cast("datetime", incident.started_at)),
        "published_at": instant(incident.published_at),
        "resolved_at": instant(incident.ended_at) if resolved else None,
        "postmortem": _postmortem(incident.postmortem) if incident.postmortem else None,
        "contacts": [contact_document(contact) for contact in incident.contacts],
    }


def _postmortem(postmortem: Postmortem) -> PostmortemDocument:
    return {"body": dict(postmortem.body), "published_at": instant(postmortem.published_at)}


def _state(incident: Incident) -> Progress | Standing:
    ended = incident.standing in {Standing.WITHDRAWN, Standing.DISMISSED}
    return incident.standing if ended else incident.progress


def _relapse(relapse: Relapse) -> RelapseDocument:
    return {
        "began_at": instant(relapse.began_at),
        "ended_at": instant(relapse.ended_at),
        "ended_because": relapse.because,
        "impact_spans": IMPACT_SPANS(relapse.impact),
    }


def _up_to(_last: Relapse, relapses: tuple[Relapse, ...]) -> list[RelapseDocument]:
    return [RELAPSE(relapse) for relapse in relapses[-FEW:]]


RELAPSE = Memo(_relapse)
RELAPSES = Memo(_up_to)
