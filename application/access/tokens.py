"""Tokens: who they are given to, and who asks with one."""

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
    """Who asks: the token's name, its role and the person behind it."""

    name: str
    role: Role
    person: str

    @property
    def sees_private(self) -> bool:
        """Whether this role reads the private side of incidents and components."""
        return self.role in {Role.OPERATOR, Role.AUDITOR, Role.ADMIN}


def digest_of(secret: str) -> str:
    """Give what is stored of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def identify(secret: str, tokens: Mapping[str, Token]) -> Identity:
    """Tell who has this secret; ``tokens`` are known by digest.

    Raises:
        NotAuthenticated: if no token has it, or the token was revoked.
    """
    digest = digest_of(secret)
    token = tokens.get(digest)
    if token is None or not compare_digest(token.digest, digest) or token.revoked_at is not None:
        raise NotAuthenticated(REFUSED)
    return Identity(name=token.name, role=token.role, person=token.person)


def confirm(log: Log, identity: Identity) -> None:
    """Look again, inside a command, at a token that was looked up before it.

    Raises:
        NotAuthenticated: if it was revoked since.
    """
    keyring = log.find(Keyring, KEYRING)
    if keyring is None or keyring.tokens[identity.name].revoked_at is not None:
        raise NotAuthenticated(REFUSED)


class Tokens:
    """The use cases; each runs inside one command."""

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
        """Refuse a token from the next request on.

        Raises:
            NoSuchToken: if there is none of that name.
            AlreadyRevoked: if it was revoked before.
        """
        provenance = caller.says(log)
        keyring = log.find(Keyring, KEYRING) or Keyring.open(provenance=provenance)
        keyring.revoke(name=name, provenance=provenance)
        log.save(keyring)
