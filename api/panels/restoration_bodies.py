"""Requests about restorations of panels."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from api.http.request_policies import Policies
from api.http.values import (
    DAY,
    WHOLE,
    Body,
    Duration,
    ImpactStatus,
    Instant,
    Key,
    Localized,
    Name,
    Reason,
    example,
    localized,
    parse_day,
    parse_instant,
    up_to,
    values_alone,
)
from application.panels.restorations import CapabilityNews, LossNews, ProgressNews, PromiseNews, RecoveryPointNews
from domain.panels.restoration import CapabilityState, Count, Stage
from domain.text import Text

LISTED = 100
FARTHEST = timedelta(days=366)
"""The widest tolerance of a recovery point."""


def _when(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    if not isinstance(value, str):
        raise ValueError("a day or an instant is a string, as in 2021-03-22 or 2021-03-22T12:00:00Z")  # noqa: TRY004 - pydantic reports ValueError only
    return parse_day(value) if DAY.fullmatch(value) else parse_instant(value)


When = Annotated[
    date | datetime,
    BeforeValidator(_when),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}),
]
"""A day, by the clocks of the panel, or an instant."""
Kinds = Annotated[list[Name], Field(max_length=LISTED)]
Accounts = Annotated[int, Field(ge=0, le=1_000_000_000), WHOLE]
Affected = Annotated[dict[Key, ImpactStatus], Field(max_length=LISTED, json_schema_extra=values_alone)]


def said(text: dict[str, str] | None, language: str) -> Text:
    """Give a text, or none."""
    return localized(text or {}, language)


class LossBody(Body):
    """When access was lost, with which provider, and why; the reason is for operators."""

    model_config = example(
        lost_at="2021-03-10T00:47:00+01:00", provider="Hosting provider", reason="A fire in the data centre."
    )

    lost_at: Instant | None = None
    provider: Localized | None = None
    reason: Localized | None = None


class RestorationBody(LossBody):
    """The loss of a panel; what it can do is unavailable from then on."""

    model_config = example(
        panel="panel-c",
        lost_at="2021-03-10T00:47:00+01:00",
        provider="Hosting provider",
        reason="A fire in the data centre.",
        request_policies={"order": {"policy": "check_by_hand", "four_eyes": True}},
    )

    panel: Key
    request_policies: Policies = {}

    def told(self, language: str) -> LossNews:
        """Give it as the use case takes it."""
        return LossNews(
            panel=self.panel,
            provider=said(self.provider, language),
            reason=said(self.reason, language),
            request_policies={kind: each.to_command() for kind, each in self.request_policies.items()},
        )


class PoliciesBody(Body):
    """What becomes of requests from now on; all of it. ``because`` is for operators."""

    model_config = example(request_policies={"order": {"policy": "check_by_hand"}}, because="The shops asked for it.")

    request_policies: Policies
    because: Reason | None = None


class NotedBody(Body):
    """What readers are told, and since when it is so."""

    model_config = example(note={"en": "The servers are back."})

    note: Localized | None = None
    occurred_at: Instant | None = None


class PromiseBody(NotedBody):
    """Who promised access for when: a day, by the clocks of the panel, or an instant."""

    model_config = example(promised_by="Hosting provider", promised_for="2021-03-22")

    promised_by: Localized
    promised_for: When

    def told(self, language: str) -> PromiseNews:
        """Give it as the use case takes it."""
        return PromiseNews(
            promised_by=localized(self.promised_by, language),
            promised_for=self.promised_for,
            note=said(self.note, language),
        )


class RecoveryPointBody(NotedBody):
    """The data is that of ``as_of``, give or take ``tolerance``; ``missing`` kinds are lost from then to the loss."""

    model_config = example(as_of="2021-03-09T00:00:00+01:00", tolerance="2h", missing=["shipments", "invoices"])

    as_of: Instant
    tolerance: Annotated[Duration, up_to(FARTHEST, or_none=True)] = timedelta(0)
    missing: Kinds = []

    def told(self, language: str) -> RecoveryPointNews:
        """Give it as the use case takes it."""
        return RecoveryPointNews(
            as_of=self.as_of,
            tolerance=self.tolerance,
            missing=tuple(dict.fromkeys(self.missing)),
            note=said(self.note, language),
        )


class CapabilityBody(NotedBody):
    """How it is with a capability; ``components`` show these statuses because of it, as long as it is so."""

    model_config = example(
        state="unavailable",
        note={"en": "It needs a few days more."},
        workaround={"en": "Use the feed of the shop."},
        expected="2021-03-23",
        components={"stock-sync": "degraded_performance"},
    )

    state: CapabilityState
    workaround: Localized | None = None
    expected: When | None = None
    components: Affected = {}

    def told(self, capability: str, language: str) -> CapabilityNews:
        """Give it as the use case takes it."""
        return CapabilityNews(
            capability=capability,
            state=self.state,
            note=said(self.note, language),
            workaround=said(self.workaround, language),
            expected=self.expected,
            components=self.components,
        )


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

    actions: Annotated[list[Name], Field(min_length=1, max_length=LISTED)]
    due_from: Instant
    due_until: Instant


class InstructionBody(Body):
    """What the owner of an account has to do; ``place`` in the list, from 1, at its end if none is named."""

    model_config = example(text={"en": "Reconnect the marketplace; do not delete it."}, place=1)

    text: Localized
    place: Annotated[int, Field(ge=1, le=LISTED), WHOLE] | None = None
    occurred_at: Instant | None = None


class InventoryBody(NotedBody):
    """How many accounts there are."""

    model_config = example(accounts=647)

    accounts: Accounts


class CountBody(Body):
    """How many accounts are at a stage; ``grades`` break all of them down, if they are there."""

    accounts: Accounts
    grades: Annotated[dict[Name, Accounts], Field(max_length=LISTED, json_schema_extra=values_alone)] = {}

    def told(self) -> Count:
        """Give it as the domain has it."""
        return Count(accounts=self.accounts, grades=self.grades)


class ProgressBody(NotedBody):
    """How many accounts are at each stage of an inventory, the newest if none is named; each is at one stage."""

    model_config = example(stages={"restored": 400, "verified": {"accounts": 20, "grades": {"complete": 20}}})

    stages: Annotated[dict[Stage, Accounts | CountBody], Field(min_length=1)]
    inventory_revision: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] | None = None

    def told(self, language: str) -> ProgressNews:
        """Give it as the use case takes it."""
        return ProgressNews(
            stages={
                stage: each.told() if isinstance(each, CountBody) else Count(accounts=each, grades={})
                for stage, each in self.stages.items()
            },
            revision=self.inventory_revision,
            note=said(self.note, language),
        )


class RecoveryCompletionBody(NotedBody):
    """The panel is recovered; a capability that is not available has to be said to be given up."""

    model_config = example(given_up=["comparison_feed"])

    given_up: Annotated[list[Key], Field(max_length=200)] = []
