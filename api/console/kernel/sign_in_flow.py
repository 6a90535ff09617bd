"""A sign-in at the provider of identities that is under way: what the browser keeps of it, for ten minutes.

The cookie has a secret, and nothing is kept of it here. What the provider is told is made of the secret, one way, so
that no address shows what would be needed to end a sign-in that somebody else began.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from api.http.sessions import read_cookie, write_cookie
from application.access.provider import SignInFlow
from application.digests import new_secret

if TYPE_CHECKING:
    from starlette.requests import Request

NAME = "bitacora_oidc"
LASTS = timedelta(minutes=10)
WRITTEN = re.compile(r"(\d{10})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{0,1400})\.([A-Za-z0-9_/+-]{0,64})")
LONGEST_PATH = 1_000


@dataclass(frozen=True, kw_only=True)
class KeptFlow:
    """What the cookie says: when the sign-in began, to which screen it leads, and which zone the browser is in."""

    value: str
    next_path: str
    zone: str | None

    @property
    def flow(self) -> SignInFlow:
        """What the provider is told, or can be told, of it."""
        return SignInFlow(state=self._made("state"), nonce=self._made("nonce"), verifier=self._made("verifier"))

    def _made(self, what: str) -> str:
        # Of the whole value, so that no part of it can be replaced by another.
        digest = sha256(f"{what}\0{self.value}".encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def begin_flow(now: datetime, next_path: str, zone: str) -> KeptFlow:
    """Begin a sign-in that leads to a screen in the end."""
    path = urlsafe_b64encode(next_path.encode()[:LONGEST_PATH]).rstrip(b"=").decode() if next_path.isascii() else ""
    beginning = f"{int(now.timestamp()):010}.{new_secret()}.{path}"
    value = f"{beginning}.{zone}" if WRITTEN.fullmatch(f"{beginning}.{zone}") else f"{beginning}."
    return KeptFlow(value=value, next_path=next_path, zone=zone or None)


def read_flow(request: Request, now: datetime) -> KeptFlow | None:
    """Give the sign-in that the browser has begun; None if there is none, or it has taken too long."""
    value = read_cookie(request, NAME)
    parts = WRITTEN.fullmatch(value) if value is not None else None
    if value is None or parts is None:
        return None
    age = now - datetime.fromtimestamp(int(parts[1]), UTC)
    if not timedelta(seconds=-1) < age < LASTS:
        return None
    try:
        next_path = urlsafe_b64decode(parts[3] + "=" * (-len(parts[3]) % 4)).decode("ascii")
    except ValueError:
        return None
    return KeptFlow(value=value, next_path=next_path, zone=parts[4] or None)


def write_flow(request: Request, kept: KeptFlow | None) -> str:
    """Write ``Set-Cookie``; None removes the cookie."""
    return write_cookie(
        request, NAME, None if kept is None else kept.value, seconds=int(LASTS.total_seconds()) if kept else None
    )
