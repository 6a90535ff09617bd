"""Addresses of e-mail with a name before them, and with a token inside them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from application.subscriptions.mail_address import LONGEST_LOCAL_PART, has_odd_characters, parse_address

LONGEST_NAME = 100
TOKEN = re.compile(r"[a-z0-9]{8,40}")
NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")


@dataclass(frozen=True)
class Mailbox:
    """An address, and the name that is displayed with it."""

    address: str
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Mailbox:
        """Read ``ana@example.com``, ``Ana <ana@example.com>`` or ``"Ana" <ana@example.com>``.

        Raises:
            ValueError: if it is none.
        """
        found = NAMED.fullmatch(text.strip())
        if found is None:
            return cls(parse_address(text.strip()))
        name = found["name"].strip()
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = name[1:-1]
        if len(name) > LONGEST_NAME or has_odd_characters(name):
            raise ValueError(f"the name before an address is one line of at most {LONGEST_NAME} characters")
        return cls(parse_address(found["address"]), name)

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


def verp(mail_from: Mailbox, token: str) -> str:
    """Give the envelope sender of one delivery: a bounce comes back to it, and so names the delivery.

    Raises:
        ValueError: if the token has other characters than 8 to 40 lower-case letters and digits (a server may change
            the case of an address), or there is no room for it before the @.
    """
    if TOKEN.fullmatch(token) is None:
        raise ValueError("a token in an address has 8 to 40 lower-case letters and digits")
    local, _, domain = mail_from.address.rpartition("@")
    if len(f"{local}+{token}".encode()) > LONGEST_LOCAL_PART:
        raise ValueError(f"{mail_from.address} is too long for a token before the @")
    return f"{local}+{token}@{domain}"


def token_of(recipient: str) -> str | None:
    """Give the token of an address that `verp` made; None if there is none in it."""
    local, _, _ = recipient.rpartition("@")
    _, plus, token = local.rpartition("+")
    token = token.lower()
    return token if plus and TOKEN.fullmatch(token) is not None else None
