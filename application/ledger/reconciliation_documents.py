"""Whether a cause is reconciled, as documents tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired

from typing_extensions import TypedDict

from application.document import Instant, instant
from application.schema import documented

if TYPE_CHECKING:
    from domain.ledger.reconciliation import CauseOfRequests


@documented
class PublicReconciliation(TypedDict):
    """Whether what was held up is settled, as readers are told."""

    reconciled: NotRequired[bool]
    """Whether it has ended and every request that it held up is settled; only where an operator lets it be shown."""


@documented
class ReconciliationDocument(TypedDict):
    """Whether what was held up is settled."""

    reconciled: bool
    """Whether it has ended, and nothing of the requests that it held up is open."""
    reconciled_at: Instant | None
    reconciliation_shown: bool
    """Whether readers are told."""


def reconciliation(cause: CauseOfRequests) -> ReconciliationDocument:
    """Write it for operators."""
    at = cause.reconciled_at
    return {
        "reconciled": at is not None,
        "reconciled_at": instant(at),
        "reconciliation_shown": cause.reconciliation.is_shown,
    }


def public_reconciliation(cause: CauseOfRequests) -> PublicReconciliation:
    """Write it for readers: as yes or no, and only where an operator said so."""
    return {"reconciled": cause.reconciled_at is not None} if cause.reconciliation.is_shown else {}
