"""The tokens by which people and machines are known, and the roles they have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from domain.aggregate import Aggregate, Created, Event
from domain.errors import AlreadyRevoked, NameTaken, NoSuchToken
from domain.provenance import Provenance

KEYRING = UUID("5a1c3f70-3c39-4f0e-8f2b-2f2c1d0b7a11")
"""The id of the one keyring."""


class Role(StrEnum):
    """What a token may do; readers need none."""

    READER = "reader"
    EMITTER = "emitter"
    OPERATOR = "operator"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token as it is kept: its digest (SHA-256, hex), never the secret."""

    name: str
    role: Role
    person: str
    digest: str
    issued_at: datetime
    revoked_at: datetime | None = None


class KeyringEvent(Event):
    """Something that happened to a token."""


class Opened(Created, KeyringEvent):
    """The keyring came into being, before its first token."""

    TOPIC = "keyring.opened"


class TokenIssued(KeyringEvent):
    """A token was created for a person or a machine."""

    TOPIC = "keyring.token_issued"
    name: str
    role: Role
    person: str
    digest: str

    def apply(self, aggregate: Keyring) -> None:
        """Add it."""
        token = Token(
            name=self.name,
            role=self.role,
            person=self.person,
            digest=self.digest,
            issued_at=self.provenance.occurred_at,
        )
        aggregate.tokens = {**aggregate.tokens, self.name: token}


class TokenRevoked(KeyringEvent):
    """A token is refused from now on."""

    TOPIC = "keyring.token_revoked"
    name: str

    def apply(self, aggregate: Keyring) -> None:
        """Mark it; the name stays taken."""
        token = replace(aggregate.tokens[self.name], revoked_at=self.provenance.occurred_at)
        aggregate.tokens = {**aggregate.tokens, self.name: token}


class Keyring(Aggregate):
    """All tokens there ever were: one aggregate, so that a name is used once and a revocation holds at once."""

    TOPIC = "keyring"
    Event = KeyringEvent
    Opened = Opened
    TokenIssued = TokenIssued
    TokenRevoked = TokenRevoked

    def __init__(self) -> None:
        """Start without a token."""
        self.tokens: dict[str, Token] = {}

    @classmethod
    def open(cls, *, provenance: Provenance) -> Self:
        """Begin the keyring."""
        keyring: Self = cls.begin_with(cls.Opened, id=KEYRING, provenance=provenance)
        return keyring

    def issue(self, *, name: str, role: Role, person: str, digest: str, provenance: Provenance) -> None:
        """Create a token.

        Raises:
            NameTaken: if one of that name exists, or ever existed.
        """
        provenance.require_past()
        if name in self.tokens:
            raise NameTaken(f"the name {name} is taken; names of tokens are never reused")
        self.record(self.TokenIssued, name=name, role=role, person=person, digest=digest, provenance=provenance)

    def revoke(self, *, name: str, provenance: Provenance) -> None:
        """Refuse a token from now on.

        Raises:
            NoSuchToken: if there is none of that name.
            AlreadyRevoked: if it was revoked before.
        """
        provenance.require_past()
        if name not in self.tokens:
            raise NoSuchToken(f"there is no token {name}")
        if self.tokens[name].revoked_at is not None:
            raise AlreadyRevoked(f"token {name} was revoked before")
        self.record(self.TokenRevoked, name=name, provenance=provenance)
