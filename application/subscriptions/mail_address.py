"""Addresses of e-mail: which ones are good, and in which form they are kept."""

from __future__ import annotations

import re
import unicodedata

import idna

LONGEST_ADDRESS = 254
"""Bytes of an address (RFC 5321, errata 1690)."""
LONGEST_LOCAL_PART = 64
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+"
LOCAL_PART = re.compile(rf"{ATOM}(?:\.{ATOM})*")


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
    if LOCAL_PART.fullmatch(local) is None or has_odd_characters(local):
        raise ValueError("the part before the @ has letters, digits and marks, with single dots between them")
    if len(local.encode()) > LONGEST_LOCAL_PART:
        raise ValueError(f"the part before the @ has at most {LONGEST_LOCAL_PART} bytes")
    address = f"{local}@{_to_ascii(domain)}"
    if len(address.encode()) > LONGEST_ADDRESS:
        raise ValueError(f"an address of e-mail has at most {LONGEST_ADDRESS} bytes")
    return address


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


def has_odd_characters(text: str) -> bool:
    """Tell whether there are control characters, spaces but the plain one, or characters that change the direction."""
    return any(unicodedata.category(each)[0] in "CZ" and each != " " for each in text)
