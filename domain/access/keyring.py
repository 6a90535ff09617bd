"""The tokens by which people and machines are known, and the roles they have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from domain.access.errors import SourcesNeedEmitter
from domain.aggregate import Aggregate, Created, Event
from domain.errors import AlreadyRevoked, ExpiresInPast, Invalid, NameTaken, NoSuchToken
from domain.instants import written
from domain.provenance import Provenance

KEYRING = UUID("5a1c3f70-3c39-4f0e-8f2b-2f2c1d0b7a11")
"""The id of the one keyring."""
CONSOLE = "console"
"""The name under which the command line acts; no token has it."""
LONGEST_NAME = 100
IN_PATHS = frozenset({".", ".."})
"""What means something else in a path than a name."""


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
    """A token as it is kept: its digest (SHA-256, hex), never the secret.

    One without ``sources`` is bound to none; one without ``expires_at`` never expires.
    """

    name: str
    role: Role
    person: str
    digest: str
    issued_at: datetime
    sources: tuple[str, ...] = ()
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def has_expired(self, now: datetime) -> bool:
        """Whether its time is over; it is at the very moment that it expires."""
        return self.expires_at is not None and now >= self.expires_at

    def is_good(self, now: datetime) -> bool:
        """Whether it identifies somebody: it was neither revoked, nor has it expired."""
        return self.revoked_at is None and not self.has_expired(now)


class KeyringEvent(Event):
    """Something that happened to a token."""


class Opened(Created, KeyringEvent):
    """The keyring came into being, before its first token."""

    TOPIC = "keyring.opened"


class TokenIssued(KeyringEvent):
    """A token was created for a person or a machine."""

    TOPIC = "keyring.token_issued"
    VERSION = 2
    name: str
    role: Role
    person: str
    digest: str
    sources: tuple[str, ...]
    expires_at: datetime | None

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Bind it to no source, and let it last, as all tokens did."""
        return {**state, "sources": [], "expires_at": None}

    def apply(self, aggregate: Keyring) -> None:
        """Add it."""
        token = Token(
            name=self.name,
            role=self.role,
            person=self.person,
            digest=self.digest,
            issued_at=self.provenance.occurred_at,
            sources=self.sources,
            expires_at=self.expires_at,
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

    def issue(
        self,
        *,
        name: str,
        role: Role,
        person: str,
        digest: str,
        sources: tuple[str, ...] = (),
        expires_at: datetime | None = None,
        provenance: Provenance,
    ) -> None:
        """Create a token; with ``sources`` it sends and reads only for these.

        Raises:
            Invalid: if the name is none.
            NameTaken: if one of that name exists, or ever existed.
            SourcesNeedEmitter: if it has sources and another role.
            ExpiresInPast: if it has expired already.
        """
        provenance.require_past()
        _require_name(name)
        if name in self.tokens:
            raise NameTaken(f"the name {name} is taken; names of tokens are never reused")
        if sources and role is not Role.EMITTER:
            raise SourcesNeedEmitter(
                f"only an emitter can be bound to sources, not the {role} {name}", pointer="/sources"
            )
        if expires_at is not None and expires_at <= provenance.recorded_at:
            raise ExpiresInPast(f"token {name} would have expired at {written(expires_at)}", pointer="/expires_at")
        self.record(
            self.TokenIssued,
            name=name,
            role=role,
            person=person,
            digest=digest,
            sources=sources,
            expires_at=expires_at,
            provenance=provenance,
        )

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


def _require_name(name: str) -> None:
    if name == CONSOLE:
        raise Invalid(f"the name {CONSOLE} is that of the command line itself", pointer="/name")
    is_good = name.isprintable() and 0 < len(name) <= LONGEST_NAME and not {" ", "/"} & set(name)
    if not is_good or name in IN_PATHS:
        raise Invalid(
            f"the name of a token has 1 to {LONGEST_NAME} printable characters, no spaces and no slashes",
            pointer="/name",
        )
