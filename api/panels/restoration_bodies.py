"""Bodies of requests about restorations of panels."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from api.http.command_bodies import CommandBody, NotifyingBody
from api.http.request_policies import Policies, PolicyChanges
from api.http.values import (
    DAY,
    DISTINCT,
    WHOLE,
    Body,
    Duration,
    Flag,
    ImpactStatus,
    Instant,
    Key,
    Localized,
    LocalizedOrEmpty,
    Name,
    Reason,
    example,
    parse_day,
    parse_instant,
    up_to,
    values_alone,
)
from application.panels.restoration_commands import (
    CapabilityNews,
    LossNews,
    ProgressNews,
    PromiseNews,
    RecoveryPointNews,
)
from domain.panels.restoration import CapabilityState, Count, Stage

MAX_ITEMS = 100
MAX_TOLERANCE = timedelta(days=366)
"""The widest tolerance of a recovery point."""


def _day_or_instant(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    if not isinstance(value, str):
        raise ValueError("a day or an instant is a string, as in 2021-03-22 or 2021-03-22T12:00:00Z")  # noqa: TRY004 - pydantic reports ValueError only
    return parse_day(value) if DAY.fullmatch(value) else parse_instant(value)


When = Annotated[
    date | datetime,
    BeforeValidator(_day_or_instant),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}),
]
"""A day, by the clocks of the panel, or an instant."""
Kinds = Annotated[list[Name], Field(max_length=MAX_ITEMS), DISTINCT]
Accounts = Annotated[int, Field(ge=0, le=1_000_000_000), WHOLE]
Affected = Annotated[dict[Key, ImpactStatus], Field(max_length=MAX_ITEMS, json_schema_extra=values_alone)]


class LossBody(NotifyingBody):
    """When access was lost, with which provider, and why; the reason is for operators."""

    model_config = example(
        lost_at="2021-03-10T00:47:00+01:00", provider="Hosting provider", reason="A fire in the data centre."
    )

    lost_at: Instant | None = None
    provider: LocalizedOrEmpty = None
    reason: LocalizedOrEmpty = None


class RestorationBody(LossBody, CommandBody[LossNews]):
    """The loss of a panel; what it can do is unavailable from then on."""

    model_config = example(
        panel="panel-c",
        lost_at="2021-03-10T00:47:00+01:00",
        provider="Hosting provider",
        reason="A fire in the data centre.",
        request_policies={"order": {"policy": "check_by_hand", "four_eyes": True}},
    )

    APART = frozenset({"lost_at"})

    panel: Key
    request_policies: Policies = {}


class PoliciesBody(Body):
    """What changes of what becomes of requests; what is left out stays. ``because`` is for operators."""

    model_config = example(request_policies={"order": {"policy": "check_by_hand"}}, because="The shops asked for it.")

    request_policies: PolicyChanges
    because: Reason | None = None


class NotedBody(Body):
    """What readers are told, and since when it is so."""

    model_config = example(note={"en": "The servers are back."})

    note: LocalizedOrEmpty = None
    occurred_at: Instant | None = None


class ReturnBody(NotifyingBody, NotedBody):
    """What readers are told of access that is back."""


class PromiseBody(NotifyingBody, NotedBody, CommandBody[PromiseNews]):
    """Who promised access for when: a day, by the clocks of the panel, or an instant."""

    model_config = example(promised_by="Hosting provider", promised_for="2021-03-22")

    APART = frozenset({"occurred_at"})

    promised_by: Localized
    promised_for: When


class RecoveryPointBody(NotedBody, CommandBody[RecoveryPointNews]):
    """The data is that of ``as_of``, give or take ``tolerance``; ``missing`` kinds are lost from then to the loss."""

    model_config = example(as_of="2021-03-09T00:00:00+01:00", tolerance="2h", missing=["shipments", "invoices"])

    APART = frozenset({"occurred_at"})

    as_of: Instant
    tolerance: Annotated[Duration, up_to(MAX_TOLERANCE, or_none=True)] = timedelta(0)
    missing: Kinds = []


class CapabilityBody(NotedBody, CommandBody[CapabilityNews]):
    """How it is with a capability; ``components`` show these statuses because of it, as long as it is so."""

    model_config = example(
        state="unavailable",
        note={"en": "It needs a few days more."},
        workaround={"en": "Use the feed of the shop."},
        expected="2021-03-23",
        components={"stock-sync": "degraded_performance"},
    )

    APART = frozenset({"occurred_at"})

    state: CapabilityState
    workaround: LocalizedOrEmpty = None
    expected: When | None = None
    components: Affected = {}


class SuppressionBody(NotedBody):
    """An automation that does not run for items created before an instant."""

    model_config = example(automation="order_paid", created_before="2021-03-11T00:00:00+01:00")

    automation: Key
    created_before: Instant


class EndingBody(Body):
    """Why, for operators."""

    model_config = example(reason="Every order of that day is checked.")

    reason: Reason | None = None
    occurred_at: Instant | None = None


class BacklogBody(NotedBody):
    """Actions that were due in a span (its end is outside), and will never be executed."""

    model_config = example(
        actions=["order_exists_for_days"], due_from="2021-03-09T00:00:00+01:00", due_until="2021-03-15T00:00:00+01:00"
    )

    actions: Annotated[list[Name], Field(min_length=1, max_length=MAX_ITEMS), DISTINCT]
    due_from: Instant
    due_until: Instant


class InstructionBody(Body):
    """What the owner of an account has to do; ``place`` under its heading, from 1, at its end if none is named."""

    model_config = example(heading="orders", text={"en": "Reconnect the marketplace; do not delete it."}, place=1)

    heading: Key | None = None
    text: Localized
    place: Annotated[int, Field(ge=1, le=MAX_ITEMS), WHOLE] | None = None
    occurred_at: Instant | None = None


class RestorationUpdateBody(NotifyingBody):
    """How it goes; ``internal`` is a note for operators."""

    model_config = example(message={"en": "The servers are being checked."})

    message: Localized
    internal: Flag = False
    occurred_at: Instant | None = None


class InventoryBody(NotedBody):
    """How many accounts there are."""

    model_config = example(accounts=647)

    accounts: Accounts


class CountBody(CommandBody[Count]):
    """How many accounts are at a stage; ``grades`` break all of them down, if they are there."""

    accounts: Accounts
    grades: Annotated[dict[Name, Accounts], Field(max_length=MAX_ITEMS, json_schema_extra=values_alone)] = {}


class ProgressBody(NotedBody, CommandBody[ProgressNews]):
    """How many accounts are at each stage of an inventory, the newest if none is named; each is at one stage."""

    model_config = example(stages={"restored": 400, "verified": {"accounts": 20, "grades": {"complete": 20}}})

    APART = frozenset({"stages", "inventory_revision", "occurred_at"})

    stages: Annotated[dict[Stage, Accounts | CountBody], Field(min_length=1)]
    inventory_revision: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] | None = None

    def to_command(self, language: str | None = None) -> ProgressNews:
        """Give it as the application takes it; a number stands for a count without grades."""
        stages = {
            stage: count.to_command() if isinstance(count, CountBody) else Count(accounts=count, grades={})
            for stage, count in self.stages.items()
        }
        return self.converted(language, stages=stages, revision=self.inventory_revision)


class RecoveryCompletionBody(NotifyingBody, NotedBody):
    """The panel is recovered; a capability that is not available has to be said to be given up."""

    model_config = example(given_up=["comparison_feed"])

    given_up: Annotated[list[Key], Field(max_length=200)] = []
