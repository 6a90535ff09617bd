"""Where to ask, as links: of those channels whose addresses a browser can open."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from typing_extensions import TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAIL, PHONE = "mailto:", "tel:"
SCHEMES = {"email": MAIL, "e-mail": MAIL, "mail": MAIL, "phone": PHONE, "telephone": PHONE}
WEB = ("https://", "http://")


class LinkedContact(TypedDict):
    """A contact with the address that its link leads to, None if it has none."""

    channel: str
    address: str
    link: str | None
    note: str


def linked(contacts: Iterable[Mapping[str, object]]) -> list[LinkedContact]:
    """Link contacts, whose notes are in one language."""
    return [
        {
            "channel": str(each["channel"]),
            "address": str(each["address"]),
            "link": link_of(str(each["channel"]), str(each["address"])),
            "note": str(each["note"] or ""),
        }
        for each in contacts
    ]


def link_of(channel: str, address: str) -> str | None:
    """Give the address that a link leads to: a mailbox, a telephone, or a page; None for all else."""
    if address.lower().startswith(WEB):
        return address
    scheme = SCHEMES.get(channel.strip().lower())
    if scheme is None or (scheme is MAIL and "@" not in address):
        return None
    return scheme + quote("".join(address.split()), safe="@+")
