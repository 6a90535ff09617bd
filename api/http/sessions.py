"""Sessions of people who sign in to the console: the cookie by which one is known, and how one begins and ends.

The cookie has an opaque secret, of which only the digest is stored. It identifies somebody to pages of the console
alone; no other route reads it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import cookie_parser

from api.http.auth import facade_of, list_of
from api.http.sign_ins import sign_ins_of
from application.access.identity import STAFF, Identity, session_actor
from application.access.sessions import SessionRow, identity_of_session
from application.access.tokens import REFUSED
from application.caller import Caller
from application.digests import digest_of
from application.errors import Forbidden, NotAuthenticated, StoreUnavailable
from domain.access.errors import SessionHasEnded
from domain.access.session import SessionEnd, SignIn, StaffSession
from domain.errors import Invalid
from domain.provenance import SignInMethod

if TYPE_CHECKING:
    from starlette.requests import Request

    from application.facade import Facade

NAME = "bitacora_session"
HOST_ONLY = "__Host-"
"""What the name of a cookie begins with that browsers take over https alone, and of this host alone (RFC 6265bis)."""
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
NOTED_EVERY = timedelta(minutes=1)
"""How often it is noted at most that a session is used."""


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who has signed in, by which session, and in which zone they read times."""

    identity: Identity
    session: UUID
    zone: str | None
    """The IANA name that the person has chosen; None for the zone of the pages."""
    began_at: datetime
    expires_at: datetime


async def signed_in(request: Request, *, is_use: bool = True) -> SignedIn | None:
    """Tell who has signed in, by the cookie of a request, and note that the session is used, if this is a use of it.

    None if there is no cookie, or the session has ended, expired, was not used for too long, began with a token that is
    good no longer, or at another provider than that of now. That holds from the next request on, in every process.
    """
    secret = _secret_of(request)
    if secret is None:
        return None
    facade = facade_of(request)
    found = await facade.reads.run(lambda: facade.sessions.find(digest_of(secret)))
    if found is None:
        return None
    session, row = found
    tokens = {token.name: token for token in (await facade.keys.current()).values()}
    now, idle = facade.clock.now(), facade.commands.sessions.idle
    issuer = None if facade.provider is None else facade.provider.issuer
    identity = identity_of_session(session, row, tokens, issuer=issuer, idle=idle, now=now)
    if identity is None:
        return None
    if is_use:
        await _note_use(facade, row, now)
    return SignedIn(
        identity=identity,
        session=session.id,
        zone=row.zone,
        began_at=session.began_at,
        expires_at=identity.expires_at or session.expires_at,
    )


async def begin_with_token(request: Request, secret: str, zone: str | None = None) -> str:
    """Sign in whoever has a token; ``zone`` is the IANA name of the zone in which they read times, if it is known.

    The session that the browser had before ends: a secret that somebody planted there is worth nothing.

    Returns:
        The value of ``Set-Cookie``.

    Raises:
        NotAuthenticated: if no token has this secret, or it is good no longer.
        Forbidden: if it is that of a machine.
        TooManyRequests: if somebody has tried too often, by the network or the token.
    """
    facade, sign_ins, how = facade_of(request), sign_ins_of(request), SignInMethod.TOKEN
    sign_ins.admit(request, how)
    token = (await facade.keys.current()).get(digest_of(secret))
    if token is None:
        sign_ins.note_refused(request, how, "unknown token")
        raise NotAuthenticated(REFUSED)
    sign_ins.admit_name(request, how, token.name)
    if token.role not in STAFF:
        sign_ins.note_refused(request, how, "token of a machine", name=token.name)
        raise Forbidden(f"people sign in here, and the token {token.name} is {token.role}")
    by = caller_for(request, token.person, how)
    try:
        session, made = await facade.runner.run(
            lambda log: facade.commands.sessions.begin_with_token(log, token.name, caller=by)
        )
    except NotAuthenticated:
        reason = "expired token" if token.revoked_at is None else "revoked token"
        sign_ins.note_refused(request, how, reason, name=token.name)
        raise
    return await _opened(request, session, made, zone)


async def begin_with_provider(request: Request, sign_in: SignIn, zone: str | None = None) -> str:
    """Sign in whom the provider of identities has named; see ``begin_with_token``.

    Returns:
        The value of ``Set-Cookie``.

    Raises:
        TooManyRequests: if the person has tried too often.
    """
    facade = facade_of(request)
    sign_ins_of(request).admit_name(request, SignInMethod.OIDC, sign_in.person)
    by = caller_for(request, sign_in.person, SignInMethod.OIDC)
    session, made = await facade.runner.run(lambda log: facade.commands.sessions.begin(log, sign_in, caller=by))
    return await _opened(request, session, made, zone)


async def _opened(request: Request, session: StaffSession, secret: str, zone: str | None) -> str:
    facade = facade_of(request)
    known = zone if zone is not None and facade.zones.find(zone) is not None else None
    await facade.reads.run(lambda: facade.sessions.add(session.id, session.digest, zone=known))
    before = await signed_in(request)
    if before is not None:
        await _end(request, before, SessionEnd.SIGNED_IN_AGAIN)
    sign_ins_of(request).note_signed_in(session.sign_in.method)
    return cookie(request, secret)


async def end(request: Request, session: UUID) -> str:
    """Sign out of a session; nothing happens if it has ended.

    Returns:
        The value of ``Set-Cookie`` that removes the cookie.
    """
    present = await signed_in(request)
    if present is not None and present.session == session:
        await _end(request, present, SessionEnd.SIGNED_OUT)
    return cookie(request, None)


async def choose_zone(request: Request, session: UUID, zone: str | None) -> None:
    """Keep in which zone (IANA) the person of a session reads times; None for that of the pages.

    Raises:
        Invalid: if there is no such zone.
    """
    facade = facade_of(request)
    if zone is not None and facade.zones.find(zone) is None:
        raise Invalid(f"there is no time zone {zone[:100]}", pointer="/zone")
    await facade.reads.run(lambda: facade.sessions.choose_zone(session, zone))


def caller_for(request: Request, person: str, method: SignInMethod | None) -> Caller:
    """Give the caller of what somebody does about their own sessions."""
    request_id = str(request.scope.get("request_id", ""))
    return Caller(actor=session_actor(person), source="console", request_id=request_id, signed_in=method)


def cookie(request: Request, secret: str | None) -> str:
    """Write ``Set-Cookie``; without a secret, it removes the cookie.

    It lasts as long as the browser runs. How long the session lasts is decided here, and not by the browser.
    """
    return write_cookie(request, NAME, secret)


def write_cookie(request: Request, name: str, value: str | None, *, seconds: int | None = None) -> str:
    """Write ``Set-Cookie`` for the whole host; without a value, it removes the cookie.

    It is sent over https alone if the site is reached by that, whatever the last hop uses.
    """
    age = "; Max-Age=0" if value is None else "" if seconds is None else f"; Max-Age={seconds}"
    secure = "; Secure" if is_https(request) else ""
    return f"{cookie_name(request, name)}={value or ''}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"


def cookie_name(request: Request, name: str) -> str:
    """Give the name that a cookie has here."""
    return f"{HOST_ONLY}{name}" if is_https(request) else name


def read_cookie(request: Request, name: str) -> str | None:
    """Give the value of a cookie of ours; None if there is none."""
    return cookie_parser(list_of(request.scope, b"cookie") or "").get(cookie_name(request, name))


def is_https(request: Request) -> bool:
    """Tell whether the site is reached by https from outside."""
    return facade_of(request).settings.site.url.startswith("https://")


def _secret_of(request: Request) -> str | None:
    value = read_cookie(request, NAME)
    return value if value is not None and SECRET.fullmatch(value) else None


async def _note_use(facade: Facade, row: SessionRow, now: datetime) -> None:
    # Where sessions end sooner, it is noted sooner, lest one end that is in use.
    if now >= row.last_used_at + min(NOTED_EVERY, facade.commands.sessions.idle / 4):
        # Where nothing can be written, screens can still be read, until the session ends.
        with suppress(StoreUnavailable):
            await facade.reads.run(lambda: facade.sessions.note_use(row.session))


async def _end(request: Request, present: SignedIn, reason: SessionEnd) -> None:
    facade = facade_of(request)
    by = caller_for(request, present.identity.person, present.identity.signed_in)
    # It may have ended meanwhile.
    with suppress(SessionHasEnded):
        await facade.runner.run(
            lambda log: facade.commands.sessions.end(log, present.session, reason=reason, caller=by)
        )
