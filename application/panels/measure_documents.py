"""What was decided and told for the time after a loss, as documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from application.contacts import ContactDocument, contact_document
from application.document import Instant, Localized, instant
from application.panels.progress_documents import (
    InventoryDocument,
    ProgressReportDocument,
    inventory_document,
    progress_document,
)
from application.schema import documented

if TYPE_CHECKING:
    from domain.panels.restoration import Backlog, PanelRestoration, Suppression

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
    heading: str | None
    """What it stands under, as `orders`, `invoices` or `faq`; instructions of one heading follow one another."""
    text: Localized


@documented
class ListedContactDocument(ContactDocument):
    """Where to ask."""

    number: int
    """By which it is removed."""


class Measures(TypedDict):
    """What was decided for the time after the loss, and how far the accounts have come."""

    completed_note: Localized | None
    given_up: list[str]
    suppressions: list[SuppressionDocument]
    abandoned_backlogs: list[AbandonedBacklogDocument]
    instructions: list[InstructionDocument]
    """In the order in which they are to be followed, heading by heading."""
    contacts: list[ListedContactDocument]
    inventory: InventoryDocument | None
    inventories: list[InventoryDocument]
    """The last fifty; so too `progress_reports`."""
    progress: ProgressReportDocument | None
    progress_reports: list[ProgressReportDocument]


def measures(restoration: PanelRestoration) -> Measures:
    """Write what was decided and told for the time after the loss."""
    report = restoration.report
    return {
        "completed_note": dict(restoration.completed_note),
        "given_up": list(restoration.given_up),
        "suppressions": [_suppression(each) for each in restoration.suppressions.values()],
        "abandoned_backlogs": [_backlog(each) for each in restoration.backlogs],
        "instructions": [
            {"number": each.number, "heading": each.heading, "text": dict(each.text)}
            for each in restoration.instructions
        ],
        "contacts": [{"number": each.number, **contact_document(each.contact)} for each in restoration.contacts],
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
