"""The recovery of an account as a document: all of it is private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

from typing_extensions import TypedDict

from application.batches import RefusedLine
from application.document import Day, Id, Instant, Localized, Page, instant
from application.panels.account_commands import AccountOutcome
from application.schema import Encodes, documented
from domain.panels.account import (
    AccountRecovery,
    ArchiveAccount,
    Backfill,
    Collision,
    OwnerLink,
    RecoveryState,
    Relief,
    ReliefSpan,
    Resolution,
    TemporaryAccount,
    Warehouse,
)

if TYPE_CHECKING:
    from datetime import datetime

StateName = Annotated[str, Encodes(RecoveryState)]
OutcomeName = Annotated[str, Encodes(AccountOutcome)]


@documented
class TemporaryAccountDocument(TypedDict):
    """An account on another panel for the time being."""

    panel: str
    account: str
    since: Instant


@documented
class CollisionDocument(TypedDict):
    """A number that both accounts have given."""

    kind: str
    number: str


@documented
class ResolutionDocument(CollisionDocument):
    """What becomes of it."""

    outcome: str


_Span = TypedDict("_Span", {"from": Instant, "until": Instant})


@documented
class Span(_Span):
    """A half-open span: `from` is inside, `until` is not."""


@documented
class ArchiveAccountDocument(TypedDict):
    """A read-only account with the data of a span."""

    account: str
    since: Instant
    covers: Span


@documented
class BackfillDocument(Span):
    """Data that the owner asked for."""

    number: int
    kinds: list[str]
    asked_at: Instant
    delivered: dict[str, int] | None
    """How many of each kind; null until they are delivered."""
    delivered_at: Instant | None


_ReliefSpan = TypedDict(
    "_ReliefSpan",
    {
        "relief": Annotated[str, Encodes(Relief)],
        "from": Instant,
        "until": Instant | None,
        "note": Localized | None,
    },
)


@documented
class ReliefSpanDocument(_ReliefSpan):
    """What the owner is spared for a time."""


@documented
class OwnerLinkDocument(TypedDict):
    """The secret link by which the owner sees the account, and decides; its secret is not shown again."""

    issued_at: Instant
    expires_at: Instant
    """From when on it opens nothing."""


@documented
class AccountDocument(TypedDict):
    """The recovery of an account."""

    id: Id
    version: int
    restoration: Id
    account: str
    created_on: Day | None
    note: str | None
    state: StateName
    opened_at: Instant
    temporary_account: TemporaryAccountDocument | None
    linked_at: Instant | None
    collisions: list[CollisionDocument]
    unresolved: int
    """How many collisions have no resolution."""
    resolutions: list[ResolutionDocument]
    joined_at: Instant | None
    """When they were merged, or kept apart."""
    archive_account: ArchiveAccountDocument | None
    warehouse: Annotated[str, Encodes(Warehouse)] | None
    warehouse_executed_at: Instant | None
    backfills: list[BackfillDocument]
    reliefs: list[ReliefSpanDocument]
    accepted_at: Instant | None
    accepted_by: str | None
    owner_link: OwnerLinkDocument | None
    """Null if none was issued, or it was revoked."""


@documented
class IssuedOwnerLink(AccountDocument):
    """The recovery of an account whose owner just got a link."""

    url: str
    """The address to hand to the owner, and to nobody else. It is shown this once, and stored nowhere."""


@documented
class AccountPage(Page):
    """Accounts, by name."""

    data: list[AccountDocument]


@documented
class IntakeReport(TypedDict):
    """What became of many accounts."""

    lines: int
    """How many were read, blank ones left out."""
    counts: dict[OutcomeName, int]
    refused: list[RefusedLine]
    """The first thousand."""


@documented
class AccountSummary(TypedDict):
    """How many accounts of a restoration there are, and how far they have come."""

    accounts: int
    states: dict[StateName, int]


def account_document(recovery: AccountRecovery) -> AccountDocument:
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
        # The first event of every recovery opens it.
        "opened_at": instant(cast("datetime", recovery.opened_at)),
        "temporary_account": _temporary(recovery.temporary) if recovery.temporary else None,
        "linked_at": instant(recovery.linked_at),
        "collisions": [_collision(each) for each in recovery.collisions],
        "unresolved": len(recovery.unresolved),
        "resolutions": [_resolution(each) for each in recovery.resolutions],
        "joined_at": instant(recovery.joined_at),
        "archive_account": _archive(recovery.archive) if recovery.archive else None,
        "warehouse": None if recovery.warehouse is None else str(recovery.warehouse),
        "warehouse_executed_at": instant(recovery.warehouse_executed_at),
        "backfills": [_backfill(each) for each in recovery.backfills],
        "reliefs": [_relief(each) for each in recovery.reliefs],
        "accepted_at": instant(recovery.accepted_at),
        "accepted_by": recovery.accepted_by,
        "owner_link": _owner_link(recovery.owner_link) if recovery.owner_link else None,
    }


def _collision(collision: Collision) -> CollisionDocument:
    return {"kind": collision.kind, "number": collision.number}


def _resolution(resolution: Resolution) -> ResolutionDocument:
    return {"kind": resolution.kind, "number": resolution.number, "outcome": resolution.outcome}


def _temporary(temporary: TemporaryAccount) -> TemporaryAccountDocument:
    return {"panel": temporary.panel, "account": temporary.account, "since": instant(temporary.since)}


def _archive(archive: ArchiveAccount) -> ArchiveAccountDocument:
    return {
        "account": archive.account,
        "since": instant(archive.since),
        "covers": {"from": instant(archive.covers_from), "until": instant(archive.covers_until)},
    }


def _owner_link(link: OwnerLink) -> OwnerLinkDocument:
    return {"issued_at": instant(link.issued_at), "expires_at": instant(link.expires_at)}


def _backfill(backfill: Backfill) -> BackfillDocument:
    return {
        "number": backfill.number,
        "kinds": list(backfill.kinds),
        "from": instant(backfill.start),
        "until": instant(backfill.until),
        "asked_at": instant(backfill.asked_at),
        "delivered": None if backfill.delivered is None else dict(backfill.delivered),
        "delivered_at": instant(backfill.delivered_at),
    }


def _relief(span: ReliefSpan) -> ReliefSpanDocument:
    return {
        "relief": str(span.relief),
        "from": instant(span.start),
        "until": instant(span.until),
        "note": dict(span.note),
    }
