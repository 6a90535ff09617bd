"""Addresses of e-mail: which ones are good, and how they are written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import idna

LONGEST_ADDRESS = 254
"""Bytes of an address (RFC 5321, errata 1690)."""
LONGEST_LOCAL_PART = 64
LONGEST_NAME = 100
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+"
LOCAL_PART = re.compile(rf"{ATOM}(?:\.{ATOM})*")
TOKEN = re.compile(r"[a-z0-9]{8,40}")
NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")


def parse_address(text: str) -> str:
    """Give an address in the form in which it is kept: the domain in lower case, and in ASCII (IDNA).

    The local part stays as it is: only its own server knows whether upper case matters. Comments, quoted local parts
    and domains that are numbers in brackets are refused; hardly anyone has them.

    Raises:
        ValueError: if it is no address.
    """
    if len(text) > LONGEST_ADDRESS:
        raise ValueError(f"an address of e-mail has at most {LONGEST_ADDRESS} characters")
    local, at, domain = unicodedata.normalize("NFC", text.strip(" ")).rpartition("@")
    if not at or not local or not domain or "@" in local:
        raise ValueError("an address of e-mail has one @ between a name and a domain, as in ana@example.com")
    if LOCAL_PART.fullmatch(local) is None or _has_odd_characters(local):
        raise ValueError("the part before the @ has letters, digits and marks, with single dots between them")
    if len(local.encode()) > LONGEST_LOCAL_PART:
        raise ValueError(f"the part before the @ has at most {LONGEST_LOCAL_PART} bytes")
    address = f"{local}@{_to_ascii(domain)}"
    if len(address.encode()) > LONGEST_ADDRESS:
        raise ValueError(f"an address of e-mail has at most {LONGEST_ADDRESS} bytes")
    return address


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
        if len(name) > LONGEST_NAME or _has_odd_characters(name):
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


def to_ascii_host(host: str) -> str:
    """Write the name of a host in lower case and in ASCII (IDNA 2008).

    Raises:
        ValueError: if it is no name of a host.
    """
    try:
        return idna.encode(host, uts46=True, std3_rules=True).decode("ascii").lower()
    except idna.IDNAError:
        raise ValueError("the domain has letters, digits and hyphens, with single dots between them") from None


def _to_ascii(domain: str) -> str:
    name = to_ascii_host(domain)
    *others, last = name.split(".")
    if not others or not last or last.isdigit():
        raise ValueError("the domain has at least two parts, as in example.com")
    return name


def _has_odd_characters(text: str) -> bool:
    """Tell whether there are control characters, spaces but the plain one, or characters that change the direction."""
    return any(unicodedata.category(each)[0] in "CZ" and each != " " for each in text)
