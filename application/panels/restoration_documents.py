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
from application.panels.measure_documents import Measures, measures
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
from application.panels.restoration_updates import (
    PRIVATE_ENTRIES,
    PublicRestorationUpdateDocument,
    RestorationUpdateDocument,
)
from application.schema import Encodes, documented
from application.timelines import newest
from domain.panels.restoration import CapabilityState, RestorationState

if TYPE_CHECKING:
    from collections.abc import Collection

    from domain.panels.restoration import PanelRestoration, Spell


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


class PublicRestorationSide(AccessParts, RecoveryPoints, Measures, PublicReconciliation):
    """A restoration without its updates, as readers see it."""

    id: Id
    losses: list[PublicLossDocument]
    promise: PublicPromiseDocument | None
    """The newest about the loss that goes on; null while access is there."""
    promises: list[PublicPromiseDocument]
    capabilities: dict[str, PublicCapabilityDocument]
    updates_count: int
    """How many there are; `GET /v1/restorations/{id}/updates` lists them all."""


@documented
class PublicRestorationDocument(PublicRestorationSide):
    """A restoration, as readers see it."""

    updates: list[PublicRestorationUpdateDocument]
    """The newest twenty, the newest last."""


class RestorationSide(AccessParts, RecoveryPoints, Measures, ReconciliationDocument):
    """A restoration without its updates, as operators, auditors and admins see it."""

    id: Id
    version: int
    losses: list[LossDocument]
    promise: PromiseDocument | None
    promises: list[PromiseDocument]
    capabilities: dict[str, CapabilityDocument]
    request_policies: dict[str, RequestPolicyDocument]
    next_due: Instant | None
    """When the next promise, or the next expected date, passes."""
    updates_count: int
    """How many there are; `GET /v1/restorations/{id}/updates` lists them all."""


@documented
class RestorationDocument(RestorationSide):
    """A restoration, as operators, auditors and admins see it."""

    updates: list[RestorationUpdateDocument]
    """The newest twenty, the newest last."""


@documented
class SuppressedRestoration(RestorationDocument):
    """A restoration in which an automation was just suppressed."""

    new_keys: list[str]
    """The automation, if nothing had named it before: it may be mistyped, and the one that is meant still runs."""


@documented
class RestorationPage(Page):
    """Restorations, the newest first."""

    data: list[RestorationDocument | PublicRestorationDocument]


def restoration_document(restoration: PanelRestoration) -> RestorationDocument:
    """Write the private side with its newest updates."""
    updates = [PRIVATE_ENTRIES(update) for update in newest(restoration.timeline)]
    return {**restoration_side(restoration), "updates": updates}


def restoration_side(restoration: PanelRestoration) -> RestorationSide:
    """Write the private side without the updates."""
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
        **measures(restoration),
        **reconciliation(restoration),
        "request_policies": request_policies(restoration.request_policies),
        "next_due": instant(restoration.next_due),
        "updates_count": len(restoration.timeline),
    }


def public_restoration(restoration: PanelRestoration) -> PublicRestorationSide:
    """Write what readers see but for the updates: no reasons, no components, not when a promise was recorded."""
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
        **measures(restoration),
        **public_reconciliation(restoration),
        "updates_count": restoration.public_updates,
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
