"""A restoration as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.document import Document, duration, instant, request_policies
from application.ledger.reconciliation_documents import public_reconciliation, reconciliation
from domain.panels.restoration import CapabilityState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.panels.restoration import (
        Backlog,
        Condition,
        Deadline,
        Inventory,
        Loss,
        PanelRestoration,
        ProgressReport,
        Promise,
        RecoveryPoint,
        Suppression,
    )

KEPT = 50
"""How many inventories and reports of progress a document names, the last ones; earlier ones are read with as_of."""
PRIVATE = ("reason", "recorded_at", "components")
"""The members of losses, promises and capabilities that readers do not see."""
TENTHS = 1_000


def restoration_document(restoration: PanelRestoration) -> Document:
    """Write the private side."""
    return {
        "id": str(restoration.id),
        "version": restoration.version,
        **_both_sides(restoration),
        **reconciliation(restoration),
        "request_policies": request_policies(restoration.request_policies),
        "next_due": instant(restoration.next_due),
    }


def public_restoration(restoration: PanelRestoration) -> Document:
    """Write what readers see."""
    document = _both_sides(restoration)
    return {
        "id": str(restoration.id),
        **document,
        "losses": [_public(loss) for loss in document["losses"]],
        "promises": [_public(promise) for promise in document["promises"]],
        "promise": None if document["promise"] is None else _public(document["promise"]),
        "capabilities": {name: _public(each) for name, each in document["capabilities"].items()},
        **public_reconciliation(restoration),
    }


def promise_document(promise: Promise, *, overdue: bool) -> Document:
    """Write a promise."""
    return {
        "number": promise.number,
        "promised_by": dict(promise.promised_by),
        **_deadline("promised_for", "due_at", promise.promised_for),
        "overdue": overdue,
        "note": dict(promise.note),
        "made_at": instant(promise.made_at),
        "recorded_at": instant(promise.recorded_at),
    }


def recovery_point_document(point: RecoveryPoint) -> Document:
    """Write a recovery point, and the gap from there to the loss."""
    return {
        "as_of": instant(point.as_of),
        "tolerance": duration(point.tolerance),
        "earliest": instant(point.earliest),
        "latest": instant(point.latest),
        "missing": list(point.missing),
        "gap": {"from": instant(point.as_of), "until": instant(point.gap_until)},
        "note": dict(point.note),
        "said_at": instant(point.said_at),
    }


def condition_document(condition: Condition, *, overdue: bool) -> Document:
    """Write what is said of a capability, but for since when."""
    return {
        "state": str(condition.state),
        "note": dict(condition.note),
        "workaround": dict(condition.workaround),
        **_deadline("expected", "expected_by", condition.expected),
        "overdue": overdue,
    }


def _both_sides(restoration: PanelRestoration) -> Document:
    point, promise, report = restoration.recovery_point, restoration.promise, restoration.report
    losses = restoration.losses
    return {
        "panel": restoration.panel,
        "state": str(restoration.state),
        "lost_at": instant(restoration.began_at),
        "access_restored_at": instant(losses[-1].end),
        "completed_at": instant(restoration.completed_at),
        "provider": dict(losses[-1].provider),
        "losses": [_loss(loss) for loss in losses],
        "promise": _promise(restoration, promise) if promise else None,
        "promises": [_promise(restoration, each) for each in restoration.promises],
        "recovery_point": recovery_point_document(point) if point else None,
        "recovery_points": [recovery_point_document(each) for each in restoration.recovery_points],
        "capabilities": _capabilities(restoration),
        "completed_note": dict(restoration.completed_note),
        "given_up": list(restoration.given_up),
        "suppressions": [_suppression(each) for each in restoration.suppressions.values()],
        "abandoned_backlogs": [_backlog(each) for each in restoration.backlogs],
        "instructions": [{"number": each.number, "text": dict(each.text)} for each in restoration.instructions],
        "inventory": _inventory(restoration.inventories[-1]) if restoration.inventories else None,
        "inventories": [_inventory(each) for each in restoration.inventories[-KEPT:]],
        "progress": _progress(report) if report else None,
        "progress_reports": [_progress(each) for each in restoration.reports[-KEPT:]],
    }


def _public(part: Document) -> Document:
    return {name: value for name, value in part.items() if name not in PRIVATE}


def _deadline(said: str, passes: str, deadline: Deadline | None) -> Document:
    if deadline is None:
        return {said: None, passes: None}
    return {said: deadline.said, passes: instant(deadline.passes_at)}


def _loss(loss: Loss) -> Document:
    return {
        "from": instant(loss.start),
        "until": instant(loss.end),
        "provider": dict(loss.provider),
        "reason": dict(loss.reason),
        "restored_note": dict(loss.restored_note),
    }


def _promise(restoration: PanelRestoration, promise: Promise) -> Document:
    stands = restoration.is_lost and promise == restoration.promise
    return promise_document(promise, overdue=stands and promise.is_overdue)


def _capabilities(restoration: PanelRestoration) -> Document:
    return {
        name: {
            **condition_document(spells[-1].condition, overdue=spells[-1].is_overdue),
            "since": instant(spells[-1].since),
            "given_up": name in restoration.given_up and spells[-1].condition.state is not CapabilityState.AVAILABLE,
            "components": {key: str(status) for key, status in spells[-1].condition.components.items()},
        }
        for name, spells in restoration.capabilities.items()
    }


def _suppression(suppression: Suppression) -> Document:
    return {
        "automation": suppression.automation,
        "created_before": instant(suppression.created_before),
        "note": dict(suppression.note),
        "since": instant(suppression.since),
        "ended_at": instant(suppression.ended_at),
    }


def _backlog(backlog: Backlog) -> Document:
    return {
        "number": backlog.number,
        "actions": list(backlog.actions),
        "due_from": instant(backlog.due_from),
        "due_until": instant(backlog.due_until),
        "note": dict(backlog.note),
        "said_at": instant(backlog.said_at),
    }


def _inventory(inventory: Inventory) -> Document:
    return {
        "revision": inventory.revision,
        "accounts": inventory.accounts,
        "note": dict(inventory.note),
        "said_at": instant(inventory.said_at),
    }


def _progress(report: ProgressReport) -> Document:
    of = report.inventory
    return {
        "number": report.number,
        "inventory_revision": of.revision,
        "accounts": of.accounts,
        "stages": {
            str(stage): {**_figure(count.accounts, of), "grades": _grades(count.grades, of)}
            for stage, count in report.stages.items()
        },
        "note": dict(report.note),
        "said_at": instant(report.said_at),
    }


def _grades(grades: Mapping[str, int], of: Inventory) -> Document:
    return {grade: _figure(accounts, of) for grade, accounts in grades.items()}


def _figure(accounts: int, of: Inventory) -> Document:
    """Write a percentage with what it is of; cut to a tenth, so that only all of it is a hundred."""
    percent = accounts * TENTHS // of.accounts / 10 if of.accounts else 0.0
    return {"numerator": accounts, "denominator": of.accounts, "inventory_revision": of.revision, "percent": percent}
