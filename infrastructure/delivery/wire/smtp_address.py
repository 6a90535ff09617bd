"""The address of a mail relay, as a setting names it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote_to_bytes, urlsplit

from application.subscriptions.mail_address import to_ascii_host

SMTPS_PORT, SUBMISSION_PORT, RELAY_PORT = 465, 587, 25
FORMS = "write smtp://user:password@host:587 or smtps://…, and odd characters of the password as %XX"


@dataclass(frozen=True, kw_only=True)
class SmtpAddress:
    """A relay and the login there. It never shows its password."""

    host: str
    port: int
    is_tls: bool
    """Whether TLS comes first (smtps); otherwise STARTTLS is used where it is offered."""
    user: str = ""
    """Empty without a login."""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str) -> SmtpAddress:
        """Read ``smtp://user:password@host:587`` or ``smtps://…``; the login and the port may be absent.

        The port is then 465 for smtps, 587 with a login, and otherwise 25.

        Raises:
            ValueError: if it is none; the message does not repeat the password.
        """
        if any(unicodedata.category(each)[0] == "C" for each in text.strip()):
            # Those of ASCII would be dropped in silence.
            raise ValueError(f"the address of the relay has a control character in it; {FORMS}")
        try:
            parts = urlsplit(text.strip())
            port = parts.port
            host = _host(parts.hostname or "")
            user, password = (unquote_to_bytes(each or "").decode() for each in (parts.username, parts.password))
        except ValueError:
            # What it says may repeat the text.
            raise ValueError(f"the address of the relay cannot be read; {FORMS}") from None
        if parts.scheme not in {"smtp", "smtps"} or not host:
            raise ValueError(FORMS)
        if parts.path not in {"", "/"} or parts.query or parts.fragment or port == 0:
            raise ValueError(f"the address of the relay ends with its port; {FORMS}")
        if bool(user) != bool(password):
            raise ValueError("a login at the relay has a user and a password")
        if any(unicodedata.category(each) == "Cc" for each in user + password):
            raise ValueError("the login at the relay has a control character in it")
        is_tls = parts.scheme == "smtps"
        usual = SMTPS_PORT if is_tls else SUBMISSION_PORT if user else RELAY_PORT
        return cls(host=host, port=port or usual, is_tls=is_tls, user=user, password=password)

    @property
    def is_loopback(self) -> bool:
        """Whether the relay is on this machine, so that nobody stands in between."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'smtps' if self.is_tls else 'smtp'}://{host}:{self.port}"


def _host(name: str) -> str:
    try:
        return str(ip_address(name))
    except ValueError:
        return to_ascii_host(name)
