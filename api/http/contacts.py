"""Contacts in requests."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.http.command_bodies import CommandBody
from api.http.values import LocalizedOrEmpty, Name, example
from domain.contact import Contact

MOST_CONTACTS = 100


class ContactBody(CommandBody[Contact]):
    """Where to ask; for everybody, if no audience is named."""

    model_config = example(channel="email", address="support@example.com", note={"en": "At any time."})

    audience: Name | None = None
    channel: Name
    address: Name
    note: LocalizedOrEmpty = None


Contacts = Annotated[list[ContactBody], Field(max_length=MOST_CONTACTS)]
