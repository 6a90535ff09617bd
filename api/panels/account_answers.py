"""The accounts of a restoration, as answers show them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.http.answer_values import Page, Shown
from application.batches import RefusedLine
from application.document import LocalizedText
from application.panels.accounts import AccountOutcome
from domain.panels.account import RecoveryState, Relief, Warehouse


class TemporaryAccount(Shown):
    """An account on another panel for the time being."""

    panel: str
    account: str
    since: datetime


class Collision(Shown):
    """A number that both accounts have given."""

    kind: str
    number: str


class Resolution(Collision):
    """What becomes of it."""

    outcome: str


class Span(Shown):
    """A half-open span: `from` is inside, `until` is not."""

    from_: Annotated[datetime, Field(alias="from")]
    until: datetime


class ArchiveAccount(Shown):
    """A read-only account with the data of a span."""

    account: str
    since: datetime
    covers: Span


class Backfill(Span):
    """Data that the owner asked for."""

    number: int
    kinds: list[str]
    asked_at: datetime
    delivered: dict[str, int] | None
    """How many of each kind; null until they are delivered."""
    delivered_at: datetime | None


class ReliefSpan(Shown):
    """What the owner is spared for a time."""

    relief: Relief
    from_: Annotated[datetime, Field(alias="from")]
    until: datetime | None
    note: LocalizedText | None


class Account(Shown):
    """The recovery of an account."""

    id: UUID
    version: int
    restoration: UUID
    account: str
    created_on: date | None
    note: str | None
    state: RecoveryState
    opened_at: datetime
    temporary_account: TemporaryAccount | None
    linked_at: datetime | None
    collisions: list[Collision]
    unresolved: int
    """How many collisions have no resolution."""
    resolutions: list[Resolution]
    joined_at: datetime | None
    """When they were merged, or kept apart."""
    archive_account: ArchiveAccount | None
    warehouse: Warehouse | None
    warehouse_executed_at: datetime | None
    backfills: list[Backfill]
    reliefs: list[ReliefSpan]
    accepted_at: datetime | None
    accepted_by: str | None


class AccountPage(Page[Account]):
    """Accounts, by name."""


class IntakeReport(Shown):
    """What became of many accounts."""

    lines: int
    """How many were read, blank ones left out."""
    counts: dict[AccountOutcome, int]
    refused: list[RefusedLine]
    """The first thousand."""


class AccountSummary(Shown):
    """How many accounts of a restoration there are, and how far they have come."""

    accounts: int
    states: dict[RecoveryState, int]
