"""The bodies that plan windows and series, or change a plan."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import ConfigDict, Field

from api.http.command_bodies import ChangeBody, CommandBody, NotifyingBody
from api.http.contacts import Contacts
from api.http.request_policies import Policies, PolicyChanges
from api.http.template_use import TemplatedBody
from api.http.values import (
    DISTINCT,
    Flag,
    ImpactStatus,
    Key,
    Localized,
    LocalizedChanges,
    LocalizedOrEmpty,
    Name,
    Reason,
    example,
    values_alone,
    without_defaults,
)
from api.maintenance.civil_values import Lead
from api.maintenance.time_bodies import Markets, PatternBody, TimesBody
from application.maintenance.commands import MOST_AUDIENCES, MOST_COMPONENTS, Rewrite
from domain.errors import Invalid
from domain.impact import EVERYWHERE, Status
from domain.maintenance import Audience, Freeze, Guidance, Plan
from domain.maintenance.values import REMINDERS

S = TypeVar("S", Status, Status | None)
LISTED = 100
"""How many things of one kind a plan lists at most."""
ImpactStatuses = Annotated[dict[Key, ImpactStatus], Field(max_length=MOST_COMPONENTS, json_schema_extra=values_alone)]
ImpactChanges = Annotated[
    dict[Key, ImpactStatus | None], Field(max_length=MOST_COMPONENTS, json_schema_extra=values_alone)
]
Texts = Annotated[list[Localized], Field(max_length=LISTED)]
Covers = Annotated[list[Key], Field(max_length=500), DISTINCT]
Leads = Annotated[list[Lead], Field(max_length=20)]


class GuidanceBody(CommandBody[Guidance]):
    """What an audience should do in each phase."""

    before: Texts = []
    during: Texts = []
    after: Texts = []


class AudienceBody(CommandBody[Audience]):
    """What an audience cannot do meanwhile, and what it should do."""

    restrictions: Texts = []
    guidance: GuidanceBody = GuidanceBody()


class GuidanceChangeBody(GuidanceBody):
    """What changes of what an audience should do; phases that are left out stay."""

    model_config = ConfigDict(json_schema_extra=without_defaults)
    IS_CHANGE = True


class AudienceChangeBody(AudienceBody):
    """What changes of what an audience cannot do meanwhile, and should do; what is left out stays."""

    model_config = ConfigDict(json_schema_extra=without_defaults)
    IS_CHANGE = True

    guidance: GuidanceChangeBody = GuidanceChangeBody()


class FreezeBody(CommandBody[Freeze]):
    """Data that stands still until the end."""

    data: Name
    name: LocalizedOrEmpty = None
    note: LocalizedOrEmpty = None


Audiences = Annotated[dict[Name, AudienceBody], Field(max_length=MOST_AUDIENCES, json_schema_extra=values_alone)]
AudienceChanges = Annotated[
    dict[Name, AudienceChangeBody | None], Field(max_length=MOST_AUDIENCES, json_schema_extra=values_alone)
]
Freezes = Annotated[list[FreezeBody], Field(max_length=LISTED)]

EXAMPLE: dict[str, object] = {
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
    "freezes": [
        {"data": "parcel_statuses", "name": {"en": "Statuses of parcels"}, "note": {"en": "Old is not broken."}}
    ],
    "request_policies": {"order": {"policy": "reprocess"}},
    "contacts": [{"channel": "email", "address": "support@example.com"}],
    "remind_before": ["24h", "1h"],
}


class PlanBody(TimesBody, CommandBody[Plan]):
    """What windows and series have in common; each has its title."""

    APART = frozenset(TimesBody.model_fields) | {"components", "all", "announced"}

    reason: Annotated[LocalizedOrEmpty, Field(description="Why, as readers are told.")] = None
    description: LocalizedOrEmpty = None
    components: ImpactStatuses = {}
    all: ImpactStatus | None = None
    covers: Covers = []
    audiences: Audiences = {}
    freezes: Freezes = []
    request_policies: Policies = {}
    contacts: Contacts = []
    announced: Flag = True
    remind_before: Leads = list(REMINDERS)

    def to_command(self, language: str | None = None) -> Plan:
        """Give what is planned, but for its times, as the domain has it.

        Raises:
            Invalid: if it names components and the whole product.
        """
        return self.converted(language, components=to_statuses(self.components, self.all))


class WindowBody(NotifyingBody, PlanBody, TemplatedBody[Plan]):
    """A maintenance window; ``start`` and ``end`` are civil times of ``zone``, a ``duration`` is elapsed time.

    It needs a ``title``, or a ``template`` of the purpose `maintenance_window` that has one; the message of that is the
    description, where there is no other.
    """

    model_config = example(**EXAMPLE)
    APART = PlanBody.APART | TemplatedBody.APART
    NEEDED = ("title",)

    title: LocalizedOrEmpty = None


class SeriesBody(NotifyingBody, PatternBody, PlanBody):
    """Windows that recur by an RFC 5545 ``rule`` of days, the first as ``start`` and ``end`` or ``duration`` say.

    ``exdates`` and ``rdates`` are civil times of ``zone``; a day stands for the time of ``start`` on it.
    """

    model_config = example(
        **EXAMPLE
        | {
            "start": "2030-01-06T02:00",
            "zone": "Europe/Berlin",
            "rule": "FREQ=WEEKLY",
            "exdates": ["2030-04-21"],
            "rdates": ["2030-04-22T02:00"],
            "ambiguous": "later",
        }
    )
    APART = PlanBody.APART | frozenset(PatternBody.model_fields)

    title: Localized


class RewriteBody(ChangeBody[Rewrite]):
    """What to change of a plan but for its times; what is left out stays, also of what has keys or languages.

    Null takes a key away, and so it does ``reason``, ``description`` and ``all``. A list is replaced as a whole.
    ``because`` is for operators.
    """

    model_config = example(title={"en": "Upgrade of the whole platform"}, because="Finance asked for it.")
    APART = frozenset({"components", "all", "because"})
    THING = "a plan"
    CAN_BE_NULL = frozenset({"reason", "description", "because", "all"})

    title: LocalizedChanges | None = None
    reason: LocalizedChanges | None = None
    description: LocalizedChanges | None = None
    components: ImpactChanges | None = None
    all: ImpactStatus | None = None
    covers: Covers | None = None
    markets: Markets | None = None
    audiences: AudienceChanges | None = None
    freezes: Freezes | None = None
    request_policies: PolicyChanges | None = None
    contacts: Contacts | None = None
    remind_before: Leads | None = None
    because: Reason | None = None

    def to_command(self, language: str | None = None) -> Rewrite:
        """Give the changes; None leaves a thing as it is.

        Raises:
            Invalid: if it names components and the whole product, or takes away what a plan needs.
        """
        everywhere = {EVERYWHERE: None} if "all" in self.nulls and not self.components else {}
        return self.converted(
            language,
            components=to_statuses(self.components or {}, self.all) | everywhere,
            takes_away=frozenset(self.nulls & {"reason", "description"}),
        )


def to_statuses(components: dict[str, S], everywhere: S | None) -> dict[str, S]:
    """Give the status of some components, or under ``EVERYWHERE`` that of the whole product.

    Raises:
        Invalid: if both are named.
    """
    if components and everywhere is not None:
        raise Invalid("a window affects some components or the whole product, not both", pointer="/all")
    return dict(components) if everywhere is None else {EVERYWHERE: everywhere}
