"""Panels, what works on them, and whether automations may run, as documents."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NotRequired

from typing_extensions import TypedDict

from application.document import Day, Id, Instant, Localized, Page
from application.panels.recovery_documents import PublicCapabilityDocument, PublicPromiseDocument, RecoveryPointDocument
from application.schema import Described, Encodes, documented
from domain.panels.automation_rules import AutomationReason

if TYPE_CHECKING:
    from domain.panels.automation_rules import AutomationDecision
    from domain.panels.panel import Panel


CapabilityNames = Annotated[
    dict[str, Localized], Described(description="What capabilities are called, by their keys; some have no name.")
]


class Access(StrEnum):
    """Whether a panel can be reached."""

    AVAILABLE = "available"
    LOST = "lost"


class PanelParts(TypedDict):
    """What a panel and its availability both say: which panel it is, and which accounts are on it."""

    key: str
    name: Localized
    zone: str
    accounts_from: Day | None
    accounts_until: Day | None


@documented
class PublicPanelDocument(TypedDict):
    """A panel, as readers see it."""

    key: str
    name: Localized
    zone: str
    accounts_from: Day | None
    """The first day, by the clocks of `zone`, on which accounts of it were created; null for every earlier one."""
    accounts_until: Day | None
    """The last such day; null for every later one."""
    capabilities: list[str]
    capability_names: CapabilityNames


@documented
class PanelDocument(PublicPanelDocument):
    """A panel, as operators, auditors and admins see it."""

    id: Id
    version: int
    hidden_capabilities: list[str]
    """Those that readers are not shown; some only restorations of the panel know."""


@documented
class PanelPage(Page):
    """Panels, by the days of their accounts."""

    data: list[PanelDocument | PublicPanelDocument]


@documented
class PanelFound(TypedDict):
    """Which panel an account is on."""

    panel: str | None
    """Null if there is none for that day."""
    account_created_on: Day
    """The day, by the clocks of that panel."""


class AccessDocument(TypedDict):
    """Whether a panel can be reached, and what its latest restoration says of that."""

    access: Annotated[str, Encodes(Access)]
    restoration: Id | None
    """The one that began last."""
    lost_at: Instant | None
    """When access was lost last."""
    access_restored_at: Instant | None
    completed_at: Instant | None
    promise: PublicPromiseDocument | None
    """The newest about the loss that goes on; null while access is there."""
    recovery_point: RecoveryPointDocument | None


@documented
class PanelAvailability(PanelParts, AccessDocument):
    """What works on a panel, and what is promised."""

    capabilities: dict[str, PublicCapabilityDocument]
    capability_names: CapabilityNames


@documented
class AvailabilityPage(Page):
    """Every panel, by the days of its accounts."""

    data: list[PanelAvailability]


@documented
class DecisionDocument(TypedDict):
    """Whether an automation may run for an item."""

    run: bool
    reason: Annotated[str, Encodes(AutomationReason)]
    restoration: Id | None
    """The one that says so."""
    position: int
    """To callers with a token, the position that the answer reflects; to others, that since which it is so."""


@documented
class ItemDecision(TypedDict):
    """Whether an automation may run for one of many items."""

    run: bool
    reason: Annotated[str, Encodes(AutomationReason)]
    restoration: Id | None
    reference: NotRequired[str | None]
    """As it was sent."""


@documented
class Decisions(TypedDict):
    """Whether an automation may run for each item, in the order of the request."""

    position: int
    data: list[ItemDecision]


def panel_document(panel: Panel) -> PanelDocument:
    """Write the private side; days are those of the clocks of its zone."""
    profile = panel.profile
    first, last = profile.accounts.first, profile.accounts.last
    return {
        "id": str(panel.id),
        "version": panel.version,
        "key": profile.key,
        "name": dict(profile.name),
        "zone": profile.zone,
        "accounts_from": None if first is None else first.isoformat(),
        "accounts_until": None if last is None else last.isoformat(),
        "capabilities": list(profile.capabilities),
        "capability_names": {key: dict(text) for key, text in profile.capability_names.items()},
        "hidden_capabilities": sorted(panel.hidden),
    }


def panel_parts(document: PanelDocument) -> PanelParts:
    """Take from the private side what its availability repeats."""
    return {
        "key": document["key"],
        "name": document["name"],
        "zone": document["zone"],
        "accounts_from": document["accounts_from"],
        "accounts_until": document["accounts_until"],
    }


def public_panel(document: PanelDocument) -> PublicPanelDocument:
    """Take from the private side what readers see: nothing of hidden capabilities."""
    hidden = document["hidden_capabilities"]
    return {
        **panel_parts(document),
        "capabilities": [key for key in document["capabilities"] if key not in hidden],
        "capability_names": {key: name for key, name in document["capability_names"].items() if key not in hidden},
    }


def decision_document(decision: AutomationDecision, position: int) -> DecisionDocument:
    """Write a decision, as of ``position``."""
    return {
        "run": decision.run,
        "reason": str(decision.because),
        "restoration": None if decision.restoration is None else str(decision.restoration),
        "position": position,
    }


def item_decision(decision: AutomationDecision, reference: str | None) -> ItemDecision:
    """Write one of many decisions, with the ``reference`` of its item, if it has one."""
    document: ItemDecision = {
        "run": decision.run,
        "reason": str(decision.because),
        "restoration": None if decision.restoration is None else str(decision.restoration),
    }
    if reference is not None:
        document["reference"] = reference
    return document
