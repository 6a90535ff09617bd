"""The bodies of requests about subscriptions by e-mail."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from api.http.command_bodies import CommandBody
from api.http.values import DISTINCT, Body, Name, Tag, example
from application.subscriptions.mail_address import LONGEST_ADDRESS, parse_address
from domain.impact import Level
from domain.subscriptions.values import MOST_KEYS, NotificationScope, Rhythm

MailAddress = Annotated[
    str,
    StringConstraints(max_length=LONGEST_ADDRESS),
    AfterValidator(parse_address),
    Field(description="An address of e-mail.", examples=["ana@example.com"]),
]
Keys = Annotated[list[Name], Field(max_length=MOST_KEYS), DISTINCT]


class ScopeBody(CommandBody[NotificationScope]):
    """What somebody wants to be notified of: whatever any of the keys covers, or everything without any key."""

    components: Keys = []
    groups: Keys = []
    audiences: Keys = []
    panels: Keys = []
    impact: Annotated[Level, Field(description="Of incidents, only those with this impact or a higher one.")] = (
        Level.NONE
    )


class SubscriptionBody(Body):
    """A subscription by e-mail, as a reader asks for it."""

    model_config = example(
        address="ana@example.com", language="es", rhythm="instant", scope={"components": ["order-import"]}
    )

    channel: Annotated[
        Literal["email"], Field(description="Other channels are endpoints, which operators register.")
    ] = "email"
    address: MailAddress
    language: Annotated[
        Tag | None, Field(description="The language of the mails, one of the service; by default its first one.")
    ] = None
    rhythm: Annotated[Rhythm, Field(description="At once, or together once an hour or a day.")] = Rhythm.INSTANT
    scope: ScopeBody = ScopeBody()
