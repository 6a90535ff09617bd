"""What is planned, as the documents of windows and of series both have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from application.contacts import ContactDocument, contact_document
from application.document import Duration, Id, Key, Localized, Market, RequestPolicyDocument, StatusName
from application.schema import Encodes, documented
from domain.impact import EVERYWHERE
from domain.maintenance.civil_time import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.impact import Status
    from domain.maintenance import Audience, Freeze, MarketZone, Plan


@documented
class GuidanceDocument(TypedDict):
    """What an audience should do."""

    before: list[Localized]
    during: list[Localized]
    after: list[Localized]


@documented
class AudienceDocument(TypedDict):
    """What an audience cannot do meanwhile, and what it should do."""

    restrictions: list[Localized]
    guidance: GuidanceDocument


@documented
class FreezeDocument(TypedDict):
    """Data that stands still until the end: old is not broken."""

    data: str
    """A key."""
    name: Localized | None
    """What the data is called; empty if nobody said it."""
    note: Localized | None


@documented
class MarketZoneDocument(TypedDict):
    """A market, and the zone by whose clocks it lives."""

    market: Market
    zone: str


class PlanDocument(TypedDict):
    """What is planned, but for its times."""

    title: Localized
    reason: Localized | None
    description: Localized | None
    components: dict[Key, StatusName]
    all: StatusName | None
    """The status of every component that there is at each moment, if the whole product is affected."""
    audiences: dict[str, AudienceDocument]
    freezes: list[FreezeDocument]
    contacts: list[ContactDocument]


class NewAudiences(TypedDict):
    """What the answer to a command that can name audiences says beside the plan."""

    new_keys: list[str]
    """The audiences that nothing had named before; one of them may be a mistake."""


class CivilTimes(TypedDict):
    """The times of a plan, as the clocks of its zone show them."""

    zone: str
    start: str
    """A civil time of `zone`; so too `end`."""
    end: str | None
    duration: Duration | None
    """Elapsed time; null if the plan names an end."""
    ambiguous: Annotated[str, Encodes(Choice)] | None


class PublicPlanParts(PlanDocument, CivilTimes):
    """What everybody sees of a plan."""

    id: Id
    announced: bool


class PrivatePlanParts(TypedDict):
    """What only operators, auditors and admins see of a plan."""

    version: int
    covers: list[Key]
    request_policies: dict[str, RequestPolicyDocument]
    remind_before: list[Duration]


class StatusesDocument(TypedDict):
    """The statuses of some components, or of the whole product."""

    components: dict[Key, StatusName]
    all: StatusName | None


def plan_document(plan: Plan) -> PlanDocument:
    """Write what is planned, but for its times and for what only operators see."""
    return {
        "title": dict(plan.title),
        "reason": dict(plan.reason),
        "description": dict(plan.description),
        **statuses_document(plan.components),
        "audiences": {name: _audience(audience) for name, audience in plan.audiences.items()},
        "freezes": [_freeze(freeze) for freeze in plan.freezes],
        "contacts": [contact_document(contact) for contact in plan.contacts],
    }


def statuses_document(statuses: Mapping[str, Status]) -> StatusesDocument:
    """Write the status of each component; that of the whole product stands apart, as in the body of a plan."""
    components = {key: str(status) for key, status in statuses.items()}
    everywhere = components.pop(EVERYWHERE, None)
    return {"components": components, "all": everywhere}


def market_document(market: MarketZone) -> MarketZoneDocument:
    """Write a market and its zone."""
    return {"market": market.market, "zone": market.zone}


def _audience(audience: Audience) -> AudienceDocument:
    return {
        "restrictions": [dict(text) for text in audience.restrictions],
        "guidance": {
            "before": [dict(text) for text in audience.guidance.before],
            "during": [dict(text) for text in audience.guidance.during],
            "after": [dict(text) for text in audience.guidance.after],
        },
    }


def _freeze(freeze: Freeze) -> FreezeDocument:
    return {"data": freeze.data, "name": dict(freeze.name), "note": dict(freeze.note)}
