"""Contacts as documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from application.document import Localized
from application.schema import documented

if TYPE_CHECKING:
    from domain.contact import Contact


@documented
class ContactDocument(TypedDict):
    """Where to ask."""

    audience: str | None
    """Null if it is for everybody."""
    channel: str
    address: str
    note: Localized | None


def contact_document(contact: Contact) -> ContactDocument:
    """Write a contact."""
    return {
        "audience": contact.audience,
        "channel": contact.channel,
        "address": contact.address,
        "note": dict(contact.note),
    }
