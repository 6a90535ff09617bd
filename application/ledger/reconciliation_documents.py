"""Whether a cause is reconciled, as documents tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.document import Document, instant

if TYPE_CHECKING:
    from domain.ledger.reconciliation import CauseOfRequests


def reconciliation(cause: CauseOfRequests) -> Document:
    """Write it for operators."""
    at = cause.reconciled_at
    return {
        "reconciled": at is not None,
        "reconciled_at": instant(at),
        "reconciliation_shown": cause.reconciliation.is_shown,
    }


def public_reconciliation(cause: CauseOfRequests) -> Document:
    """Write it for readers: as yes or no, and only where an operator said so."""
    return {"reconciled": cause.reconciled_at is not None} if cause.reconciliation.is_shown else {}
