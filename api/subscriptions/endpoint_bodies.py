"""Bodies of requests about endpoints."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from api.http.command_bodies import ChangeBody, CommandBody
from api.http.pattern_words import ONE_LINE
from api.http.values import DISTINCT, Body, Duration, Flag, Key, Reason, example, up_to
from application.subscriptions.commands import EndpointRevision
from domain.impact import Level
from domain.subscriptions.endpoint import LONGEST_NAME
from domain.subscriptions.values import MOST_KEYS, Channel, NotificationScope

MOST_OVERLAP = timedelta(days=30)
"""How long a secret is valid beside the new one, at most."""
EndpointName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=ONE_LINE),
    Field(
        description="What operators call it.",
        json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f]*[^\s\x85\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"},
    ),
]
EndpointAddress = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2_000),
    Field(description="The address that gets the messages, with `https://` or `http://`."),
]
ScopeKeys = Annotated[list[Key], Field(max_length=MOST_KEYS), DISTINCT]


class ScopeBody(Body):
    """What it is notified of: whatever one of these keys covers, or everything if you name none.

    With `impact`, incidents of a lower impact are left out.
    """

    components: ScopeKeys = []
    groups: ScopeKeys = []
    audiences: ScopeKeys = []
    panels: ScopeKeys = []
    impact: Level = Level.NONE

    def to_domain(self) -> NotificationScope:
        """Give it as the domain has it."""
        return NotificationScope(
            components=tuple(self.components),
            groups=tuple(self.groups),
            audiences=tuple(self.audiences),
            panels=tuple(self.panels),
            impact=self.impact,
        )


class EndpointBody(Body):
    """An endpoint that gets notifications: a webhook, a channel of Slack, or a channel of Teams."""

    model_config = example(
        name="Order desk",
        channel="webhook",
        url="https://hooks.example.com/status",
        language="en",
        scope={"components": ["order-import"], "impact": "major"},
    )

    name: EndpointName
    channel: Channel
    url: EndpointAddress
    language: Annotated[str | None, Field(max_length=35, description="Null: the first language of the site.")] = None
    scope: ScopeBody = ScopeBody()


class ScopeChangeBody(CommandBody[NotificationScope]):
    """What changes of what it is notified of; the keys of a kind that is left out stay."""

    IS_CHANGE = True

    components: ScopeKeys = []
    groups: ScopeKeys = []
    audiences: ScopeKeys = []
    panels: ScopeKeys = []
    impact: Level = Level.NONE


class EndpointChangeBody(ChangeBody[EndpointRevision]):
    """What changes of an endpoint; what is left out stays. With `enabled`, it gets notifications again, or no more.

    `because` says why it is disabled, to operators.
    """

    model_config = example(name="Order desk, night shift", scope={"components": [], "impact": "critical"})

    APART = frozenset({"url", "language"})
    THING = "an endpoint"
    CAN_BE_NULL = frozenset({"because"})

    name: EndpointName | None = None
    url: EndpointAddress | None = None
    language: Annotated[str | None, Field(max_length=35)] = None
    scope: ScopeChangeBody | None = None
    enabled: Flag | None = None
    because: Reason | None = None


class RotationBody(Body):
    """How long the secret of now is valid beside the new one."""

    model_config = example(overlap="24h")

    overlap: Annotated[Duration, up_to(MOST_OVERLAP, or_none=True)] = timedelta(days=1)
