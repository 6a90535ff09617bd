"""Incidents, as answers show them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from api.http.answer_values import (
    ImpactSpan,
    Key,
    LocalizedText,
    Market,
    Page,
    PublicReconciliation,
    Reconciliation,
    RequestPolicy,
    Shown,
    Visibility,
)
from domain.impact import Level, Status
from domain.incidents import Progress, Standing
from domain.incidents.signal import Cause

Statuses = dict[Key, Status]
ImpactSpans = dict[Key, list[ImpactSpan]]


class IncidentState(StrEnum):
    """How far the work has come, or how else it ended."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class PublicUpdate(Shown):
    """An entry of the timeline, as readers see it."""

    state: Progress
    message: LocalizedText
    occurred_at: datetime
    components: Statuses
    """The statuses that it changed."""
    expected_at: datetime | None
    """When the end of the incident is expected, as said then."""
    corrected: bool
    """Whether it was set right afterwards."""


class Update(PublicUpdate):
    """An entry of the timeline, as operators, auditors and admins see it."""

    number: int
    """From 1; what a correction names."""
    recorded_at: datetime
    internal: bool
    """Whether it is for operators only."""
    public: bool
    """Whether readers see it; what was written while the incident was private, they never do."""
    by_policy: bool
    """Whether a policy wrote it, and no person."""
    original: Update | None
    """What stood there before it was corrected."""


class Postmortem(Shown):
    """What was learned, as readers see it."""

    body: LocalizedText
    published_at: datetime


class Relapse(Shown):
    """A return of the problem after the resolution, before any reader saw it."""

    began_at: datetime
    ended_at: datetime | None
    ended_because: str | None
    impact_spans: ImpactSpans


class IncidentParts(Shown):
    """What everybody sees of a public incident."""

    id: UUID
    state: IncidentState
    impact: Level
    """Of the worst status that a component had."""
    components: Statuses
    """Every component that it affects or affected, with its status by this incident now."""
    markets: list[Market]
    impact_spans: ImpactSpans
    started_at: datetime
    published_at: datetime | None
    resolved_at: datetime | None
    postmortem: Postmortem | None
    expected_at: datetime | None
    """When the end is expected, by the last update."""


class PublicIncident(IncidentParts, PublicReconciliation):
    """A public incident, as readers see it."""

    title: LocalizedText
    updates: list[PublicUpdate]


class Incident(IncidentParts, Reconciliation):
    """An incident, as operators, auditors and admins see it: everything but the texts of its signals."""

    title: LocalizedText | None
    """Empty, or with `lang` null, until somebody or a policy names it."""
    updates: list[Update]
    version: int
    """The number of its events; the `ETag`, and what `If-Match` takes."""
    visibility: Visibility
    standing: Standing
    origin: Literal["signals", "person"]
    cause: Cause | None
    backfilled: bool
    """Whether it was entered when it was over."""
    publication_hold: str | None
    """Why no policy may publish, dismiss or reopen it; null if they may."""
    next_due: datetime | None
    """When a policy acts next, if nothing happens before."""
    signals_firing: list[UUID]
    """The first twenty, in the order in which they began to fire."""
    signals_firing_count: int
    covered_by: UUID | None
    """The maintenance window at whose end its signals begin to count."""
    last_cleared_at: datetime | None
    """When the last signal cleared."""
    ended_because: str | None
    """The reason that a person gave, or the rule that ended it."""
    relapse: Relapse | None
    """The one that goes on."""
    relapses: list[Relapse]
    """Those that are over and were never published, the last twenty; the events tell of all."""
    relapses_count: int
    corrections: list[str]
    """The reasons of corrections."""
    postmortem_draft: LocalizedText | None
    request_policies: dict[str, RequestPolicy]


class IncidentPage(Page[Incident | PublicIncident]):
    """Incidents, the newest first."""
