"""Tokens: how they are issued and revoked, whom one identifies, and for which sources."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from application.access.identity import Identity, actor_of
from application.access.sessions import end_sessions_of_token
from application.digests import digest_of, new_secret
from application.errors import NotAuthenticated
from application.ledger.claims import release_claims
from application.ledger.reprocessing import release_leases
from domain.access.keyring import KEYRING, Keyring, Role, Token
from domain.access.session import StaffSession
from domain.errors import NoSuchToken
from domain.provenance import SignInMethod

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from application.caller import Caller
    from application.log import Log

PREFIX = "bita_"
REFUSED = "the token is unknown or revoked, or it has expired"
ENDED = "the session has ended; sign in again"


def identify(secret: str, tokens: Mapping[str, Token], now: datetime) -> Identity:
    """Find who has this secret among ``tokens`` by digest.

    Raises:
        NotAuthenticated: if no token has it, or the token was revoked, or has expired by ``now``.
    """
    digest = digest_of(secret)
    token = tokens.get(digest)
    if token is None or not compare_digest(token.digest, digest) or not token.is_good(now):
        raise NotAuthenticated(REFUSED)
    return Identity(
        name=token.name,
        roles=frozenset({token.role}),
        person=token.person,
        sources=token.sources,
        expires_at=token.expires_at,
    )


def confirm(log: Log, identity: Identity) -> None:
    """Check inside a command that the token or the session of a caller, which was looked up before it, still holds.

    Raises:
        NotAuthenticated: if the token was revoked since, the session has ended, or one of them has expired.
    """
    if identity.session is not None:
        session = log.find(StaffSession, identity.session)
        if session is None or not session.is_open(log.now):
            raise NotAuthenticated(ENDED)
    if identity.signed_in is not SignInMethod.OIDC:
        keyring = log.find(Keyring, KEYRING)
        if keyring is None or not keyring.tokens[identity.name].is_good(log.now):
            raise NotAuthenticated(REFUSED)


class Tokens:
    """The commands on tokens."""

    def issue(
        self,
        log: Log,
        *,
        name: str,
        role: Role,
        person: str,
        sources: tuple[str, ...] = (),
        expires_at: datetime | None = None,
        caller: Caller,
    ) -> str:
        """Create a token.

        Returns:
            The secret, which is kept nowhere else.

        Raises:
            Invalid: if the name is none.
            NameTaken: if the name was ever used.
            SourcesNeedEmitter: if it has sources and is not that of an emitter.
            ExpiresInPast: if it has expired already.
        """
        secret = new_secret(PREFIX)
        provenance = caller.says(log)
        keyring = log.find(Keyring, KEYRING) or Keyring.open(provenance=provenance)
        keyring.issue(
            name=name,
            role=role,
            person=person,
            digest=digest_of(secret),
            sources=sources,
            expires_at=expires_at,
            provenance=provenance,
        )
        log.save(keyring)
        return secret

    def find(self, log: Log, name: str) -> Token:
        """Give a token by its name.

        Raises:
            NoSuchToken: if there is none.
        """
        keyring = log.find(Keyring, KEYRING)
        if keyring is None or name not in keyring.tokens:
            raise NoSuchToken(f"there is no token {name}")
        return keyring.tokens[name]

    def revoke(self, log: Log, *, name: str, caller: Caller) -> None:
        """Revoke a token: it is refused from the next request on, and what it has claimed or leased is released.

        So is what was claimed in its sessions, which end.

        Raises:
            NoSuchToken: if there is none of that name.
            AlreadyRevoked: if it was revoked before.
        """
        provenance = caller.says(log)
        keyring = log.find(Keyring, KEYRING) or Keyring.open(provenance=provenance)
        keyring.revoke(name=name, provenance=provenance)
        log.save(keyring)
        reason = f"the token {name} was revoked"
        release_claims(log, actor=actor_of(name), reason=reason)
        release_leases(log, worker=name, reason=reason)
        end_sessions_of_token(log, name, caller=caller, reason=reason)
