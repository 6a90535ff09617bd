"""How far the accounts of a restoration have come, as documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from application.document import Instant, Localized, instant
from application.schema import Encodes, documented
from domain.panels.restoration import Stage

if TYPE_CHECKING:
    from domain.panels.restoration import Inventory, ProgressReport

TENTHS = 1_000
"""How many tenths of a percent the whole is."""


@documented
class InventoryDocument(TypedDict):
    """How many accounts there are."""

    revision: int
    accounts: int
    note: Localized | None
    said_at: Instant


@documented
class FigureDocument(TypedDict):
    """A percentage, and what it is of."""

    numerator: int
    denominator: int
    inventory_revision: int
    percent: float
    """Cut to a tenth: only all of them are a hundred."""


@documented
class StageFigureDocument(FigureDocument):
    """How many accounts are at a stage."""

    grades: dict[str, FigureDocument]


@documented
class ProgressReportDocument(TypedDict):
    """How far the accounts had come as it was published; a later inventory changes nothing of it."""

    number: int
    inventory_revision: int
    accounts: int
    stages: dict[Annotated[str, Encodes(Stage)], StageFigureDocument]
    note: Localized | None
    said_at: Instant


def inventory_document(inventory: Inventory) -> InventoryDocument:
    """Write how many accounts there were by one count."""
    return {
        "revision": inventory.revision,
        "accounts": inventory.accounts,
        "note": dict(inventory.note),
        "said_at": instant(inventory.said_at),
    }


def progress_document(report: ProgressReport) -> ProgressReportDocument:
    """Write a report, with percentages of the inventory that it was made with."""
    of = report.inventory
    return {
        "number": report.number,
        "inventory_revision": of.revision,
        "accounts": of.accounts,
        "stages": {
            str(stage): {
                **_figure(count.accounts, of),
                "grades": {grade: _figure(accounts, of) for grade, accounts in count.grades.items()},
            }
            for stage, count in report.stages.items()
        },
        "note": dict(report.note),
        "said_at": instant(report.said_at),
    }


def _figure(accounts: int, of: Inventory) -> FigureDocument:
    percent = accounts * TENTHS // of.accounts / 10 if of.accounts else 0.0
    return {"numerator": accounts, "denominator": of.accounts, "inventory_revision": of.revision, "percent": percent}
