"""The recovery of an account as a document; there is no public side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.document import Document, instant

if TYPE_CHECKING:
    from domain.panels.account import AccountRecovery, ArchiveAccount, Backfill, ReliefSpan, TemporaryAccount


def account_document(recovery: AccountRecovery) -> Document:
    """Write what operators and auditors see."""
    created_on = recovery.particulars.created_on
    return {
        "id": str(recovery.id),
        "version": recovery.version,
        "restoration": str(recovery.restoration),
        "account": recovery.account,
        "created_on": None if created_on is None else created_on.isoformat(),
        "note": recovery.particulars.note,
        "state": str(recovery.state),
        "opened_at": instant(recovery.opened_at),
        "temporary_account": _temporary(recovery.temporary) if recovery.temporary else None,
        "linked_at": instant(recovery.linked_at),
        "collisions": [{"kind": each.kind, "number": each.number} for each in recovery.collisions],
        "unresolved": len(recovery.unresolved),
        "resolutions": [
            {"kind": each.kind, "number": each.number, "outcome": each.outcome} for each in recovery.resolutions
        ],
        "joined_at": instant(recovery.joined_at),
        "archive_account": _archive(recovery.archive) if recovery.archive else None,
        "warehouse": recovery.warehouse,
        "warehouse_executed_at": instant(recovery.warehouse_executed_at),
        "backfills": [_backfill(each) for each in recovery.backfills],
        "reliefs": [_relief(each) for each in recovery.reliefs],
        "accepted_at": instant(recovery.accepted_at),
        "accepted_by": recovery.accepted_by,
    }


def _temporary(temporary: TemporaryAccount) -> Document:
    return {"panel": temporary.panel, "account": temporary.account, "since": instant(temporary.since)}


def _archive(archive: ArchiveAccount) -> Document:
    return {
        "account": archive.account,
        "since": instant(archive.since),
        "covers": {"from": instant(archive.covers_from), "until": instant(archive.covers_until)},
    }


def _backfill(backfill: Backfill) -> Document:
    return {
        "number": backfill.number,
        "kinds": list(backfill.kinds),
        "from": instant(backfill.start),
        "until": instant(backfill.until),
        "asked_at": instant(backfill.asked_at),
        "delivered": None if backfill.delivered is None else dict(backfill.delivered),
        "delivered_at": instant(backfill.delivered_at),
    }


def _relief(span: ReliefSpan) -> Document:
    return {
        "relief": str(span.relief),
        "from": instant(span.start),
        "until": instant(span.until),
        "note": dict(span.note),
    }
