"""Requests that plan maintenance windows, and series of them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from api.http.request_policies import Policies
from api.http.values import (
    Body,
    Duration,
    Flag,
    ImpactStatus,
    Key,
    Localized,
    Market,
    Name,
    Reason,
    example,
    localized,
    values_alone,
)
from api.maintenance.civil_values import CivilTime, Lead, Rule, Zone
from application.maintenance.commands import Rewrite
from application.maintenance.timetables import Times, civil_text
from domain.errors import Invalid
from domain.impact import EVERYWHERE, Status
from domain.maintenance import Audience, Contact, Freeze, Guidance, MarketZone, Plan
from domain.maintenance.civil_time import Choice
from domain.maintenance.series_state import Pattern
from domain.maintenance.values import REMINDERS
from domain.text import Text

LISTED = 100
"""How many things of one kind a plan lists at most."""
Carried = Annotated[dict[Key, ImpactStatus], Field(max_length=500, json_schema_extra=values_alone)]
Texts = Annotated[list[Localized], Field(max_length=LISTED)]
Covers = Annotated[list[Key], Field(max_length=500)]
Leads = Annotated[list[Lead], Field(max_length=20)]


class GuidanceBody(Body):
    """What an audience should do in each phase."""

    before: Texts = []
    during: Texts = []
    after: Texts = []


class AudienceBody(Body):
    """What an audience cannot do meanwhile, and what it should do."""

    restrictions: Texts = []
    guidance: GuidanceBody = GuidanceBody()

    def told(self, language: str) -> Audience:
        """Give it as the domain has it."""
        guidance = self.guidance
        return Audience(
            restrictions=_texts(self.restrictions, language),
            guidance=Guidance(
                before=_texts(guidance.before, language),
                during=_texts(guidance.during, language),
                after=_texts(guidance.after, language),
            ),
        )


class FreezeBody(Body):
    """Data that stands still until the end."""

    data: Name
    note: Localized | None = None


class ContactBody(Body):
    """Where to ask; for everybody, if no audience is named."""

    audience: Name | None = None
    channel: Name
    address: Name
    note: Localized | None = None


class MarketBody(Body):
    """A market, and the zone by whose clocks it lives."""

    market: Market
    zone: Zone


Audiences = Annotated[dict[Name, AudienceBody], Field(max_length=LISTED, json_schema_extra=values_alone)]
Freezes = Annotated[list[FreezeBody], Field(max_length=LISTED)]
Contacts = Annotated[list[ContactBody], Field(max_length=LISTED)]
Markets = Annotated[list[MarketBody], Field(max_length=300)]

EXAMPLE: dict[str, Any] = {
    "title": {"en": "Upgrade of the platform", "es": "Actualización de la plataforma"},
    "description": {"en": "Nothing is reachable for four hours; what arrives meanwhile is kept."},
    "zone": "America/Sao_Paulo",
    "start": "2030-07-28T01:00",
    "duration": "4h",
    "components": {"order-import": "major_outage"},
    "covers": ["order-import"],
    "markets": [{"market": "MX", "zone": "America/Mexico_City"}],
    "audiences": {
        "sellers": {
            "restrictions": [{"en": "No order is imported."}],
            "guidance": {"before": [{"en": "Switch off campaigns planned for that time."}]},
        }
    },
    "freezes": [{"data": "parcel_statuses", "note": {"en": "Old is not broken."}}],
    "request_policies": {"order": {"policy": "reprocess"}},
    "contacts": [{"channel": "email", "address": "support@example.com"}],
    "remind_before": ["24h", "1h"],
}


class PlanBody(Body):
    """What windows and series have in common."""

    title: Localized
    reason: Annotated[Localized | None, Field(description="Why, as readers are told.")] = None
    description: Localized | None = None
    zone: Zone
    start: CivilTime
    end: CivilTime | None = None
    duration: Duration | None = None
    ambiguous: Choice | None = None
    components: Carried = {}
    all: ImpactStatus | None = None
    covers: Covers = []
    markets: Markets = []
    audiences: Audiences = {}
    freezes: Freezes = []
    request_policies: Policies = {}
    contacts: Contacts = []
    announced: Flag = True
    remind_before: Leads = list(REMINDERS)

    def plan(self, language: str) -> Plan:
        """Give what is planned, but for its times, as the domain has it.

        Raises:
            Invalid: if it names components and the whole product.
        """
        return Plan(
            title=localized(self.title, language),
            reason=_text(self.reason, language),
            description=_text(self.description, language),
            components=carried(self.components, self.all),
            covers=tuple(dict.fromkeys(self.covers)),
            audiences={name: audience.told(language) for name, audience in self.audiences.items()},
            freezes=_freezes(self.freezes, language),
            contacts=_contacts(self.contacts, language),
            request_policies={kind: policy.to_command() for kind, policy in self.request_policies.items()},
            remind_before=tuple(self.remind_before),
        )


class WindowBody(PlanBody):
    """A maintenance window; ``start`` and ``end`` are civil times of ``zone``, a ``duration`` is elapsed time."""

    model_config = example(**EXAMPLE)

    def times(self) -> Times:
        """Give its times as the use case takes them."""
        return Times(
            zone=self.zone,
            start=self.start,
            end=self.end,
            duration=self.duration,
            ambiguous=self.ambiguous,
            markets=_markets(self.markets),
        )


class SeriesBody(PlanBody):
    """Windows that recur by an RFC 5545 ``rule`` of days, the first as ``start`` and ``end`` or ``duration`` say."""

    model_config = example(
        **EXAMPLE | {"start": "2030-01-06T02:00", "zone": "Europe/Berlin", "rule": "FREQ=WEEKLY", "ambiguous": "later"}
    )

    rule: Rule

    def pattern(self, rule: str) -> Pattern:
        """Give its pattern as the domain has it, with the rule as it was checked.

        Raises:
            Invalid: if there is neither an end nor a duration, or both.
        """
        if (self.end is None) == (self.duration is None):
            raise Invalid("say either when it ends or how long it lasts", pointer="/end")
        return Pattern(
            rule=rule,
            zone=self.zone,
            start=civil_text(self.start),
            end=None if self.end is None else civil_text(self.end),
            duration=self.duration,
            ambiguous=self.ambiguous,
            markets=_markets(self.markets),
        )


class RewriteBody(Body):
    """What to change of a plan but for its times; what is left out stays. ``because`` is for operators.

    Null takes ``reason`` or ``description`` away.
    """

    model_config = example(title={"en": "Upgrade of the whole platform"}, because="Finance asked for it.")

    title: Localized | None = None
    reason: Localized | None = None
    description: Localized | None = None
    components: Carried | None = None
    all: ImpactStatus | None = None
    covers: Covers | None = None
    markets: Markets | None = None
    audiences: Audiences | None = None
    freezes: Freezes | None = None
    request_policies: Policies | None = None
    contacts: Contacts | None = None
    remind_before: Leads | None = None
    because: Reason | None = None

    def told(self, language: str) -> Rewrite:
        """Give it as the use case takes it.

        Raises:
            Invalid: if it names components and the whole product, or takes away what a plan needs.
        """
        gone = {name for name in self.model_fields_set if getattr(self, name) is None}
        for name in sorted(gone - {"reason", "description", "because", "all"}):
            raise Invalid(f"a plan is not without {name}; leave it out to keep it", pointer=f"/{name}")
        audiences, policies = self.audiences, self.request_policies
        names_components = self.components is not None or self.all is not None
        return Rewrite(
            title=_changed(self.title, language),
            reason={} if "reason" in gone else _changed(self.reason, language),
            description={} if "description" in gone else _changed(self.description, language),
            components=carried(self.components or {}, self.all) if names_components else None,
            covers=None if self.covers is None else tuple(dict.fromkeys(self.covers)),
            audiences=None if audiences is None else {name: each.told(language) for name, each in audiences.items()},
            freezes=None if self.freezes is None else _freezes(self.freezes, language),
            contacts=None if self.contacts is None else _contacts(self.contacts, language),
            request_policies=None if policies is None else {kind: each.to_command() for kind, each in policies.items()},
            remind_before=None if self.remind_before is None else tuple(self.remind_before),
            markets=None if self.markets is None else _markets(self.markets),
        )


def carried(components: dict[str, Status], everywhere: Status | None) -> dict[str, Status]:
    """Give what is said of some components, or of the whole product.

    Raises:
        Invalid: if both are named.
    """
    if components and everywhere is not None:
        raise Invalid("a window affects some components or the whole product, not both", pointer="/all")
    return dict(components) if everywhere is None else {EVERYWHERE: everywhere}


def _markets(markets: list[MarketBody]) -> tuple[MarketZone, ...]:
    return tuple(MarketZone(market=each.market, zone=each.zone) for each in markets)


def _freezes(freezes: list[FreezeBody], language: str) -> tuple[Freeze, ...]:
    return tuple(Freeze(data=each.data, note=_text(each.note, language)) for each in freezes)


def _contacts(contacts: list[ContactBody], language: str) -> tuple[Contact, ...]:
    return tuple(
        Contact(audience=each.audience, channel=each.channel, address=each.address, note=_text(each.note, language))
        for each in contacts
    )


def _texts(texts: list[dict[str, str]], language: str) -> tuple[Text, ...]:
    return tuple(localized(text, language) for text in texts)


def _changed(text: dict[str, str] | None, language: str) -> Text | None:
    return None if text is None else localized(text, language)


def _text(text: dict[str, str] | None, language: str) -> Text:
    return localized(text or {}, language)
