"""Tokens: how they are issued and revoked, and whom one identifies."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING

from application.errors import NotAuthenticated
from domain.access.keyring import KEYRING, Keyring, Role, Token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.caller import Caller
    from application.log import Log

PREFIX = "bita_"
SECRET_BYTES = 32
REFUSED = "the token is unknown or revoked"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who calls: the name of the token, its role and the person who has it."""

    name: str
    role: Role
    person: str

    @property
    def sees_private(self) -> bool:
        """Whether this role reads the private side of incidents and components."""
        return self.role in {Role.OPERATOR, Role.AUDITOR, Role.ADMIN}


def digest_of(secret: str) -> str:
    """Give the digest (SHA-256, in hexadecimal digits) by which a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def identify(secret: str, tokens: Mapping[str, Token]) -> Identity:
    """Find who has this secret among ``tokens`` by digest.

    Raises:
        NotAuthenticated: if no token has it, or the token was revoked.
    """
    digest = digest_of(secret)
    token = tokens.get(digest)
    if token is None or not compare_digest(token.digest, digest) or token.revoked_at is not None:
        raise NotAuthenticated(REFUSED)
    return Identity(name=token.name, role=token.role, person=token.person)


def confirm(log: Log, identity: Identity) -> None:
    """Check inside a command that the token of a caller, which was looked up before it, still holds.

    Raises:
        NotAuthenticated: if it was revoked since.
    """
    keyring = log.find(Keyring, KEYRING)
    if keyring is None or keyring.tokens[identity.name].revoked_at is not None:
        raise NotAuthenticated(REFUSED)


class Tokens:
    """The commands on tokens."""

    def issue(self, log: Log, *, name: str, role: Role, person: str, caller: Caller) -> str:
        """Create a token.

        Returns:
            The secret, which is kept nowhere else.

        Raises:
            NameTaken: if the name was ever used.
        """
        secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        provenance = caller.says(log)
        keyring = log.find(Keyring, KEYRING) or Keyring.open(provenance=provenance)
        keyring.issue(name=name, role=role, person=person, digest=digest_of(secret), provenance=provenance)
        log.save(keyring)
        return secret

    def revoke(self, log: Log, *, name: str, caller: Caller) -> None:
        """Revoke a token: it is refused from the next request on.

        Raises:
            NoSuchToken: if there is none of that name.
            AlreadyRevoked: if it was revoked before.
        """
        provenance = caller.says(log)
        keyring = log.find(Keyring, KEYRING) or Keyring.open(provenance=provenance)
        keyring.revoke(name=name, provenance=provenance)
        log.save(keyring)
