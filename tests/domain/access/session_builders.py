"""Sessions by both ways to sign in, and one to which everything has happened that can happen to it."""

from __future__ import annotations

from uuid import UUID

from domain.access.keyring import Role
from domain.access.session import SessionEnd, SignIn, StaffSession
from domain.provenance import SignInMethod
from tests.domain.builders import ana, at

SESSION = UUID(int=51)
DIGEST = "ab" * 32
BY_TOKEN = SignIn(person="ana", roles=(Role.OPERATOR,), method=SignInMethod.TOKEN, token="ana-laptop")
BY_OIDC = SignIn(
    person="ana",
    roles=(Role.OPERATOR, Role.REVIEWER),
    method=SignInMethod.OIDC,
    issuer="https://id.example.com",
    subject="u-17",
    provider_session="s-1",
)


def a_session(sign_in: SignIn = BY_TOKEN) -> StaffSession:
    """Give one that just began."""
    return StaffSession.begin(
        id=SESSION, sign_in=sign_in, digest=DIGEST, expires_at=at("22:00"), provenance=ana(at("10:00"))
    )


def an_ended_session() -> StaffSession:
    """Give one that was ended by who signed in."""
    session = a_session(BY_OIDC)
    session.end(reason=SessionEnd.SIGNED_OUT, provenance=ana(at("10:30")))
    return session
