"""Placeholder until the sessions of the other branch are merged."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from starlette.requests import Request

from api.http.auth import facade_of
from application.access.tokens import Identity, identify

COOKIE = "bitacora_session"
_known: dict[str, SignedIn] = {}


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who is signed in."""

    identity: Identity
    session: UUID
    zone: str | None
    began_at: datetime
    expires_at: datetime


async def signed_in(request: Request) -> SignedIn | None:
    return _known.get(request.cookies.get(COOKIE, ""))


async def begin_with_token(request: Request, secret: str, zone: str | None) -> str:
    facade = facade_of(request)
    now = facade.clock.now()
    identity = identify(secret, await facade.keys.current(), now)
    value = secrets.token_urlsafe(32)
    _known[value] = SignedIn(identity=identity, session=uuid4(), zone=zone, began_at=now, expires_at=now)
    return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax"


async def end(request: Request, session: UUID) -> str:
    _known.pop(request.cookies.get(COOKIE, ""), None)
    return f"{COOKIE}=; Path=/; Max-Age=0"
