"""Panels and what works on them, as answers show them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.http.answer_values import SOMETIMES, Page, Shown
from application.document import Duration, LocalizedText
from domain.panels.automation_rules import AutomationReason
from domain.panels.restoration import CapabilityState

WhenText = Annotated[
    str,
    Field(
        description="A day, by the clocks of the panel, or an instant, as it was said.",
        json_schema_extra={"anyOf": [{"format": "date"}, {"format": "date-time"}]},
    ),
]


class PublicPanel(Shown):
    """A panel, as readers see it."""

    key: str
    name: LocalizedText
    zone: str
    accounts_from: date | None
    """The first day, by the clocks of `zone`, on which accounts of it were created; null for every earlier one."""
    accounts_until: date | None
    """The last such day; null for every later one."""
    capabilities: list[str]


class Panel(PublicPanel):
    """A panel, as operators, auditors and admins see it."""

    id: UUID
    version: int


class PanelPage(Page[Panel | PublicPanel]):
    """Panels, by the days of their accounts."""


class PanelFound(Shown):
    """Which panel an account is on."""

    panel: str | None
    """Null if there is none for that day."""
    account_created_on: date
    """The day, by the clocks of that panel."""


class Access(StrEnum):
    """Whether a panel can be reached."""

    AVAILABLE = "available"
    LOST = "lost"


class PublicPromise(Shown):
    """Who promised access for when."""

    number: int
    promised_by: LocalizedText
    promised_for: WhenText
    due_at: datetime
    """When that has passed."""
    overdue: bool
    note: LocalizedText | None
    made_at: datetime


class Gap(Shown):
    """The span whose data is missing: `from` is inside, `until`, the loss, is not."""

    from_: Annotated[datetime, Field(alias="from")]
    until: datetime


class RecoveryPoint(Shown):
    """Of when the data is, and what is missing since."""

    as_of: datetime
    tolerance: Duration
    earliest: datetime
    """The earliest moment that the data can be of; so too `latest`."""
    latest: datetime
    missing: list[str]
    gap: Gap
    note: LocalizedText | None
    said_at: datetime


class PublicCapability(Shown):
    """How it is with a function of a panel."""

    state: CapabilityState
    since: datetime | None
    note: LocalizedText | None
    workaround: LocalizedText | None
    expected: WhenText | None
    expected_by: datetime | None
    """When that has passed."""
    overdue: bool
    given_up: bool


class PanelAvailability(Shown):
    """What works on a panel, and what is promised."""

    key: str
    name: LocalizedText
    zone: str
    accounts_from: date | None
    accounts_until: date | None
    access: Access
    restoration: UUID | None
    """The one that began last."""
    lost_at: datetime | None
    """When access was lost last."""
    access_restored_at: datetime | None
    completed_at: datetime | None
    promise: PublicPromise | None
    """The newest about the latest loss."""
    recovery_point: RecoveryPoint | None
    capabilities: dict[str, PublicCapability]


class AvailabilityPage(Page[PanelAvailability]):
    """Every panel, by the days of its accounts."""


class Decision(Shown):
    """Whether an automation may run for an item."""

    run: bool
    reason: AutomationReason
    restoration: UUID | None
    """The one that says so."""
    position: int
    """To callers with a token, the position that the answer reflects; to others, that since which it is so."""


class ItemDecision(Shown):
    """Whether an automation may run for one of many items."""

    reference: str | None = SOMETIMES
    """As it was sent."""
    run: bool
    reason: AutomationReason
    restoration: UUID | None


class Decisions(Shown):
    """Whether an automation may run for each item, in the order of the request."""

    position: int
    data: list[ItemDecision]
