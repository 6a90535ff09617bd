"""Restorations of panels, as answers show them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.http.answer_values import Page, PublicReconciliation, Reconciliation, Shown
from api.panels.answers import PublicCapability, PublicPromise, RecoveryPoint
from application.document import Key, LocalizedText
from application.document import RequestPolicyDocument as RequestPolicy
from domain.impact import Status
from domain.panels.restoration import RestorationState, Stage


class PublicLoss(Shown):
    """A span without access."""

    from_: Annotated[datetime, Field(alias="from")]
    until: datetime | None
    provider: LocalizedText | None
    restored_note: LocalizedText | None
    """What was said as access was restored."""


class Loss(PublicLoss):
    """A span without access, as operators, auditors and admins see it."""

    reason: LocalizedText | None


class Promise(PublicPromise):
    """Who promised access for when, as operators, auditors and admins see it."""

    recorded_at: datetime


class Capability(PublicCapability):
    """How it is with a function of a panel, as operators, auditors and admins see it."""

    components: dict[Key, Status]
    """The statuses that components show because of it."""


class Suppression(Shown):
    """An automation that does not run for items created before an instant."""

    automation: str
    created_before: datetime
    note: LocalizedText | None
    since: datetime
    ended_at: datetime | None


class AbandonedBacklog(Shown):
    """Actions that were due in a span and will never be executed."""

    number: int
    actions: list[str]
    due_from: datetime
    due_until: datetime
    """Outside."""
    note: LocalizedText | None
    said_at: datetime


class Instruction(Shown):
    """What the owner of an account has to do."""

    number: int
    text: LocalizedText


class Inventory(Shown):
    """How many accounts there are."""

    revision: int
    accounts: int
    note: LocalizedText | None
    said_at: datetime


class Figure(Shown):
    """A percentage, and what it is of."""

    numerator: int
    denominator: int
    inventory_revision: int
    percent: float
    """Cut to a tenth: only all of them are a hundred."""


class StageFigure(Figure):
    """How many accounts are at a stage."""

    grades: dict[str, Figure]


class Progress(Shown):
    """How far the accounts had come as it was published; a later inventory changes nothing of it."""

    number: int
    inventory_revision: int
    accounts: int
    stages: dict[Stage, StageFigure]
    note: LocalizedText | None
    said_at: datetime


class RestorationParts(Shown):
    """What everybody sees of a restoration."""

    id: UUID
    panel: str
    state: RestorationState
    lost_at: datetime
    """When access was lost first."""
    access_restored_at: datetime | None
    completed_at: datetime | None
    provider: LocalizedText | None
    recovery_point: RecoveryPoint | None
    recovery_points: list[RecoveryPoint]
    completed_note: LocalizedText | None
    given_up: list[str]
    suppressions: list[Suppression]
    abandoned_backlogs: list[AbandonedBacklog]
    instructions: list[Instruction]
    """In the order in which they are to be followed."""
    inventory: Inventory | None
    inventories: list[Inventory]
    """The last fifty; so too `progress_reports`."""
    progress: Progress | None
    progress_reports: list[Progress]


class PublicRestoration(RestorationParts, PublicReconciliation):
    """A restoration, as readers see it."""

    losses: list[PublicLoss]
    promise: PublicPromise | None
    """The newest about the latest loss."""
    promises: list[PublicPromise]
    capabilities: dict[str, PublicCapability]


class Restoration(RestorationParts, Reconciliation):
    """A restoration, as operators, auditors and admins see it."""

    version: int
    losses: list[Loss]
    promise: Promise | None
    promises: list[Promise]
    capabilities: dict[str, Capability]
    request_policies: dict[str, RequestPolicy]
    next_due: datetime | None
    """When the next promise, or the next expected date, passes."""


class RestorationPage(Page[Restoration | PublicRestoration]):
    """Restorations, the newest first."""
