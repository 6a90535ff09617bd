"""The bodies of requests about subscriptions by e-mail."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from api.http.values import Body, Tag, example
from api.subscriptions.endpoint_bodies import ScopeBody
from application.subscriptions.mail_address import LONGEST_ADDRESS, parse_address
from domain.subscriptions.values import Rhythm

MailAddress = Annotated[
    str,
    StringConstraints(max_length=LONGEST_ADDRESS),
    AfterValidator(parse_address),
    Field(
        description="An address of e-mail.",
        examples=["ana@example.com"],
        # What else is checked of it, no pattern could say.
        json_schema_extra={"format": "email", "pattern": r"^[^\s\x85@]+@[^\s\x85@]+\.[^\s\x85@]+$"},
    ),
]


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
