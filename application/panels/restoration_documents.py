"""A restoration as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from application.document import Id, Instant, Localized, Page, RequestPolicyDocument, instant, request_policies
from application.ledger.reconciliation_documents import (
    PublicReconciliation,
    ReconciliationDocument,
    public_reconciliation,
    reconciliation,
)
from application.panels.progress_documents import (
    InventoryDocument,
    ProgressReportDocument,
    inventory_document,
    progress_document,
)
from application.panels.recovery_documents import (
    CapabilityDocument,
    LossDocument,
    PromiseDocument,
    PublicCapabilityDocument,
    PublicLossDocument,
    PublicPromiseDocument,
    RecoveryPointDocument,
    loss_document,
    promise_document,
    public_loss,
    public_promise,
    recovery_point_document,
    spell_document,
)
from application.schema import Encodes, documented
from domain.panels.restoration import CapabilityState, RestorationState

if TYPE_CHECKING:
    from collections.abc import Collection

    from domain.panels.restoration import Backlog, PanelRestoration, Spell, Suppression

KEPT = 50
"""How many inventories and reports of progress a document names, the last ones; earlier ones are read with as_of."""


@documented
class SuppressionDocument(TypedDict):
    """An automation that does not run for items created before an instant."""

    automation: str
    created_before: Instant
    note: Localized | None
    since: Instant
    ended_at: Instant | None


@documented
class AbandonedBacklogDocument(TypedDict):
    """Actions that were due in a span and will never be executed."""

    number: int
    actions: list[str]
    due_from: Instant
    due_until: Instant
    """Outside."""
    note: Localized | None
    said_at: Instant


@documented
class InstructionDocument(TypedDict):
    """What the owner of an account has to do."""

    number: int
    text: Localized


class AccessParts(TypedDict):
    """Which panel it is about, and how far it has come."""

    panel: str
    state: Annotated[str, Encodes(RestorationState)]
    lost_at: Instant
    """When access was lost first."""
    access_restored_at: Instant | None
    completed_at: Instant | None
    provider: Localized | None


class RecoveryPoints(TypedDict):
    """Of when the data is, by the newest recovery point and by each."""

    recovery_point: RecoveryPointDocument | None
    recovery_points: list[RecoveryPointDocument]


class Measures(TypedDict):
    """What was decided for the time after the loss, and how far the accounts have come."""

    completed_note: Localized | None
    given_up: list[str]
    suppressions: list[SuppressionDocument]
    abandoned_backlogs: list[AbandonedBacklogDocument]
    instructions: list[InstructionDocument]
    """In the order in which they are to be followed."""
    inventory: InventoryDocument | None
    inventories: list[InventoryDocument]
    """The last fifty; so too `progress_reports`."""
    progress: ProgressReportDocument | None
    progress_reports: list[ProgressReportDocument]


@documented
class PublicRestorationDocument(AccessParts, RecoveryPoints, Measures, PublicReconciliation):
    """A restoration, as readers see it."""

    id: Id
    losses: list[PublicLossDocument]
    promise: PublicPromiseDocument | None
    """The newest about the loss that goes on; null while access is there."""
    promises: list[PublicPromiseDocument]
    capabilities: dict[str, PublicCapabilityDocument]


@documented
class RestorationDocument(AccessParts, RecoveryPoints, Measures, ReconciliationDocument):
    """A restoration, as operators, auditors and admins see it."""

    id: Id
    version: int
    losses: list[LossDocument]
    promise: PromiseDocument | None
    promises: list[PromiseDocument]
    capabilities: dict[str, CapabilityDocument]
    request_policies: dict[str, RequestPolicyDocument]
    next_due: Instant | None
    """When the next promise, or the next expected date, passes."""


@documented
class RestorationPage(Page):
    """Restorations, the newest first."""

    data: list[RestorationDocument | PublicRestorationDocument]


def restoration_document(restoration: PanelRestoration) -> RestorationDocument:
    """Write the private side."""
    promise = restoration.open_promise
    return {
        "id": str(restoration.id),
        "version": restoration.version,
        **_access(restoration),
        "losses": [loss_document(loss) for loss in restoration.losses],
        "promise": promise_document(promise, overdue_since=restoration.overdue_since(promise)) if promise else None,
        "promises": [
            promise_document(each, overdue_since=restoration.overdue_since(each)) for each in restoration.promises
        ],
        **_recovery_points(restoration),
        "capabilities": {
            name: {
                **_capability(restoration, name, spells[-1]),
                "components": {key: str(status) for key, status in spells[-1].condition.components.items()},
            }
            for name, spells in restoration.capabilities.items()
        },
        **_measures(restoration),
        **reconciliation(restoration),
        "request_policies": request_policies(restoration.request_policies),
        "next_due": instant(restoration.next_due),
    }


def public_restoration(restoration: PanelRestoration) -> PublicRestorationDocument:
    """Write what readers see: no reasons, no components, and not when a promise was recorded."""
    promise = restoration.open_promise
    return {
        "id": str(restoration.id),
        **_access(restoration),
        "losses": [public_loss(loss) for loss in restoration.losses],
        "promise": public_promise(promise, overdue_since=restoration.overdue_since(promise)) if promise else None,
        "promises": [
            public_promise(each, overdue_since=restoration.overdue_since(each)) for each in restoration.promises
        ],
        **_recovery_points(restoration),
        "capabilities": {
            name: _capability(restoration, name, spells[-1]) for name, spells in restoration.capabilities.items()
        },
        **_measures(restoration),
        **public_reconciliation(restoration),
    }


def without_hidden(document: PublicRestorationDocument, hidden: Collection[str]) -> PublicRestorationDocument:
    """Leave out the capabilities that readers are not shown."""
    if not hidden:
        return document
    return document | {
        "given_up": [name for name in document["given_up"] if name not in hidden],
        "capabilities": {name: each for name, each in document["capabilities"].items() if name not in hidden},
    }


def _access(restoration: PanelRestoration) -> AccessParts:
    last = restoration.losses[-1]
    return {
        "panel": restoration.panel,
        "state": str(restoration.state),
        "lost_at": instant(restoration.began_at),
        "access_restored_at": instant(last.end),
        "completed_at": instant(restoration.completed_at),
        "provider": dict(last.provider),
    }


def _recovery_points(restoration: PanelRestoration) -> RecoveryPoints:
    point = restoration.recovery_point
    return {
        "recovery_point": recovery_point_document(point) if point else None,
        "recovery_points": [recovery_point_document(each) for each in restoration.recovery_points],
    }


def _capability(restoration: PanelRestoration, name: str, spell: Spell) -> PublicCapabilityDocument:
    is_back = spell.condition.state is CapabilityState.AVAILABLE
    return {**spell_document(spell), "given_up": name in restoration.given_up and not is_back}


def _measures(restoration: PanelRestoration) -> Measures:
    report = restoration.report
    return {
        "completed_note": dict(restoration.completed_note),
        "given_up": list(restoration.given_up),
        "suppressions": [_suppression(each) for each in restoration.suppressions.values()],
        "abandoned_backlogs": [_backlog(each) for each in restoration.backlogs],
        "instructions": [{"number": each.number, "text": dict(each.text)} for each in restoration.instructions],
        "inventory": inventory_document(restoration.inventories[-1]) if restoration.inventories else None,
        "inventories": [inventory_document(each) for each in restoration.inventories[-KEPT:]],
        "progress": progress_document(report) if report else None,
        "progress_reports": [progress_document(each) for each in restoration.reports[-KEPT:]],
    }


def _suppression(suppression: Suppression) -> SuppressionDocument:
    return {
        "automation": suppression.automation,
        "created_before": instant(suppression.created_before),
        "note": dict(suppression.note),
        "since": instant(suppression.since),
        "ended_at": instant(suppression.ended_at),
    }


def _backlog(backlog: Backlog) -> AbandonedBacklogDocument:
    return {
        "number": backlog.number,
        "actions": list(backlog.actions),
        "due_from": instant(backlog.due_from),
        "due_until": instant(backlog.due_until),
        "note": dict(backlog.note),
        "said_at": instant(backlog.said_at),
    }
