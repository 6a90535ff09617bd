"""A session: somebody signed in, and acts without a token at hand until it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.access.errors import SessionHasEnded
from domain.access.keyring import Role
from domain.aggregate import Aggregate, Created, Event
from domain.people import person_key
from domain.provenance import Provenance, SignInMethod

if TYPE_CHECKING:
    from collections.abc import Mapping

OPEN = "open_sessions"
"""The handle of all sessions that have not ended, ranked by when they expire."""


class SessionEnd(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    SIGNED_IN_AGAIN = "signed_in_again"
    """The same browser signed in anew, or the person had too many sessions."""
    ENDED_BY_ADMIN = "ended_by_admin"
    PROVIDER_LOGOUT = "provider_logout"
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a reason, and no secret
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """Who signed in, and how: with a ``token``, by its name, or as a ``subject`` of an ``issuer``.

    ``provider_session`` is what the provider calls its own session (``sid``), where it says so.
    """

    person: str
    roles: tuple[Role, ...]
    method: SignInMethod
    token: str | None = None
    issuer: str | None = None
    subject: str | None = None
    provider_session: str | None = None


class SessionState:
    """What is known of a session; only its events change it."""

    sign_in: SignIn
    digest: str
    began_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    end_reason: SessionEnd | None


class SessionEvent(Event):
    """Something that happened to a session."""


class SessionBegan(Created, SessionEvent):
    """Somebody signed in; ``digest`` is that of the secret (SHA-256, hex), which is kept nowhere."""

    TOPIC = "session.began"
    sign_in: SignIn
    digest: str
    expires_at: datetime

    def apply(self, aggregate: SessionState) -> None:
        """Begin it."""
        aggregate.sign_in, aggregate.digest = self.sign_in, self.digest
        aggregate.began_at, aggregate.expires_at = self.provenance.occurred_at, self.expires_at
        aggregate.ended_at = aggregate.end_reason = None


class SessionEnded(SessionEvent):
    """Nobody acts by it from now on."""

    TOPIC = "session.ended"
    reason: SessionEnd

    def apply(self, aggregate: SessionState) -> None:
        """End it."""
        aggregate.ended_at, aggregate.end_reason = self.provenance.occurred_at, self.reason


class StaffSession(SessionState, Aggregate):
    """A session, from signing in to its end."""

    TOPIC = "session"
    Event = SessionEvent
    Began = SessionBegan
    Ended = SessionEnded

    @classmethod
    def begin(cls, *, id: UUID, sign_in: SignIn, digest: str, expires_at: datetime, provenance: Provenance) -> Self:
        """Begin a session that lasts until ``expires_at`` at most."""
        provenance.require_past()
        begun: Self = cls.begin_with(
            cls.Began, id=id, sign_in=sign_in, digest=digest, expires_at=expires_at, provenance=provenance
        )
        return begun

    def end(self, *, reason: SessionEnd, provenance: Provenance) -> None:
        """End it.

        Raises:
            SessionHasEnded: if it ended before.
        """
        if self.ended_at is not None:
            raise SessionHasEnded(f"session {self.id} has ended")
        self.record(self.Ended, reason=reason, provenance=provenance)

    def is_open(self, now: datetime) -> bool:
        """Whether anybody acts by it: it neither ended nor expired."""
        return self.ended_at is None and now < self.expires_at

    @property
    def next_due(self) -> datetime | None:
        """When it expires, unless it ended."""
        return self.expires_at if self.ended_at is None else None

    @property
    def handles(self) -> Mapping[str, datetime]:
        """By what an open session is found."""
        if self.ended_at is not None:
            return {}
        names = [OPEN, person_handle(self.sign_in.person)]
        if self.sign_in.token is not None:
            names.append(token_handle(self.sign_in.token))
        if self.sign_in.issuer is not None and self.sign_in.subject is not None:
            names.append(subject_handle(self.sign_in.issuer, self.sign_in.subject))
            if self.sign_in.provider_session is not None:
                names.append(provider_handle(self.sign_in.issuer, self.sign_in.provider_session))
        return dict.fromkeys(names, self.expires_at)


def person_handle(person: str) -> str:
    """Give the handle of the open sessions of a person."""
    return _handle("person", person_key(person))


def token_handle(name: str) -> str:
    """Give the handle of the open sessions that began with a token."""
    return _handle("token", name)


def subject_handle(issuer: str, subject: str) -> str:
    """Give the handle of the open sessions of a subject of a provider."""
    return _handle("subject", issuer, subject)


def provider_handle(issuer: str, provider_session: str) -> str:
    """Give the handle of the open sessions that belong to one session of a provider."""
    return _handle("provider", issuer, provider_session)


def _handle(kind: str, *parts: str) -> str:
    # A name may have any length, and a handle has not.
    return f"sessions_of_{kind}:{sha256(chr(0).join(parts).encode()).hexdigest()[:40]}"
