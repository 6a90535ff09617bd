"""Sessions: how they begin and end, and whom one identifies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from application.access.identity import Identity, session_actor, session_name
from application.caller import BY_CLOCK
from application.digests import digest_of, new_secret
from application.errors import NotAuthenticated
from application.ids import new_id
from application.ledger.claims import release_claims
from domain.access.errors import NoSuchSession
from domain.access.keyring import KEYRING, Keyring
from domain.access.session import (
    OPEN,
    SessionEnd,
    SignIn,
    StaffSession,
    person_handle,
    provider_handle,
    subject_handle,
    token_handle,
)
from domain.people import is_same_person
from domain.provenance import SignInMethod

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from application.access.provider import ProviderLogout
    from application.caller import Caller
    from application.log import Log, Timer
    from domain.access.keyring import Token

MOST_SESSIONS = 20
"""How many open sessions a person has; one more ends that which expires first."""


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """What is kept of a session beside its events: when it was last used, and in which zone its times are shown."""

    session: UUID
    last_used_at: datetime
    zone: str | None

    def is_idle(self, now: datetime, idle: timedelta) -> bool:
        """Whether nobody has used the session for so long that it is good no longer."""
        return now >= self.last_used_at + idle


class SessionStore(Protocol):
    """The sessions by their secrets. What stands here is no event, and a restored backup has none of it."""

    def find(self, digest: str) -> tuple[StaffSession, SessionRow] | None:
        """Give the session whose secret has this digest, as the log has it now; None if there is none."""
        ...

    def find_rows(self, sessions: Sequence[UUID]) -> Mapping[UUID, SessionRow]:
        """Give what is kept of sessions; one that is missing is good no longer."""
        ...

    def find_open(self, person: str | None) -> Sequence[StaffSession]:
        """List the sessions of a person, or all, that have not ended, the last to expire first."""
        ...

    def add(self, session: UUID, digest: str, *, zone: str | None) -> None:
        """Let a session that has begun be found by its secret."""
        ...

    def note_use(self, session: UUID) -> None:
        """Note that a session is used now."""
        ...

    def choose_zone(self, session: UUID, zone: str | None) -> None:
        """Keep the zone in which its times are shown."""
        ...


class Sessions:
    """The commands on sessions."""

    def __init__(self, longest: timedelta, idle: timedelta) -> None:
        """Let each session last for ``longest``, and end it when nobody has used it for ``idle``."""
        self.longest, self.idle = longest, idle

    def begin_with_token(self, log: Log, name: str, *, caller: Caller) -> tuple[StaffSession, str]:
        """Sign in the person of a token; see ``begin``.

        Raises:
            NotAuthenticated: if the token was revoked, or has expired.
        """
        keyring = log.find(Keyring, KEYRING)
        token = None if keyring is None else keyring.tokens.get(name)
        if token is None or not token.is_good(log.now):
            raise NotAuthenticated("the token is unknown or revoked, or it has expired")
        sign_in = SignIn(person=token.person, roles=(token.role,), method=SignInMethod.TOKEN, token=name)
        return self.begin(log, sign_in, ends_by=token.expires_at, caller=caller)

    def begin(
        self, log: Log, sign_in: SignIn, *, ends_by: datetime | None = None, caller: Caller
    ) -> tuple[StaffSession, str]:
        """Begin a session, which lasts no longer than ``ends_by``.

        Returns:
            The session, and its secret, which is kept nowhere else.
        """
        secret, expires_at = new_secret(), log.now + self.longest
        session = StaffSession.begin(
            id=new_id(log.now),
            sign_in=sign_in,
            digest=digest_of(secret),
            expires_at=expires_at if ends_by is None else min(expires_at, ends_by),
            provenance=caller.says(log),
        )
        for older in log.find_ids(person_handle(sign_in.person), limit=None)[MOST_SESSIONS - 1 :]:
            self._end(log, log.load(StaffSession, older), SessionEnd.SIGNED_IN_AGAIN, caller)
        log.save(session)
        return session, secret

    def end(self, log: Log, id: UUID, *, reason: SessionEnd, caller: Caller) -> None:
        """End a session for a reason.

        Raises:
            NotFound: if there is none.
            SessionHasEnded: if it ended before.
        """
        self._end(log, log.load(StaffSession, id), reason, caller)

    def end_for(self, log: Log, id: UUID, *, person: str, is_admin: bool, caller: Caller) -> StaffSession:
        """End a session on behalf of a person, who ends those of others only as an admin.

        Raises:
            NoSuchSession: if there is none, or it is somebody else's.
            SessionHasEnded: if it ended before.
        """
        session = log.find(StaffSession, id)
        is_own = session is not None and is_same_person(session.sign_in.person, person)
        if session is None or not (is_own or is_admin):
            raise NoSuchSession(f"there is no session {id}")
        reason = SessionEnd.SIGNED_OUT if is_own else SessionEnd.ENDED_BY_ADMIN
        return self._end(log, session, reason, caller)

    def end_all(self, log: Log, *, person: str | None, reason: SessionEnd, caller: Caller) -> Sequence[UUID]:
        """End all open sessions of a person, or of everybody.

        Returns:
            Their ids.
        """
        handle = OPEN if person is None else person_handle(person)
        return self._end_found(log, handle, reason, caller)

    def end_of_provider(self, log: Log, logout: ProviderLogout, *, caller: Caller) -> Sequence[UUID]:
        """End the sessions that a provider says have ended there: one of its own sessions, else all of a subject.

        What began after it was said goes on, so that what is said again does no harm.

        Returns:
            Their ids.
        """
        if logout.provider_session is not None:
            handle = provider_handle(logout.issuer, logout.provider_session)
        else:
            handle = subject_handle(logout.issuer, logout.subject or "")
        # The provider writes whole seconds.
        until = logout.issued_at + timedelta(seconds=1)
        return self._end_found(log, handle, SessionEnd.PROVIDER_LOGOUT, caller, until=until)

    def handle_due(self, log: Log, timer: Timer) -> datetime | None:
        """Record that a session expired at the moment of a timer.

        Returns:
            None: nothing more is due.
        """
        session = log.load(StaffSession, timer.aggregate)
        if session.next_due is not None:
            provenance = BY_CLOCK.says(log, occurred_at=timer.due, causation=timer.position)
            session.end(reason=SessionEnd.EXPIRED, provenance=provenance)
            log.save(session)
        return None

    def _end_found(
        self, log: Log, handle: str, reason: SessionEnd, caller: Caller, *, until: datetime | None = None
    ) -> Sequence[UUID]:
        ids = log.find_ids(handle, limit=None)
        log.read_ahead(ids)
        found = [log.load(StaffSession, id) for id in ids]
        ended = [each for each in found if until is None or each.began_at < until]
        for session in ended:
            self._end(log, session, reason, caller)
        return [each.id for each in ended]

    def _end(self, log: Log, session: StaffSession, reason: SessionEnd, caller: Caller) -> StaffSession:
        session.end(reason=reason, provenance=caller.says(log))
        log.save(session)
        return session


def identity_of_session(
    session: StaffSession,
    row: SessionRow,
    tokens: Mapping[str, Token],
    *,
    issuer: str | None,
    idle: timedelta,
    now: datetime,
) -> Identity | None:
    """Tell whom a session identifies; None if it is good no longer.

    ``tokens`` are all, by name: a session that began with a token has the role and the sources of the token as it is
    now. ``issuer`` is the provider that is trusted now: what began at another one has ended.
    """
    if not session.is_open(now) or row.is_idle(now, idle):
        return None
    sign_in, expires_at = session.sign_in, session.expires_at
    if sign_in.method is SignInMethod.OIDC:
        if sign_in.issuer != issuer:
            return None
        return Identity(
            name=session_name(sign_in.person),
            roles=frozenset(sign_in.roles),
            person=sign_in.person,
            expires_at=expires_at,
            session=session.id,
            signed_in=sign_in.method,
        )
    token = tokens.get(sign_in.token or "")
    if token is None or not token.is_good(now):
        return None
    return Identity(
        name=token.name,
        roles=frozenset({token.role}),
        person=token.person,
        sources=token.sources,
        expires_at=expires_at if token.expires_at is None else min(expires_at, token.expires_at),
        session=session.id,
        signed_in=sign_in.method,
    )


def end_sessions_of_token(log: Log, name: str, *, caller: Caller, reason: str) -> None:
    """End the sessions of a token that is good no longer, and release what their person has claimed in them.

    If the person has other sessions, the claims stay: it is not known in which of them they were made.
    """
    ids = log.find_ids(token_handle(name), limit=None)
    log.read_ahead(ids)
    provenance = caller.says(log)
    persons = set[str]()
    for id in ids:
        session = log.load(StaffSession, id)
        session.end(reason=SessionEnd.TOKEN_REVOKED, provenance=provenance)
        log.save(session)
        persons.add(session.sign_in.person)
    for person in persons:
        if not log.find_ids(person_handle(person), limit=1):
            release_claims(log, actor=session_actor(person), reason=reason)
