"""Addresses of endpoints: which ones can be registered, and what is asked there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from application.subscriptions.mail_address import to_ascii_host
from infrastructure.delivery.wire.public_networks import may_connect, read_ip

LONGEST_URL = 2_000
CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\ufeff]")
PORTS = {"http": 80, "https": 443}
AFTER_HOST = re.compile(r"[!$-;=?-Z\[\]_a-z~]*")
"""What may stand in a path and a query: no space, quotation mark, # or backslash."""
LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa")
NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}\.?")
"""Other ways to write an address of IPv4, which some resolvers read: one number, hexadecimal, octal."""


@dataclass(frozen=True, kw_only=True)
class EndpointUrl:
    """An address of an endpoint, in parts."""

    is_tls: bool
    host: str
    """In ASCII and lower case; an address of IPv6 stands without brackets."""
    port: int
    target: str
    """Path and query."""

    @property
    def authority(self) -> str:
        """The host as a request names it, with its port unless it is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["https" if self.is_tls else "http"] else f"{host}:{self.port}"


def parse_endpoint_url(text: str) -> EndpointUrl:
    """Read an address of an endpoint.

    Raises:
        ValueError: if it is none; the message does not repeat it, for it may have a secret in it.
    """
    if len(text) > LONGEST_URL:
        raise ValueError(f"the address of an endpoint has at most {LONGEST_URL:,} characters")
    if CONTROL.search(text) is not None:
        # Those at the ends, and tabs and line ends anywhere, would be dropped in silence.
        raise ValueError("the address of an endpoint has no spaces and no control characters in it")
    try:
        parts = urlsplit(text)
        port = parts.port
        has_login = parts.username is not None or parts.password is not None
    except ValueError:
        raise ValueError("the address of an endpoint cannot be read") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("the address of an endpoint begins with https:// or http:// and the name of a host")
    if has_login or "@" in parts.netloc:
        raise ValueError("the address of an endpoint has no user and no password in it")
    if "#" in text:
        raise ValueError("the address of an endpoint has no fragment (#…)")
    if port == 0:
        raise ValueError("the port of an endpoint is 1 to 65535")
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    if AFTER_HOST.fullmatch(target) is None:
        raise ValueError("in the address of an endpoint, odd characters are written as %XX")
    return EndpointUrl(
        is_tls=parts.scheme == "https",
        host=_host(parts.hostname),
        port=port or PORTS[parts.scheme],
        target=target,
    )


def check_endpoint_url(text: str, *, allow_private: bool) -> EndpointUrl:
    """Read an address that is to be registered. What its name leads to is looked at with each request.

    Raises:
        ValueError: if it is none, or it is plainly in our own network and that is not allowed.
    """
    url = parse_endpoint_url(text)
    address = read_ip(url.host)
    if address is not None:
        is_open = may_connect(address, allow_private=allow_private)
    else:
        is_open = allow_private or ("." in url.host and not f".{url.host}".endswith(LOCAL_NAMES))
    if not is_open:
        raise ValueError("the endpoint is in a private network, and those are not allowed here")
    return url


def _host(name: str) -> str:
    address = read_ip(name)
    if address is not None:
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            raise ValueError("the address of an endpoint names no interface (%…)")
        return str(address)
    # Digits of other scripts become ours only here.
    host = to_ascii_host(name).removesuffix(".")
    if NUMERIC.fullmatch(host) is not None:
        raise ValueError("a host that is an address has four numbers, as in 192.0.2.1")
    return host
