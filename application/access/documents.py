"""Tokens and sessions as documents, without their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from application.document import Id, Instant, Page, instant
from application.schema import Encodes, documented
from domain.access.keyring import Role
from domain.provenance import SignInMethod

if TYPE_CHECKING:
    from uuid import UUID

    from application.access.sessions import SessionRow
    from domain.access.keyring import Token
    from domain.access.session import StaffSession


@documented
class TokenDocument(TypedDict):
    """A token: who has it, and what it may do."""

    name: str
    role: Annotated[str, Encodes(Role)]
    person: str
    """The person, or the machine, that acts with it."""
    sources: list[str]
    """The sources for which an emitter sends and reads; empty: all."""
    issued_at: Instant
    expires_at: Instant | None
    """When it is refused by itself; null: never."""
    revoked_at: Instant | None


@documented
class IssuedToken(TokenDocument):
    """A token that was issued just now."""

    secret: str
    """What `Authorization: Bearer` takes. It is shown this once, and stored nowhere."""


@documented
class TokenPage(Page):
    """Tokens, the first issued first, those that were revoked or have expired among them."""

    data: list[TokenDocument]


def token_document(token: Token) -> TokenDocument:
    """Write what admins see of a token."""
    return {
        "name": token.name,
        "role": str(token.role),
        "person": token.person,
        "sources": list(token.sources),
        "issued_at": instant(token.issued_at),
        "expires_at": instant(token.expires_at),
        "revoked_at": instant(token.revoked_at),
    }


@documented
class SessionDocument(TypedDict):
    """A session in which somebody is signed in."""

    id: Id
    person: str
    roles: list[Annotated[str, Encodes(Role)]]
    method: Annotated[str, Encodes(SignInMethod)]
    """How the person signed in: with a token, or at the provider of identities."""
    token: str | None
    """The name of the token; the session ends when it is revoked."""
    issuer: str | None
    """The provider of identities."""
    is_current: bool
    """Whether this is the session from which you ask."""
    began_at: Instant
    last_used_at: Instant | None
    """Accurate to a minute; null: it is used no longer."""
    expires_at: Instant
    """When it ends at the latest."""
    ended_at: Instant | None


@documented
class SessionPage(Page):
    """Open sessions, the newest first."""

    data: list[SessionDocument]


@documented
class EndedSessions(TypedDict):
    """How many sessions were ended."""

    ended: int


def session_document(session: StaffSession, row: SessionRow | None, *, current: UUID | None) -> SessionDocument:
    """Write what is known of a session; ``current`` is that from which somebody asks."""
    sign_in = session.sign_in
    return {
        "id": str(session.id),
        "person": sign_in.person,
        "roles": [str(role) for role in sign_in.roles],
        "method": str(sign_in.method),
        "token": sign_in.token,
        "issuer": sign_in.issuer,
        "is_current": session.id == current,
        "began_at": instant(session.began_at),
        "last_used_at": None if row is None else instant(row.last_used_at),
        "expires_at": instant(session.expires_at),
        "ended_at": instant(session.ended_at),
    }
